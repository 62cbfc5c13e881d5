// One turn: what the user said on the right, what was answered on the left, and why.
import { Card, Collapse, Flex, Tag, Typography, theme } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { useText } from "../../frame/text";
import { Said, SkillTag, When } from "../talk/show";
import { bandWords, pathWords } from "../talk/words";
import { Trace } from "./trace";
import type { Turn } from "./types";

export function Bubble({ isUser = false, at, children }: { isUser?: boolean; at?: string; children: ReactNode }) {
  const t = useText();
  const { token } = theme.useToken();
  return (
    <Flex vertical align={isUser ? "end" : "start"} gap={2}>
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>
        {isUser ? t("用户", "User") : t("派工", "Paigong")}
        {at && (
          <>
            {" · "}
            <When at={at} />
          </>
        )}
      </Typography.Text>
      <div
        style={{
          maxWidth: "min(640px, 85%)",
          padding: "8px 14px",
          borderRadius: 12,
          background: isUser ? token.colorPrimaryBg : token.colorBgContainer,
          border: `1px solid ${isUser ? token.colorPrimaryBorder : token.colorBorderSecondary}`,
        }}
      >
        {children}
      </div>
    </Flex>
  );
}

export function Exchange({ turn, isOpen }: { turn: Turn; isOpen: boolean }) {
  const t = useText();
  const [shown, setShown] = useState(isOpen);
  useEffect(() => setShown(isOpen), [isOpen]);
  const answer = turn.response;
  const decision = answer?.decision;
  const total: unknown = decision?.timings?.["turn"];
  const top = decision?.candidates?.[0];
  return (
    <Flex vertical gap={8}>
      <Bubble isUser at={turn.created_at}>
        <Said>{turn.query || t("（按了按钮）", "(pressed a button)")}</Said>
        <Brought request={turn.request} />
      </Bubble>
      <Bubble>
        <Said>{turn.answer}</Said>
        {(answer?.dialog_action?.options ?? []).length > 0 && (
          <Flex gap={6} wrap style={{ marginTop: 8 }} aria-label={t("给用户的选项", "Choices offered")} role="group">
            {answer?.dialog_action?.options.map((option, index) => (
              <Tag key={index}>{option.label}</Tag>
            ))}
          </Flex>
        )}
      </Bubble>
      {decision && (
        <Card size="small" styles={{ body: { padding: 0 } }} style={{ maxWidth: 920 }}>
          <Collapse
            ghost
            size="small"
            activeKey={shown ? ["why"] : []}
            onChange={(keys) => setShown(keys.length > 0)}
            items={[
              {
                key: "why",
                label: (
                  <Flex gap={8} wrap align="center">
                    <span>{t("为什么这样回答", "Why this answer")}</span>
                    {decision.band && <Tag style={{ margin: 0 }}>{bandWords(t, decision.band)}</Tag>}
                    {decision.path !== "model" && <Tag style={{ margin: 0 }}>{pathWords(t, decision.path)}</Tag>}
                    {top && decision.path === "model" && (
                      <>
                        <SkillTag skill={top.skill} />
                        <span>{Math.round(top.p * 100)}%</span>
                      </>
                    )}
                    {answer?.degraded && <Tag style={{ margin: 0 }}>{t("缺少大模型", "Without a language model")}</Tag>}
                    {typeof total === "number" && (
                      <Typography.Text type="secondary">
                        {t("用时", "took")} {total.toFixed(0)} ms
                      </Typography.Text>
                    )}
                  </Flex>
                ),
                children: <Trace answer={answer} />,
              },
            ]}
          />
        </Card>
      )}
    </Flex>
  );
}

/** What came with the message, beside its text. */
function Brought({ request }: { request: Turn["request"] }) {
  const t = useText();
  const names: Record<string, string> = {
    payload: t("按钮", "Button"),
    inputs: t("表单", "Form"),
    context: t("随附信息", "Context"),
  };
  const parts = Object.entries(request ?? {}).filter(([, value]) => value !== null && value !== undefined);
  if (parts.length === 0) return null;
  return (
    <div style={{ fontSize: 12, marginTop: 4 }}>
      {parts.map(([name, value]) => (
        <div key={name} style={{ overflowWrap: "anywhere" }}>
          {names[name] ?? name}: {typeof value === "string" ? value : JSON.stringify(value)}
        </div>
      ))}
    </div>
  );
}
