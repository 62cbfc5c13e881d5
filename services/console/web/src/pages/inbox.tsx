// What people are to do: requests that wait for somebody, and runs of which nobody knows whether they were done.
import { Badge, Tabs, Tooltip } from "antd";
import { useSearchParams } from "react-router";
import { Page } from "../frame/page";
import { byId, usePages } from "../frame/pages-of";
import { usePlace } from "../frame/session";
import { useText } from "../frame/text";
import { Items } from "./inbox/items";
import { Runs } from "./inbox/runs";
import type { Run } from "./inbox/types";

export default function Inbox() {
  const t = useText();
  const { path } = usePlace();
  const [query, setQuery] = useSearchParams();
  const tab = query.get("tab") ?? "items";
  const unknown = usePages<Run>(`${path}/runs`, { state: "unknown" }, byId, { refetchInterval: 30_000 });
  const count = unknown.of.data?.length ?? 0;
  return (
    <Page
      title={t("待办", "Inbox")}
      about={t("需要人来办、来回复或来判断的事", "What waits for a person: to do, to answer, to decide")}
    >
      <Tabs
        activeKey={tab}
        onChange={(tab) => setQuery(tab === "items" ? {} : { tab }, { replace: true })}
        destroyOnHidden
        items={[
          { key: "items", label: t("待处理", "To do"), children: <Items /> },
          {
            key: "unknown",
            label: (
              <Tooltip
                title={t(
                  "请求已发给对方系统，但没有收到答复，不知道办成没有",
                  "It was sent to the other system, but no answer came: nobody knows whether it was done",
                )}
              >
                <span>
                  {t("结果不明", "Outcome unknown")}
                  {count > 0 && (
                    <Badge count={unknown.more ? `${count}+` : count} size="small" style={{ marginInlineStart: 8 }} />
                  )}
                </span>
              </Tooltip>
            ),
            children: <Runs state="unknown" />,
          },
          {
            key: "dead",
            label: (
              <Tooltip title={t("多次尝试都没有成功，已不再尝试", "It failed every time, and is tried no more")}>
                <span>{t("已放弃", "Given up")}</span>
              </Tooltip>
            ),
            children: <Runs state="dead" />,
          },
        ]}
      />
    </Page>
  );
}
