// Every version that was live, and the way back to it.
import { App, Button, Drawer, Table, Typography } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { type Schemas, call } from "../../api/client";
import { Ask } from "../../frame/ask";
import { useGet, usePlace, useRefresh } from "../../frame/session";
import { useText } from "../../frame/text";

export function History({ view, open, close }: { view: Schemas["SkillView"]; open: boolean; close: () => void }) {
  const t = useText();
  const { path, tenantPath, may } = usePlace();
  const { message } = App.useApp();
  const refresh = useRefresh();
  const members = useGet<Schemas["MemberList"]>(open ? `${tenantPath}/members` : null);
  const [wanted, setWanted] = useState<number>();
  const author = (text: string) => {
    const person = members.data?.data.find(({ id }) => text === `person:${id}`);
    return person?.name ?? (text.startsWith("person:") ? t("一位成员", "A member") : text);
  };
  const restore = async (version: number, note: string) => {
    await call(`${path}/skills/${view.skill}/restore`, { method: "POST", body: { version, note } });
    void message.success(t(`第 ${version} 版又上线了`, `Version ${version} is live again`));
    await refresh(`${path}/skills`);
  };
  return (
    <Drawer open={open} onClose={close} width={680} title={t("历史版本", "History")}>
      <Table
        size="small"
        rowKey="version"
        dataSource={view.versions}
        scroll={{ x: true }}
        pagination={view.versions.length > 20 ? { pageSize: 20 } : false}
        locale={{ emptyText: t("还没有发布过", "Never published") }}
        columns={[
          { title: t("版本", "Version"), dataIndex: "version" },
          { title: t("谁", "By"), dataIndex: "author", render: author },
          {
            title: t("说明", "Note"),
            dataIndex: "note",
            render: (text: string) => <span style={{ overflowWrap: "anywhere" }}>{text}</span>,
          },
          {
            title: t("时间", "When"),
            dataIndex: "published_at",
            render: (at: string) => (
              <span style={{ whiteSpace: "nowrap" }}>{dayjs(at).format("YYYY-MM-DD HH:mm")}</span>
            ),
          },
          {
            title: "",
            key: "restore",
            render: (_, { version }) =>
              version === view.live?.version ? (
                <Typography.Text type="secondary">{t("线上", "Live")}</Typography.Text>
              ) : (
                may("editor") && (
                  <Button size="small" onClick={() => setWanted(version)}>
                    {t("恢复", "Restore")}
                  </Button>
                )
              ),
          },
        ]}
      />
      {wanted !== undefined && (
        <Ask
          title={t(`恢复第 ${wanted} 版？`, `Make version ${wanted} live again?`)}
          label={t("为什么（记入审计）", "Why (kept in the audit log)")}
          ok={t("恢复上线", "Make it live")}
          onOk={(note) => restore(wanted, note)}
          close={() => setWanted(undefined)}
        />
      )}
    </Drawer>
  );
}
