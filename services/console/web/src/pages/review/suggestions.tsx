// Sentences that a language model understood and the small model may learn: taken, changed or turned down.
import { App, Button, Card, Flex, Input, Segmented, Select, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { call } from "../../api/client";
import { More } from "../../frame/more";
import { byId, usePages } from "../../frame/pages-of";
import { usePlace, useRefresh } from "../../frame/session";
import { Failed, Loaded, Nothing } from "../../frame/state";
import { useText } from "../../frame/text";
import { isMeant, useSkillNames } from "../talk/pages";
import { Said, SkillTag, When } from "../talk/show";
import { languageWords } from "../talk/words";
import type { Suggestion } from "./types";

export function Suggestions() {
  const t = useText();
  const { path } = usePlace();
  const [state, setState] = useState("open");
  const list = usePages<Suggestion>(`${path}/suggestions`, { state }, byId);
  return (
    <Flex vertical gap={12}>
      <Flex gap={12} wrap align="center" justify="space-between">
        <Typography.Text type="secondary" style={{ maxWidth: 640 }}>
          {t(
            "这些话小模型没听懂，大模型听懂了并办成了。接受后，小模型下次自己就能听懂。",
            "The small model didn't understand these; a language model did, and they were carried out. Accept one, and the small model understands it by itself.",
          )}
        </Typography.Text>
        <Segmented
          value={state}
          onChange={setState}
          options={[
            { value: "open", label: t("待决定", "Open") },
            { value: "accepted", label: t("已接受", "Accepted") },
            { value: "rejected", label: t("已拒绝", "Rejected") },
          ]}
        />
      </Flex>
      <Loaded of={list.of}>
        {(rows) => {
          if (rows.length === 0)
            return (
              <Nothing>
                {state === "open" ? t("没有待决定的建议", "No open suggestions") : t("还没有", "None yet")}
              </Nothing>
            );
          return (
            <>
              {rows.map((row) => (
                <One key={row.id} row={row} />
              ))}
              <More of={list}>{t("显示更多", "Show more")}</More>
            </>
          );
        }}
      </Loaded>
    </Flex>
  );
}

function One({ row }: { row: Suggestion }) {
  const t = useText();
  const { path } = usePlace();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const { skills } = useSkillNames();
  const [skill, setSkill] = useState(row.skill);
  const [example, setExample] = useState(row.example);
  const [busy, setBusy] = useState<"accepted" | "rejected">();
  const [error, setError] = useState<unknown>();
  const decide = async (state: "accepted" | "rejected") => {
    setBusy(state);
    setError(undefined);
    const changed = {
      ...(skill === row.skill ? {} : { skill }),
      ...(example === row.example ? {} : { example: example.trim() }),
    };
    try {
      await call(`${path}/suggestions/${row.id}`, {
        method: "POST",
        body: state === "accepted" ? { state, ...changed } : { state },
      });
      void message.success(
        state === "accepted"
          ? t("已接受，下一句话起生效", "Accepted: in force from the next message")
          : t("已拒绝", "Rejected"),
      );
      await refresh(`${path}/suggestions`);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(undefined);
    }
  };
  const isOpen = row.state === "open";
  return (
    <Card size="small">
      <Flex vertical gap={10}>
        <Flex gap={12} justify="space-between" wrap>
          <div style={{ fontSize: 16, fontWeight: 600, minWidth: 0 }}>
            <Said>{row.utterance}</Said>
          </div>
          <Typography.Text type="secondary">
            {languageWords(t, row.language)} ·{" "}
            {t(`说过 ${row.times} 次`, row.times === 1 ? "said once" : `said ${row.times} times`)}
            {" · "}
            <When at={row.created_at} /> ·{" "}
            <Link to={`/conversations/${row.conversation_id}`} style={{ textDecoration: "underline" }}>
              {t("看对话", "Conversation")}
            </Link>
          </Typography.Text>
        </Flex>
        {isOpen ? (
          <Flex gap={12} wrap align="end">
            <div>
              <label htmlFor={`skill-${row.id}`}>{t("学给技能", "For the skill")}</label>
              <br />
              <Select
                id={`skill-${row.id}`}
                showSearch
                style={{ width: 200 }}
                popupMatchSelectWidth={260}
                value={skill}
                onChange={setSkill}
                options={skills}
                filterOption={(word, option) => option !== undefined && isMeant(word, option)}
              />
            </div>
            <div style={{ flex: "1 1 280px" }}>
              <label htmlFor={`example-${row.id}`}>
                {t("例句（方括号标出信息）", "Example (brackets mark details)")}
              </label>
              <Input
                id={`example-${row.id}`}
                maxLength={500}
                value={example}
                onChange={(event) => setExample(event.target.value)}
              />
            </div>
            <Button
              type="primary"
              loading={busy === "accepted"}
              disabled={busy !== undefined || example.trim() === ""}
              onClick={() => void decide("accepted")}
            >
              {t("接受", "Accept")}
            </Button>
            <Button loading={busy === "rejected"} disabled={busy !== undefined} onClick={() => void decide("rejected")}>
              {t("拒绝", "Reject")}
            </Button>
          </Flex>
        ) : (
          <Flex gap={8} wrap align="center">
            <SkillTag skill={row.skill} link />
            <span style={{ overflowWrap: "anywhere" }}>{row.example}</span>
            {row.decided_by && (
              <Typography.Text type="secondary">
                {t(`由 ${row.decided_by} 决定`, `decided by ${row.decided_by}`)}
              </Typography.Text>
            )}
          </Flex>
        )}
        {error !== undefined && <Failed error={error} />}
      </Flex>
    </Card>
  );
}
