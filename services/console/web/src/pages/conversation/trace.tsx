// Why an answer was given: what was understood, what was decided and done, what it relied on, how long it took.
import { Alert, Flex, Table, Tag, Typography, theme } from "antd";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { useText } from "../../frame/text";
import { RunState, Said, SkillTag, When, plain } from "../talk/show";
import { actWords, actionWords, bandWords, degradedWords, pathWords, sourceWords } from "../talk/words";
import { Timings } from "./timings";
import type { Filled, Turn } from "./types";

type Answer = NonNullable<Turn["response"]>;

export function Trace({ answer }: { answer: Answer }) {
  const t = useText();
  const { decision, citations = [], executions = [] } = answer;
  return (
    <Flex vertical gap={16}>
      {answer.degraded && (
        <Alert
          type="warning"
          showIcon
          message={
            answer.degraded_reason
              ? degradedWords(t, answer.degraded_reason)
              : t("没有用到大模型", "No language model was used")
          }
          description={t(
            "大模型本可帮上忙，这里只用小模型回答了。",
            "A language model would have helped; this was answered without one.",
          )}
        />
      )}
      {decision && <Understood decision={decision} />}
      {decision && Object.keys(decision.slots ?? {}).length > 0 && <Slots slots={decision.slots} />}
      <Decided answer={answer} />
      {executions.length > 0 && (
        <Part title={t("做了什么", "What was done")}>
          {executions.map((run) => (
            <Flex key={run.id} gap={8} wrap align="center">
              <RunState status={run.status} />
              <SkillTag skill={run.skill} />
              {run.scheduled_at && <When at={run.scheduled_at} />}
              {run.error && <Typography.Text type="danger">{run.error}</Typography.Text>}
              <Typography.Text type="secondary">
                {t(`返回 ${run.result.length} 行`, run.result.length === 1 ? "1 row" : `${run.result.length} rows`)}
              </Typography.Text>
            </Flex>
          ))}
        </Part>
      )}
      {citations.length > 0 && (
        <Part title={t("依据的文档", "Documents relied on")}>
          {citations.map((one, index) => (
            <details key={one.id}>
              <summary style={{ cursor: "pointer", overflowWrap: "anywhere" }}>
                [{index + 1}] {one.heading || one.title} <Typography.Text type="secondary">{one.path}</Typography.Text>
              </summary>
              <div style={{ padding: "4px 0 4px 20px" }}>
                <Said>{one.text}</Said>
              </div>
            </details>
          ))}
        </Part>
      )}
      {decision?.timings && Object.keys(decision.timings).length > 0 && (
        <Part title={t("用时", "Time taken")}>
          <Timings timings={decision.timings} />
        </Part>
      )}
    </Flex>
  );
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Typography.Title level={3} style={{ fontSize: 14, margin: "0 0 6px" }}>
        {title}
      </Typography.Title>
      <Flex vertical gap={6}>
        {children}
      </Flex>
    </section>
  );
}

/** A share as a bar with its figure beside it. */
export function Share({ of, label, strong = false }: { of: number; label: ReactNode; strong?: boolean }) {
  const { token } = theme.useToken();
  return (
    <div
      style={{ display: "grid", gridTemplateColumns: "minmax(120px, 220px) 1fr 56px", gap: 10, alignItems: "center" }}
    >
      <div style={{ minWidth: 0 }}>{label}</div>
      <div style={{ background: token.colorFillSecondary, borderRadius: 4, height: 10 }} aria-hidden>
        <div
          style={{
            width: `${Math.max(of * 100, 0.5)}%`,
            height: 10,
            borderRadius: 4,
            background: strong ? token.colorPrimary : token.colorTextTertiary,
          }}
        />
      </div>
      <div style={{ textAlign: "end", fontVariantNumeric: "tabular-nums" }}>
        {(of * 100).toFixed(of > 0 && of < 0.1 ? 1 : 0)}%
      </div>
    </div>
  );
}

export function Candidates({ candidates }: { candidates: Schemas["CandidateReport"][] }) {
  return candidates.map(({ skill, p }, index) => (
    <Share key={skill} of={p} label={<SkillTag skill={skill} />} strong={index === 0} />
  ));
}

function Understood({ decision }: { decision: Schemas["DecisionReport"] }) {
  const t = useText();
  return (
    <Part title={t("怎么理解的", "What was understood")}>
      <Flex gap={8} wrap>
        <Tag style={{ margin: 0 }}>{pathWords(t, decision.path)}</Tag>
        {decision.band && <Tag style={{ margin: 0 }}>{bandWords(t, decision.band)}</Tag>}
        {decision.act && (
          <Tag style={{ margin: 0 }}>
            {t("用户的表示：", "The user: ")}
            {actWords(t, decision.act)}
          </Tag>
        )}
      </Flex>
      <Candidates candidates={decision.candidates} />
      {typeof decision.in_scope === "number" && (
        <Share
          of={decision.in_scope}
          label={<Typography.Text type="secondary">{t("在能办的范围内", "Something it can do")}</Typography.Text>}
        />
      )}
      <Neighbour label={t("最像的例句", "Most similar example")} one={decision.nearest} />
      <Neighbour label={t("另一技能里最像的", "Most similar of another skill")} one={decision.rival} />
      {decision.reasoning && <Reasoned report={decision.reasoning} />}
    </Part>
  );
}

function Neighbour({ label, one }: { label: string; one?: Schemas["NeighbourReport"] | null | undefined }) {
  const t = useText();
  if (!one) return null;
  return (
    <Flex gap={8} wrap align="center">
      <Typography.Text type="secondary">{label}</Typography.Text>
      <span style={{ overflowWrap: "anywhere" }}>{t(`“${one.example}”`, `“${one.example}”`)}</span>
      <SkillTag skill={one.skill} />
      <Typography.Text type="secondary">
        {t("相似度", "similarity")} {one.similarity.toFixed(2)}
      </Typography.Text>
    </Flex>
  );
}

function Reasoned({ report }: { report: Schemas["ReasoningReport"] }) {
  const t = useText();
  const model = [report.provider, report.model].filter(Boolean).join(" · ");
  return (
    <Typography.Text type="secondary">
      {t("大模型", "Language model")}
      {model && ` ${model}`}
      {` · ${report.tokens_in} + ${report.tokens_out} ${t("个词元", "tokens")}`}
      {report.cost_micros > 0 && ` · ${(report.cost_micros / 1e6).toFixed(4)}`}
      {report.dropped > 0 &&
        ` · ${t(`${report.dropped} 项不可信，没有采用`, `${report.dropped} untrusted parts not used`)}`}
    </Typography.Text>
  );
}

function Slots({ slots }: { slots: Record<string, unknown> }) {
  const t = useText();
  const rows = Object.entries(slots).map(([name, one]) => ({ name, ...(one as Filled) }));
  return (
    <Part title={t("记下的信息", "Details taken")}>
      <Table
        size="small"
        rowKey="name"
        pagination={false}
        scroll={{ x: 520 }}
        dataSource={rows}
        columns={[
          { title: t("名称", "Name"), dataIndex: "name" },
          {
            title: t("值", "Value"),
            dataIndex: "value",
            render: (value: unknown) => <span style={{ overflowWrap: "anywhere" }}>{plain(value)}</span>,
          },
          { title: t("原话", "Said as"), dataIndex: "text", render: (text: unknown) => plain(text) },
          { title: t("怎么得来", "Where from"), dataIndex: "by", render: (by: string) => sourceWords(t, by) },
          { title: t("第几轮", "Turn"), dataIndex: "turn", align: "end", render: (turn: unknown) => plain(turn) },
        ]}
      />
    </Part>
  );
}

function Decided({ answer }: { answer: Answer }) {
  const t = useText();
  const action = answer.dialog_action;
  if (!action) return null;
  return (
    <Part title={t("决定怎么做", "What was decided")}>
      <Flex gap={8} wrap align="center">
        <Tag style={{ margin: 0 }}>{actionWords(t, action.type)}</Tag>
        {action.skill && <SkillTag skill={action.skill} />}
        {action.slot && (
          <span>
            {t("问的是", "asks for")} <Typography.Text code>{action.slot}</Typography.Text>
          </span>
        )}
      </Flex>
      {answer.handoff?.summary && (
        <div>
          <Typography.Text type="secondary">{t("交给人工的说明", "What the person is told")}</Typography.Text>
          <Said>{answer.handoff.summary}</Said>
        </div>
      )}
    </Part>
  );
}
