// How much was said in which language.
import { Card, Flex } from "antd";
import { useGet, usePlace } from "../../frame/session";
import { Loaded } from "../../frame/state";
import { useText } from "../../frame/text";
import { Share } from "../conversation/trace";
import { languageWords } from "../talk/words";
import { measures, written } from "./measures";
import type { Analytics } from "./types";

export function Languages({ query }: { query: Record<string, string | undefined> }) {
  const t = useText();
  const { path } = usePlace();
  const read = useGet<Analytics>(`${path}/analytics`, { ...query, group: "language" });
  const all = measures(t);
  return (
    <Card size="small" title={<h2 style={{ fontSize: 15, margin: 0 }}>{t("用什么语言", "Which language")}</h2>}>
      <Loaded of={read}>
        {({ rows, total }) => (
          <Flex vertical gap={10}>
            {rows.length === 0 && t("这段时间没有数据", "No data in this period")}
            {rows.map((row) => (
              <div key={row.key}>
                <Share
                  of={total.turns > 0 ? row.turns / total.turns : 0}
                  label={`${languageWords(t, row.key)} (${written(all.turns, row.turns)})`}
                  strong
                />
                <div style={{ fontSize: 12 }}>
                  {[all.completion, all.clarification, all.friction]
                    .map((one) => `${one.title} ${written(one, row[one.name])}`)
                    .join(" · ")}
                </div>
              </div>
            ))}
          </Flex>
        )}
      </Loaded>
    </Card>
  );
}
