// What is worth looking at: turns to judge one by one, and examples that were learned and wait for a yes.
import { Tabs } from "antd";
import { useSearchParams } from "react-router";
import { Page } from "../frame/page";
import { usePlace } from "../frame/session";
import { Nothing } from "../frame/state";
import { useText } from "../frame/text";
import { Desk } from "./review/desk";
import { Suggestions } from "./review/suggestions";

export default function Review() {
  const t = useText();
  const { may, app } = usePlace();
  const [params, setParams] = useSearchParams();
  const tab = params.get("tab") === "suggestions" ? "suggestions" : "queue";
  return (
    <Page
      title={t("复核", "Review")}
      about={t(
        "告诉系统哪些理解对了、哪些错了，它会马上学会。最值得看的排在最前。",
        "Say what was understood rightly and what wrongly, and it learns at once. The most worthwhile comes first.",
      )}
    >
      {may("reviewer") ? (
        <Tabs
          activeKey={tab}
          onChange={(key) => setParams(key === "queue" ? {} : { tab: key }, { replace: true })}
          destroyOnHidden
          items={[
            { key: "queue", label: t("逐条复核", "One by one"), children: <Desk key={app.id} /> },
            { key: "suggestions", label: t("学习建议", "Suggestions"), children: <Suggestions key={app.id} /> },
          ]}
        />
      ) : (
        <Nothing>
          {t(
            "您的角色是查看者，复核需要复核者或更高的角色",
            "You are a viewer; reviewing needs the role reviewer or higher",
          )}
        </Nothing>
      )}
    </Page>
  );
}
