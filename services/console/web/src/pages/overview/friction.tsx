// What the friction index is made of.
import { Card, Flex, Typography } from "antd";
import { useText } from "../../frame/text";
import { signalWords } from "../talk/words";
import { Share } from "../conversation/trace";
import { measures, written } from "./measures";
import type { Figures } from "./types";

// As the server weighs them.
const WEIGHTS: [string, number][] = [
  ["complaint", 0.7],
  ["handoff", 0.6],
  ["abandon", 0.5],
  ["rephrase", 0.4],
  ["cancel", 0.4],
  ["correction", 0.35],
  ["repeat_question", 0.35],
  ["denial", 0.3],
  ["clarification", 0.2],
  ["degraded", 0.1],
];

export function Friction({ total }: { total: Figures }) {
  const t = useText();
  const all = measures(t);
  const rates = [all.rephrase, all.correction, all.clarification, all.denial, all.cancel, all.handoff, all.abandon];
  return (
    <Card
      size="small"
      title={
        <h2 style={{ fontSize: 15, margin: 0 }}>
          {t("哪里不顺", "Where the trouble is")} · {all.friction.title} {written(all.friction, total.friction)}
        </h2>
      }
    >
      <Flex vertical gap={6}>
        {rates.map((rate) => (
          <Share key={rate.name} of={total[rate.name] ?? 0} label={<span title={rate.about}>{rate.title}</span>} />
        ))}
        <details style={{ marginTop: 6 }}>
          <summary style={{ cursor: "pointer" }}>{t("不顺指数怎么算", "How the friction index is made")}</summary>
          <Typography.Paragraph type="secondary" style={{ margin: "6px 0 0" }}>
            {t(
              "每条消息按出现的状况加分，最多 1 分，再对所有消息取平均：",
              "Each message gets points for what went wrong, at most 1; the index is the mean over all messages: ",
            )}
            {WEIGHTS.map(([signal, weight]) => `${signalWords(t, signal)} ${weight}`).join(t("，", ", "))}
            {t("，没办成 0.5，说帮不上 0.2。", ", failed 0.5, declined 0.2.")}
          </Typography.Paragraph>
        </details>
      </Flex>
    </Card>
  );
}
