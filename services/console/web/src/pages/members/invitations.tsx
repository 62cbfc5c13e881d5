// Invitations that nobody has accepted yet.
import { App, Button, Card, Table, Typography } from "antd";
import { type Schemas, call } from "../../api/client";
import { Instant } from "../../frame/instant";
import { Mark } from "../../frame/mark";
import { useRoles } from "../../frame/roles";
import { useGet, usePlace, useRefresh } from "../../frame/session";
import { Loaded, Nothing, words } from "../../frame/state";
import { useText } from "../../frame/text";

type Invitation = Schemas["InvitationView"];

export function Invitations() {
  const t = useText();
  const { tenantPath } = usePlace();
  const refresh = useRefresh();
  const roles = useRoles();
  const { modal, message } = App.useApp();
  const invitations = useGet<Schemas["InvitationList"]>(`${tenantPath}/invitations`);
  const whose = (invitation: Invitation) => invitation.email ?? t("首位所有者", "the first owner");
  const withdraw = (invitation: Invitation) =>
    modal.confirm({
      title: t(`撤回给 ${whose(invitation)} 的邀请？`, `Withdraw the invitation of ${whose(invitation)}?`),
      content: t("链接立即失效；以后可以再次邀请。", "Its link stops working at once; you can invite them again."),
      okText: t("撤回", "Withdraw"),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await call(`${tenantPath}/invitations/${invitation.id}`, { method: "DELETE" });
          void message.success(t("已撤回", "Withdrawn"));
        } catch (error) {
          void message.error(words(error));
        }
        await refresh(`${tenantPath}/invitations`);
      },
    });
  return (
    <Card
      title={<h2 style={{ fontSize: 15, fontWeight: 600, margin: 0 }}>{t("未接受的邀请", "Open invitations")}</h2>}
      styles={{ body: { padding: 0 } }}
      size="small"
    >
      <Loaded of={invitations}>
        {({ data }) =>
          data.length === 0 ? (
            <Nothing>{t("没有未接受的邀请", "Nobody is invited at the moment")}</Nothing>
          ) : (
            <Table<Invitation>
              rowKey="id"
              dataSource={data}
              pagination={data.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
              scroll={{ x: 640 }}
              columns={[
                {
                  title: t("邮箱", "E-mail"),
                  render: (_, invitation) => (
                    <Typography.Text ellipsis={{ tooltip: whose(invitation) }} style={{ maxWidth: 300 }}>
                      {whose(invitation)}
                    </Typography.Text>
                  ),
                },
                {
                  title: t("角色", "Role"),
                  width: 120,
                  render: (_, { role }) => roles.find(({ value }) => value === role)?.label ?? role,
                },
                {
                  title: t("邀请时间", "Invited"),
                  width: 150,
                  render: (_, { created_at }) => <Instant at={created_at} />,
                },
                {
                  title: t("有效期至", "Valid until"),
                  width: 150,
                  render: (_, { expires_at }) =>
                    new Date(expires_at) < new Date() ? (
                      <Mark>{t("已过期", "expired")}</Mark>
                    ) : (
                      <Instant at={expires_at} />
                    ),
                },
                {
                  title: t("操作", "Actions"),
                  fixed: "right" as const,
                  width: 110,
                  render: (_, invitation) => (
                    <Button
                      type="text"
                      danger
                      onClick={() => withdraw(invitation)}
                      aria-label={t(
                        `撤回给 ${whose(invitation)} 的邀请`,
                        `Withdraw the invitation of ${whose(invitation)}`,
                      )}
                    >
                      {t("撤回", "Withdraw")}
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  );
}
