// Who may do what here, and who is invited.
import { UserAddOutlined } from "@ant-design/icons";
import { App, Button, Card, Flex, Select, Table, Tag, Tooltip, Typography } from "antd";
import { useState } from "react";
import { type Schemas, call } from "../api/client";
import { Instant } from "../frame/instant";
import { Page } from "../frame/page";
import { useRoles } from "../frame/roles";
import { type Role, useGet, usePlace, useRefresh } from "../frame/session";
import { Loaded, words } from "../frame/state";
import { useText } from "../frame/text";
import { Invitations } from "./members/invitations";
import { Invite } from "./members/invite";

type Member = Schemas["MemberView"];

export default function Members() {
  const t = useText();
  const { may, tenant, tenantPath } = usePlace();
  const [inviting, setInviting] = useState(false);
  const members = useGet<Schemas["MemberList"]>(`${tenantPath}/members`);
  const isOwner = may("owner");
  return (
    <Page
      title={t("成员", "Members")}
      about={t(`可以使用“${tenant.name}”的人，以及他们能做什么`, `Who works in “${tenant.name}”, and what they may do`)}
      actions={
        <Tooltip title={isOwner ? "" : t("只有所有者可以邀请成员", "Only owners may invite members")}>
          <Button type="primary" icon={<UserAddOutlined />} disabled={!isOwner} onClick={() => setInviting(true)}>
            {t("邀请成员", "Invite")}
          </Button>
        </Tooltip>
      }
    >
      <Card styles={{ body: { padding: 0 } }}>
        <Loaded of={members}>{({ data }) => <MemberTable members={data} />}</Loaded>
      </Card>
      {isOwner && <Invitations />}
      <RolesExplained />
      {isOwner && <Invite open={inviting} onClose={() => setInviting(false)} />}
    </Page>
  );
}

function MemberTable({ members }: { members: Member[] }) {
  const t = useText();
  const { me, may, tenant, tenantPath } = usePlace();
  const refresh = useRefresh();
  const { modal, message } = App.useApp();
  const roles = useRoles();
  const isOwner = may("owner");
  const owners = members.filter(({ role }) => role === "owner").length;
  const named = (role: string) => roles.find(({ value }) => value === role)?.label ?? role;
  const isLast = (member: Member) => member.role === "owner" && owners === 1;
  const isMe = (member: Member) => member.id === me.person.id;
  const lastOwner = t("唯一的所有者；请先让另一位成员成为所有者", "The only owner; make somebody else an owner first");

  const act = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work();
      void message.success(done);
      // Whoever changed the own membership goes on with another session.
      await refresh("/admin/v1/me", "/admin/v1/tenants");
    } catch (error) {
      void message.error(words(error));
      await refresh(`${tenantPath}/members`);
    }
  };
  const change = (member: Member, role: Role) =>
    modal.confirm({
      title: t(`将 ${member.name} 设为${named(role)}？`, `Make ${member.name} ${named(role).toLowerCase()}?`),
      content: isMe(member)
        ? t(
            "这是您自己的角色。如果您不再是所有者，只有其他所有者才能改回来。",
            "This is your own role. Once you are no owner, only another owner can change it back.",
          )
        : t(
            "立即生效：对方的登录会结束，需要重新登录。",
            "It holds at once: their sessions end, and they log in again.",
          ),
      okText: t("更改角色", "Change role"),
      onOk: () =>
        act(
          () => call(`${tenantPath}/members/${member.id}`, { method: "PUT", body: { role } }),
          t(`${member.name} 现在是${named(role)}`, `${member.name} is ${named(role).toLowerCase()} now`),
        ),
    });
  const remove = (member: Member) =>
    modal.confirm({
      title: t(`将 ${member.name} 移出“${tenant.name}”？`, `Remove ${member.name} from “${tenant.name}”?`),
      content: isMe(member)
        ? t(
            "这是您自己：您会立即失去这里的访问权限，只有其他所有者能再次邀请您。",
            "This is you: you lose access at once, and only another owner can invite you again.",
          )
        : t(
            "对方立即退出登录，不能再进入这里。其做过的操作仍保留在审计中；以后可以再次邀请。",
            "They are logged out at once and can't come back. What they did stays in the audit log; you can invite them again.",
          ),
      okText: t("移出", "Remove"),
      okButtonProps: { danger: true },
      onOk: () =>
        act(
          () => call(`${tenantPath}/members/${member.id}`, { method: "DELETE" }),
          t(`已移出 ${member.name}`, `${member.name} was removed`),
        ),
    });

  return (
    <Table<Member>
      rowKey="id"
      dataSource={members}
      pagination={members.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
      scroll={{ x: 640 }}
      columns={[
        {
          title: t("姓名", "Name"),
          render: (_, member) => (
            <div style={{ maxWidth: 320, minWidth: 160 }}>
              <Typography.Text strong ellipsis={{ tooltip: member.name }} style={{ maxWidth: 240 }}>
                {member.name}
              </Typography.Text>
              {isMe(member) && <Tag style={{ marginInlineStart: 8 }}>{t("您", "you")}</Tag>}
              <br />
              <Typography.Text type="secondary" ellipsis={{ tooltip: member.email }} style={{ maxWidth: 300 }}>
                {member.email}
              </Typography.Text>
            </div>
          ),
        },
        {
          title: t("角色", "Role"),
          width: 170,
          render: (_, member) =>
            isOwner && !isLast(member) ? (
              <Select
                aria-label={t(`${member.name} 的角色`, `Role of ${member.name}`)}
                value={member.role as Role}
                onChange={(role) => change(member, role)}
                options={roles}
                style={{ width: 130 }}
              />
            ) : (
              <Tooltip title={isOwner ? lastOwner : ""}>
                <span>{named(member.role)}</span>
              </Tooltip>
            ),
        },
        { title: t("加入时间", "Since"), width: 160, render: (_, member) => <Instant at={member.since} /> },
        ...(isOwner
          ? [
              {
                title: t("操作", "Actions"),
                fixed: "right" as const,
                width: 110,
                render: (_: unknown, member: Member) => (
                  <Tooltip title={isLast(member) ? lastOwner : ""}>
                    <Button
                      type="text"
                      danger
                      disabled={isLast(member)}
                      onClick={() => remove(member)}
                      aria-label={t(`移出 ${member.name}`, `Remove ${member.name}`)}
                    >
                      {t("移出", "Remove")}
                    </Button>
                  </Tooltip>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

function RolesExplained() {
  const t = useText();
  return (
    <Card
      size="small"
      title={<h2 style={{ fontSize: 15, fontWeight: 600, margin: 0 }}>{t("角色说明", "What the roles may do")}</h2>}
    >
      <Flex component="dl" vertical gap={4} style={{ margin: 0 }}>
        {useRoles().map(({ value, label, may }) => (
          <div key={value} style={{ display: "flex", gap: 12 }}>
            <dt style={{ width: 80, flex: "none", fontWeight: 500 }}>{label}</dt>
            <dd style={{ margin: 0 }}>{may}</dd>
          </div>
        ))}
      </Flex>
    </Card>
  );
}
