// One run that people have to look into, and what they found out.
import { Alert, App, Button, Checkbox, Descriptions, Drawer, Flex, Input, Radio, Timeline, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { call } from "../../api/client";
import { useInstant } from "../../frame/instant";
import { useGet, usePlace, useRefresh } from "../../frame/session";
import { Failed, Loaded } from "../../frame/state";
import { useText } from "../../frame/text";
import { Effect } from "./runs";
import type { Run } from "./types";
import { type Given, ResultFields, Slots, objectOf } from "./values";
import { useSkillTitles } from "./words";

type Verdict = "done" | "not_done" | "retry";

export function RunDrawer({ run, onClose }: { run: string | undefined; onClose: () => void }) {
  const t = useText();
  const { path } = usePlace();
  const read = useGet<Run>(run ? `${path}/runs/${run}` : null);
  return (
    <Drawer
      title={t("执行详情", "What was tried")}
      open={run !== undefined}
      onClose={onClose}
      width={560}
      maskClosable={false}
    >
      {run && <Loaded of={read}>{(run) => <Shown run={run} onClose={onClose} />}</Loaded>}
    </Drawer>
  );
}

function Shown({ run, onClose }: { run: Run; onClose: () => void }) {
  const t = useText();
  const { exact } = useInstant();
  const skillTitle = useSkillTitles();
  const outcomes: Record<string, string> = {
    succeeded: t("成功", "succeeded"),
    failed: t("失败", "failed"),
    again: t("失败，稍后重试", "failed, to be tried again"),
    waiting: t("等待答复", "waits for an answer"),
    unknown: t("没有答复，结果不明", "no answer: outcome unknown"),
    lost: t("执行中断", "interrupted"),
    released: t("交还", "given back"),
  };
  const why = messageOf(run.error);
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={2} style={{ fontSize: 16, margin: 0, overflowWrap: "anywhere" }}>
        {skillTitle(run.skill)}
      </Typography.Title>
      <Descriptions
        size="small"
        column={1}
        styles={{ label: { width: 90 } }}
        items={[
          { key: "effect", label: t("影响", "Effect"), children: <Effect effect={run.effect} /> },
          { key: "at", label: t("时间", "When"), children: exact(run.created_at) },
          {
            key: "id",
            label: t("编号", "Id"),
            children: (
              <Typography.Text copyable={{ tooltips: [t("复制", "Copy"), t("已复制", "Copied")] }}>
                {run.id}
              </Typography.Text>
            ),
          },
          ...(why
            ? [
                {
                  key: "why",
                  label: t("原因", "Why"),
                  children: <span style={{ overflowWrap: "anywhere" }}>{why}</span>,
                },
              ]
            : []),
        ]}
      />
      <Slots skill={run.skill} slots={(run.slots ?? {}) as Record<string, unknown>} />
      {run.attempts && run.attempts.length > 0 && (
        <Timeline
          style={{ marginBottom: -24 }}
          items={run.attempts.map((attempt) => ({
            color: attempt.outcome === "succeeded" ? "green" : attempt.outcome === "failed" ? "red" : "gray",
            children: (
              <>
                {t(`第 ${attempt.attempt} 次`, `Attempt ${attempt.attempt}`)} · {exact(attempt.started_at)} ·{" "}
                {outcomes[attempt.outcome] ?? attempt.outcome}
                {attempt.status != null && ` · HTTP ${attempt.status}`}
                <br />
                <Typography.Text type="secondary" style={{ overflowWrap: "anywhere" }}>
                  {messageOf(attempt.error)}
                </Typography.Text>
              </>
            ),
          }))}
        />
      )}
      <Link to={`/conversations/${run.conversation_id}`}>{t("查看整个对话", "See the whole conversation")}</Link>
      {["unknown", "dead"].includes(run.status) ? (
        <Deciding run={run} onDone={onClose} />
      ) : (
        <Alert
          type="success"
          showIcon
          message={t("已有结论，无需处理", "It is decided; there is nothing left to do")}
        />
      )}
    </Flex>
  );
}

function Deciding({ run, onDone }: { run: Run; onDone: () => void }) {
  const t = useText();
  const { path, may } = usePlace();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [verdict, setVerdict] = useState<Verdict>();
  const [note, setNote] = useState("");
  const [given, setGiven] = useState<Given[]>([]);
  const [sure, setSure] = useState(false);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  if (!may("reviewer"))
    return (
      <Alert
        type="info"
        showIcon
        message={t("判定结果需要复核员或更高的角色", "Reviewers and above decide about it")}
      />
    );
  const resolve = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const result = verdict === "done" ? objectOf(given) : undefined;
      const body = { verdict, note: note.trim(), ...(result ? { result } : {}) };
      await call<Run>(`${path}/runs/${run.id}/resolve`, { method: "POST", body });
      void message.success(
        verdict === "retry"
          ? t("已重新排队，马上再试", "It is tried again at once")
          : t("已记录，用户会得知", "Noted; the user is told"),
      );
      onDone();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
      void refresh(`${path}/runs`);
    }
  };
  const options: { value: Verdict; label: string; causes: string }[] = [
    {
      value: "done",
      label: t("办成了", "It was done"),
      causes: t(
        "记为成功，用户会在对话中收到技能的回复。",
        "It counts as done, and the user is told so, with the skill's reply.",
      ),
    },
    {
      value: "not_done",
      label: t("没有办成", "It was not done"),
      causes: t(
        "记为失败，不再办理，用户会得知没有办成。",
        "It counts as failed and is not tried again; the user is told that it was not done.",
      ),
    },
    {
      value: "retry",
      label: t("没有办成，再试一次", "It was not done: try again"),
      causes: t(
        "马上重新执行一次，用户会得知新的结果。",
        "It is carried out again at once, and the user is told the outcome.",
      ),
    },
  ];
  const needsCare = verdict === "retry" && run.status === "unknown" && run.effect !== "read";
  return (
    <Flex vertical gap={12} component="section" aria-label={t("判定", "What you found out")}>
      <strong>{t("核实后的结果", "What you found out")}</strong>
      <Radio.Group
        value={verdict}
        onChange={(event) => setVerdict(event.target.value)}
        aria-label={t("核实后的结果", "What you found out")}
      >
        <Flex vertical gap={8}>
          {options.map(({ value, label, causes }) => (
            <Radio key={value} value={value}>
              {label}
              <br />
              <Typography.Text type="secondary">{causes}</Typography.Text>
            </Radio>
          ))}
        </Flex>
      </Radio.Group>
      {needsCare && (
        <Alert
          type="warning"
          showIcon
          message={
            run.effect === "money"
              ? t(
                  "如果其实已经办成，再试会重复付款或退款。",
                  "If it was done after all, trying again moves the money twice.",
                )
              : t("如果其实已经办成，再试会重复办理。", "If it was done after all, trying again does it twice.")
          }
          description={
            <Checkbox checked={sure} onChange={(event) => setSure(event.target.checked)}>
              {t("我已在对方系统确认没有办成", "I have looked in the other system: it was not done")}
            </Checkbox>
          }
        />
      )}
      {verdict && (
        <label>
          <strong>{t("依据（可不填）", "How you know (optional)")}</strong>{" "}
          <Typography.Text type="secondary">{t("记入审计", "Kept in the audit log")}</Typography.Text>
          <Input.TextArea
            value={note}
            onChange={(event) => setNote(event.target.value)}
            maxLength={2000}
            showCount
            autoSize={{ minRows: 2, maxRows: 8 }}
            style={{ marginTop: 4, marginBottom: 16 }}
          />
        </label>
      )}
      {verdict === "done" && <ResultFields given={given} onChange={setGiven} />}
      {error !== undefined && <Failed error={error} />}
      {verdict && (
        <div>
          <Button type="primary" loading={busy} disabled={needsCare && !sure} onClick={() => void resolve()}>
            {verdict === "retry" ? t("再试一次", "Try again") : t("确认", "Confirm")}
          </Button>
        </div>
      )}
    </Flex>
  );
}

/** What an error says, as far as it is words. */
function messageOf(error: unknown): string | undefined {
  if (typeof error === "string") return error;
  const said = error as Record<string, unknown> | null | undefined;
  const found = said?.["message"] ?? said?.["detail"] ?? said?.["reason"];
  return typeof found === "string" ? found : undefined;
}
