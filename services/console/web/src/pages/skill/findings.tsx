// What lint found, errors first, each with the way to where it is.
import { Alert, Button, Flex, Typography } from "antd";
import { useContext } from "react";
import type { Schemas } from "../../api/client";
import { useText } from "../../frame/text";
import { JumpContext } from "./jump";

type Finding = Schemas["FindingView"];

export function Findings({ findings, lint }: { findings: Finding[]; lint?: Schemas["LintReport"] | undefined }) {
  const t = useText();
  if (findings.length === 0 && (lint?.overlaps ?? []).length === 0)
    return <Alert type="success" showIcon message={t("没有发现问题", "Nothing was found")} />;
  return (
    <Flex vertical gap={8}>
      {findings.map((finding, index) => (
        <Alert
          key={index}
          type={finding.severity === "error" ? "error" : "warning"}
          showIcon
          message={
            <span style={{ overflowWrap: "anywhere" }}>
              {finding.message} <Where finding={finding} />
            </span>
          }
        />
      ))}
      {lint?.overlaps.map(({ skill, strays, of }) => (
        <Alert
          key={skill}
          type="warning"
          showIcon
          message={t(
            `${of} 条例句里有 ${strays} 条更像“${skill}”，容易听错`,
            `${strays} of ${of} examples sit nearer to “${skill}”; they will be mistaken`,
          )}
        />
      ))}
    </Flex>
  );
}

function Where({ finding: { place, line } }: { finding: Finding }) {
  const t = useText();
  const jump = useContext(JumpContext);
  const atLine = line ? t(`第 ${line} 行`, `Line ${line}`) : "";
  if (!jump) return <Typography.Text type="secondary">{[place, atLine].filter(Boolean).join(" · ")}</Typography.Text>;
  const link = {
    type: "link",
    size: "small",
    style: { padding: 0, height: "auto", textDecoration: "underline" },
  } as const;
  return (
    <Flex gap={12} component="span" style={{ display: "inline-flex" }}>
      {place && (
        <Button
          {...link}
          aria-label={t(`到表单里的 ${place}`, `Go to ${place} in the form`)}
          onClick={() => jump("form", { place, line })}
        >
          {place}
        </Button>
      )}
      {(line ?? place) && (
        <Button
          {...link}
          aria-label={t(`在 YAML 里看：${atLine || place}`, `See it in the YAML: ${atLine || place}`)}
          onClick={() => jump("yaml", { place, line })}
        >
          {atLine || "YAML"}
        </Button>
      )}
    </Flex>
  );
}
