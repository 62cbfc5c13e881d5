// Every version that was live, and the way back to it.
import { App, Button, Drawer, Form, Input, Modal, Table, Typography } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { type Schemas, call } from "../../api/client";
import { useGet, usePlace, useRefresh } from "../../frame/session";
import { Failed } from "../../frame/state";
import { useText } from "../../frame/text";

export function History({ view, open, close }: { view: Schemas["SkillView"]; open: boolean; close: () => void }) {
  const t = useText();
  const { path, tenantPath, may } = usePlace();
  const { message } = App.useApp();
  const refresh = useRefresh();
  const members = useGet<Schemas["MemberList"]>(open ? `${tenantPath}/members` : null);
  const [wanted, setWanted] = useState<number>();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const author = (text: string) => {
    const person = members.data?.data.find(({ id }) => text === `person:${id}`);
    return person?.name ?? (text.startsWith("person:") ? t("一位成员", "A member") : text);
  };
  const restore = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await call(`${path}/skills/${view.skill}/restore`, {
        method: "POST",
        body: { version: wanted, note: note.trim() },
      });
      void message.success(t(`第 ${wanted} 版又上线了`, `Version ${wanted} is live again`));
      setWanted(undefined);
      setNote("");
      await refresh(`${path}/skills`);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
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
      <Modal
        open={wanted !== undefined}
        title={t(`恢复第 ${wanted} 版？`, `Make version ${wanted} live again?`)}
        okText={t("恢复上线", "Make it live")}
        cancelText={t("取消", "Cancel")}
        okButtonProps={{ disabled: note.trim() === "", loading: busy }}
        onOk={() => void restore()}
        onCancel={() => setWanted(undefined)}
      >
        <Form layout="vertical">
          <Form.Item label={t("为什么", "Why")} htmlFor="restore-note">
            <Input id="restore-note" value={note} maxLength={200} onChange={(event) => setNote(event.target.value)} />
          </Form.Item>
        </Form>
        {error !== undefined && <Failed error={error} />}
      </Modal>
    </Drawer>
  );
}
