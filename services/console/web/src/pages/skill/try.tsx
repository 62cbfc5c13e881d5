// Talking to the draft, and seeing all of why it answered so.
import { SendOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Input, Space, Table, Typography, theme } from "antd";
import { useState } from "react";
import { Problem, type Schemas, call } from "../../api/client";
import { usePlace } from "../../frame/session";
import { useText } from "../../frame/text";
import { useWork } from "../../frame/work";
import type { Draft } from "./draft";
import { ActionForm } from "./inputs";
import { Tag } from "./tag";

type Answer = Schemas["Answer"];
const MESSAGES = 10;

/** What is said, as it is sent and as it is shown. */
interface Said {
  message: string | { payload: string } | { inputs: Record<string, unknown> };
  shown: string;
}

export function Try({ skill, draft }: { skill: string; draft: Draft }) {
  const t = useText();
  const { path, may } = usePlace();
  const { token } = theme.useToken();
  const [said, setSaid] = useState<Said[]>([]);
  const [answers, setAnswers] = useState<Answer[]>([]);
  const [words, setWords] = useState("");
  const [user, setUser] = useState("E1001");
  const { run, busy, error, failed, forget } = useWork();
  const say = (all: Said[]) =>
    run(async () => {
      if ((await draft.flush()) === null)
        throw new Error(t("草稿还没有保存，暂时不能试用", "The draft isn't saved yet, so it can't be tried"));
      const view = await call<{ answers: Answer[] }>(`${path}/skills/${skill}/draft/try`, {
        method: "POST",
        body: { messages: all.map(({ message }) => message), user, context: { user } },
      });
      setSaid(all);
      setAnswers(view.answers);
      setWords("");
    });
  const add = (message: Said["message"], shown: string) => {
    if (shown.trim() !== "" && !busy) void say([...said, { message, shown }]);
  };
  const type = () => add(words.trim(), words.trim());
  if (!may("editor"))
    return <Alert type="info" showIcon message={t("编辑者才能试用草稿", "Only editors can try a draft")} />;
  const findings =
    error instanceof Problem ? (error.body["findings"] as Schemas["FindingView"][] | undefined) : undefined;
  const last = answers.at(-1);
  const full = said.length >= MESSAGES;
  return (
    <Flex vertical gap={12} role="region" aria-label={t("试用", "Try it")}>
      <Flex justify="space-between" align="center" gap={8} wrap>
        <Typography.Title level={2} style={{ fontSize: 16, margin: 0 }}>
          {t("试一试", "Try it")}
        </Typography.Title>
        <Space>
          <Button size="small" disabled={said.length === 0 || busy} onClick={() => void say(said)}>
            {t("重说一遍", "Say again")}
          </Button>
          <Button
            size="small"
            disabled={said.length === 0 || busy}
            onClick={() => {
              setSaid([]);
              setAnswers([]);
              forget();
            }}
          >
            {t("新对话", "Start over")}
          </Button>
        </Space>
      </Flex>
      <Typography.Text type="secondary">
        {t(
          "和草稿说话。做的事都会撤销，什么也不会留下。",
          "Talk to the draft. Whatever it does is taken back; nothing stays.",
        )}
      </Typography.Text>
      <div aria-live="polite" style={{ display: "flex", flexDirection: "column", gap: 8 }}>
        {said.map(({ shown }, index) => (
          <div key={index} style={{ display: "contents" }}>
            <div style={{ ...bubble, alignSelf: "end", background: token.colorPrimaryBg }}>{shown}</div>
            {answers[index] && (
              <div style={{ ...bubble, alignSelf: "start", background: token.colorFillTertiary }}>
                {answers[index].answer}
              </div>
            )}
          </div>
        ))}
        {last?.dialog_action.options && last.dialog_action.options.length > 0 && !full && (
          <Space wrap>
            {last.dialog_action.options.map(({ label, payload }) => (
              <Button key={payload} size="small" disabled={busy} onClick={() => add({ payload }, label)}>
                {label}
              </Button>
            ))}
          </Space>
        )}
      </div>
      {last?.dialog_action.schema && !full && (
        <ActionForm
          key={said.length}
          schema={last.dialog_action.schema}
          busy={busy}
          send={(inputs, shown) => add({ inputs }, shown)}
        />
      )}
      {findings && findings.length > 0 ? (
        <Alert
          type="error"
          showIcon
          message={t("草稿有错误，先改好再试", "The draft has errors; put them right first")}
          description={findings.map(({ place, message }, index) => (
            <div key={index}>{place ? `${place}: ${message}` : message}</div>
          ))}
        />
      ) : (
        failed
      )}
      <Space.Compact>
        <Input
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onPressEnter={(event) => {
            if (!event.nativeEvent.isComposing) type();
          }}
          maxLength={2000}
          disabled={full}
          aria-label={t("对草稿说的话", "What to say to the draft")}
          placeholder={
            full ? t("已说满 10 句，请开始新对话", "Ten messages said; start over") : t("说一句话", "Say something")
          }
        />
        <Button
          type="primary"
          icon={<SendOutlined />}
          loading={busy}
          disabled={full}
          onClick={type}
          aria-label={t("发送", "Send")}
        />
      </Space.Compact>
      <Flex gap={8} align="center">
        <Typography.Text type="secondary" style={{ whiteSpace: "nowrap" }}>
          {t("以谁的身份", "As whom")}
        </Typography.Text>
        <Input
          size="small"
          aria-label={t("以谁的身份", "As whom")}
          value={user}
          maxLength={200}
          onChange={(event) => setUser(event.target.value)}
        />
      </Flex>
      {last && <Decision answer={last} />}
    </Flex>
  );
}

const bubble = {
  padding: "6px 12px",
  borderRadius: 8,
  maxWidth: "90%",
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
} as const;

/** Everything that an answer was based on. */
function Decision({ answer }: { answer: Answer }) {
  const t = useText();
  const { token } = theme.useToken();
  const { decision } = answer;
  const bands: Record<string, [string, string, string]> = {
    act: ["有把握，直接办", "Sure: goes ahead", "green"],
    confirm: ["较有把握，先确认", "Fairly sure: asks first", "blue"],
    ask: ["拿不准，让人选", "Unsure: lets people choose", "gold"],
    refuse: ["不是这里能办的事", "Nothing that can be done here", "red"],
  };
  const band = decision.band ? bands[decision.band] : undefined;
  const by: Record<string, string> = {
    context: t("身份", "who it is"),
    computed: t("算出来的", "computed"),
    default: t("默认值", "default"),
    tagger: t("例句学来的", "learnt from examples"),
    carry: t("上一次的", "from before"),
  };
  const slots = Object.entries(decision.slots as Record<string, { value?: unknown; text?: string; by?: string }>);
  const runs = answer.executions ?? [];
  return (
    <Flex vertical gap={12}>
      <div>
        <Typography.Text strong>{t("听成了什么", "What it was taken for")}</Typography.Text>{" "}
        {band && <Tag color={band[2]}>{t(band[0], band[1])}</Tag>}
        {(decision.candidates ?? []).slice(0, 5).map(({ skill, p }) => (
          <div
            key={skill}
            style={{ display: "grid", gridTemplateColumns: "1fr 90px 48px", gap: 8, alignItems: "center" }}
          >
            <Typography.Text ellipsis={{ tooltip: skill }}>{skill}</Typography.Text>
            <div style={{ background: token.colorFillSecondary, borderRadius: 4, height: 8 }} aria-hidden>
              <div style={{ width: `${p * 100}%`, background: token.colorPrimary, borderRadius: 4, height: 8 }} />
            </div>
            <span style={{ textAlign: "end" }}>{(p * 100).toFixed(1)}%</span>
          </div>
        ))}
        {(decision.candidates ?? []).length === 0 && (
          <div>
            {t("这一句没有用到识别：接着上文理解的。", "Nothing was classified: it was read from what came before.")}
          </div>
        )}
      </div>
      {[
        { title: t("最像的例句", "Nearest example"), of: decision.nearest },
        { title: t("最像的其他例句", "Nearest of anything else"), of: decision.rival },
      ].map(
        ({ title, of }) =>
          of && (
            <div key={title} style={{ overflowWrap: "anywhere" }}>
              <Typography.Text type="secondary">{title}</Typography.Text>
              <div>
                {of.example} <Tag>{of.skill}</Tag> {(of.similarity * 100).toFixed(0)}%
              </div>
            </div>
          ),
      )}
      {slots.length > 0 && (
        <Table
          size="small"
          pagination={false}
          scroll={{ x: true }}
          rowKey="0"
          dataSource={slots}
          columns={[
            { title: t("需要知道的", "Needed"), render: (_, [name]) => name },
            { title: t("值", "Value"), render: (_, [, slot]) => shown(slot.value) },
            {
              title: t("从哪来", "From"),
              render: (_, [, slot]) => (slot.text ? `“${slot.text}”` : (by[slot.by ?? ""] ?? slot.by ?? "")),
            },
          ]}
        />
      )}
      <div>
        <Typography.Text strong>{t("会做什么", "What would be done")}</Typography.Text>
        {runs.length === 0 && <div>{t("还没有做什么", "Nothing so far")}</div>}
        {runs.map((run) => (
          <div key={run.id}>
            <Tag>{run.skill}</Tag> {run.status} {run.error}
            {run.result.length > 0 && (
              <pre style={{ maxHeight: 160, overflow: "auto", fontSize: 12 }} tabIndex={0}>
                {JSON.stringify(run.result, null, 1)}
              </pre>
            )}
          </div>
        ))}
      </div>
    </Flex>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
