// A turn with what was said just before, and how it was understood.
import { Card, Flex, Skeleton, Tag, Tooltip, Typography } from "antd";
import { Link } from "react-router";
import { useGet, usePlace } from "../../frame/session";
import { Failed } from "../../frame/state";
import { useText } from "../../frame/text";
import { Bubble } from "../conversation/exchange";
import { Part, Share } from "../conversation/trace";
import type { ConversationPage } from "../conversation/types";
import { useSkillNames } from "../talk/pages";
import { Key, Said, SkillTag } from "../talk/show";
import { bandWords, outcomeWords, signalWords } from "../talk/words";
import type { Item, Verdict } from "./types";

const BEFORE = 3;

export function Context({ item, verdict }: { item: Item; verdict: Verdict | undefined }) {
  const t = useText();
  const { path } = usePlace();
  const { titleOf } = useSkillNames();
  const after = Math.max(0, item.seq - 1 - BEFORE);
  const limit = item.seq - 1 - after;
  const before = useGet<ConversationPage>(
    limit > 0 ? `${path}/conversations/${encodeURIComponent(item.conversation)}` : null,
    { after: after || undefined, limit },
  );
  const earlier = before.data?.turns.filter(({ seq }) => seq < item.seq) ?? [];
  return (
    <Card
      size="small"
      title={<h2 style={{ fontSize: 16, margin: 0 }}>{t("这句话理解得对吗？", "Was this understood rightly?")}</h2>}
      extra={<Link to={`/conversations/${item.conversation}`}>{t("看整个对话", "The whole conversation")}</Link>}
    >
      <Flex vertical gap={12}>
        {limit > 0 && before.isLoading && <Skeleton active paragraph={{ rows: 2 }} title={false} />}
        {before.error && <Failed error={before.error} retry={() => void before.refetch()} />}
        {earlier.map((turn) => (
          <div key={turn.id} style={{ fontSize: 13 }}>
            <Bubble isUser>
              <Said>{turn.query}</Said>
            </Bubble>
            <Bubble>
              <Said>{turn.answer}</Said>
            </Bubble>
          </div>
        ))}
        <Bubble isUser at={item.created_at}>
          <div style={{ fontSize: 17, fontWeight: 600 }}>
            <Said>{item.query}</Said>
          </div>
        </Bubble>
        <Bubble>
          <Said>{item.answer}</Said>
        </Bubble>
        <Flex gap={8} wrap align="center">
          {item.skill ? (
            <SkillTag skill={item.skill} />
          ) : (
            <Tag style={{ margin: 0 }}>{t("没有选技能", "No skill")}</Tag>
          )}
          {item.band && <Tag style={{ margin: 0 }}>{bandWords(t, item.band)}</Tag>}
          <Tag style={{ margin: 0 }}>{outcomeWords(t, item.outcome)}</Tag>
          {item.signals.map((signal) => (
            <Tag key={signal} style={{ margin: 0 }}>
              {signalWords(t, signal)}
            </Tag>
          ))}
          <Tooltip title={t("0 为有把握，1 为完全拿不准", "0: sure; 1: quite unsure")}>
            <Typography.Text type="secondary" tabIndex={0}>
              {t("不确定度", "Uncertainty")} {item.uncertainty.toFixed(2)}
            </Typography.Text>
          </Tooltip>
          <Tooltip title={t("0 为顺利，1 为很不顺", "0: smooth; 1: a lot of trouble")}>
            <Typography.Text type="secondary" tabIndex={0}>
              {t("不顺程度", "Friction")} {item.friction.toFixed(2)}
            </Typography.Text>
          </Tooltip>
        </Flex>
        {item.candidates.length > 0 && (
          <Part title={t("可能的技能", "Likely skills")}>
            {item.candidates.slice(0, 9).map(({ skill, p }, index) => (
              <Share
                key={skill}
                of={p}
                strong={index === 0}
                label={
                  <Flex align="center">
                    <Key>{index + 1}</Key>
                    <span title={skill} style={{ overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
                      {titleOf(skill)}
                    </span>
                  </Flex>
                }
              />
            ))}
          </Part>
        )}
        {verdict && (
          <Typography.Text strong role="status">
            {t("您的判断：", "You said: ")}
            {verdict.action === "right"
              ? t("理解对了", "right")
              : verdict.action === "out_of_scope"
                ? t("不在能办的范围", "nothing it can do")
                : verdict.action === "new_skill"
                  ? t("需要新技能", "a new skill is needed")
                  : titleOf(verdict.skill ?? "")}
          </Typography.Text>
        )}
      </Flex>
    </Card>
  );
}
