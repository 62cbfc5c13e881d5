// Everything that is stored about one user: saved as a file, or erased for good.
import { Alert, App, Typography } from "antd";
import { useNavigate } from "react-router";
import { call } from "../../api/client";
import { Ask } from "../../frame/ask";
import { usePlace, useRefresh } from "../../frame/session";
import { useText } from "../../frame/text";
import { useWork } from "../../frame/work";
import { save } from "../talk/show";

interface Page {
  data: Record<string, unknown[]>;
  has_more: boolean;
  last_id: string | null;
}

interface Erased {
  conversations: number;
  turns: number;
  runs: number;
}

/** Every row about a user, by table, of all pages. */
async function everything(path: string): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  let last: string | null | undefined;
  for (;;) {
    const page = await call<Page>(path, { query: { last_id: last ?? undefined } });
    for (const [table, rows] of Object.entries(page.data)) all[table] = [...(all[table] ?? []), ...rows];
    if (!page.has_more || !page.last_id) return all;
    last = page.last_id;
  }
}

/** Saves what is stored about a user as a file. */
export function useExport() {
  const t = useText();
  const { path } = usePlace();
  const { message } = App.useApp();
  const { run, busy, failed } = useWork();
  return {
    busy,
    failed,
    save: (user: string) =>
      run(async () => {
        const data = await everything(`${path}/users/${encodeURIComponent(user)}/data`);
        const name = user.replace(/[^\p{L}\p{N}._-]/gu, "_").slice(0, 80);
        save(`${name}.json`, "application/json", JSON.stringify({ user, data }, null, 2));
        void message.success(t("已导出，请看浏览器的下载", "Exported: see the browser's downloads"));
      }),
  };
}

/** Asks for the user's id once more, then erases. */
export function Erase({ user, close }: { user: string; close: () => void }) {
  const t = useText();
  const { path } = usePlace();
  const refresh = useRefresh();
  const go = useNavigate();
  const { modal } = App.useApp();
  const erase = async () => {
    const done = await call<Erased>(`${path}/users/${encodeURIComponent(user)}/data`, { method: "DELETE" });
    void go("/conversations");
    await refresh(`${path}/conversations`, `${path}/review`, `${path}/suggestions`, `${path}/inbox`);
    modal.success({
      title: t("已删除", "Erased"),
      content: t(
        `删除了 ${done.conversations} 个对话、${done.turns} 轮问答，清空了 ${done.runs} 条执行记录。`,
        `${done.conversations} conversations and ${done.turns} turns are gone, and ${done.runs} records of what was carried out are emptied.`,
      ),
    });
  };
  return (
    <Ask
      title={t("删除此用户的全部数据", "Erase all data of this user")}
      label={
        <>
          {t("请输入用户编号以确认：", "To confirm, type the user's id: ")}
          <Typography.Text code style={{ overflowWrap: "anywhere" }}>
            {user}
          </Typography.Text>
        </>
      }
      ok={t("永久删除", "Erase for good")}
      cancel={t("不删除", "Keep it")}
      danger
      maxLength={1000}
      isFit={(typed) => typed === user.trim()}
      onOk={erase}
      close={close}
    >
      <Alert type="warning" showIcon message={t("删除后无法恢复", "This can't be undone")} />
      <Typography.Paragraph style={{ margin: 0 }}>
        {t(
          "将删除此用户的所有对话、待办和由此来的学习建议；执行记录只留下做了哪项、结果和时间，内容清空。业务系统里已办的事不受影响。",
          "All conversations of this user go, with inbox items and suggestions that came of them. Records of what was carried out keep only which task, its state and times. What was done in your own systems stays.",
        )}
      </Typography.Paragraph>
    </Ask>
  );
}
