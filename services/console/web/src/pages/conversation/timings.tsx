// How long each step of a turn took, as one bar in parts with their figures below.
import { Flex } from "antd";
import { useText } from "../../frame/text";

// Told apart by people who are colour-blind; the words and figures below say the same.
const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b5a300", "#6a3d9a"];

export function Timings({ timings }: { timings: Record<string, unknown> }) {
  const t = useText();
  const names: Record<string, string> = {
    values: t("识别日期和数字", "dates and numbers"),
    tokenise: t("切分文字", "splitting text"),
    queue: t("排队", "waiting in line"),
    encode: t("小模型读句子", "reading (model)"),
    classify: t("选技能", "choosing the skill"),
    tag: t("找信息", "finding details"),
    decide: t("决定", "deciding"),
    reason: t("大模型", "language model"),
    search: t("查文档", "searching documents"),
    execute: t("执行", "carrying out"),
    rest: t("存取与其余", "storage and the rest"),
  };
  const all = Object.entries(timings).filter((one): one is [string, number] => typeof one[1] === "number");
  const steps = all.filter(([name]) => name !== "turn");
  const sum = steps.reduce((sum, [, ms]) => sum + ms, 0);
  const total = Math.max(all.find(([name]) => name === "turn")?.[1] ?? sum, sum);
  const parts: [string, number][] = total - sum > 0.05 ? [...steps, ["rest", total - sum]] : steps;
  if (total <= 0) return null;
  const color = (name: string, index: number) => (name === "rest" ? "#8c8c8c" : COLORS[index % COLORS.length]);
  return (
    <Flex vertical gap={6}>
      <div
        role="img"
        aria-label={t(`共 ${total.toFixed(1)} 毫秒`, `${total.toFixed(1)} milliseconds in all`)}
        style={{ display: "flex", height: 14, borderRadius: 4, overflow: "hidden", maxWidth: 720 }}
      >
        {parts.map(([name, ms], index) => (
          <div
            key={name}
            title={`${names[name] ?? name}: ${ms.toFixed(1)} ms`}
            style={{
              width: `${(ms / total) * 100}%`,
              background: color(name, index),
              borderInlineEnd: "1px solid #fff8",
            }}
          />
        ))}
      </div>
      <Flex gap={12} wrap style={{ fontSize: 12 }}>
        <strong>{t(`共 ${total.toFixed(1)} ms`, `${total.toFixed(1)} ms in all`)}</strong>
        {parts.map(([name, ms], index) => (
          <span key={name}>
            <span
              aria-hidden
              style={{
                display: "inline-block",
                width: 10,
                height: 10,
                borderRadius: 2,
                background: color(name, index),
                marginInlineEnd: 4,
              }}
            />
            {names[name] ?? name} {ms.toFixed(1)}
          </span>
        ))}
      </Flex>
    </Flex>
  );
}
