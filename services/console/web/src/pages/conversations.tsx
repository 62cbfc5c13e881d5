// All conversations of the app: looked for by words, user, skill, language, what was said, and time; newest first.
import { ReloadOutlined, SearchOutlined } from "@ant-design/icons";
import { Button, Card, DatePicker, Flex, Input, Select, Tag, Tooltip, Typography } from "antd";
import dayjs from "dayjs";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { More } from "../frame/more";
import { Page } from "../frame/page";
import { byId, usePages } from "../frame/pages-of";
import { useParamsOf } from "../frame/params";
import { usePlace } from "../frame/session";
import { Loaded, Nothing } from "../frame/state";
import { useText } from "../frame/text";
import type { ConversationRow } from "./conversation/types";
import { isMeant, useSkillNames } from "./talk/pages";
import { OneLine, SkillTag, StateOf, When } from "./talk/show";
import { actionNames, actionWords, languageWords } from "./talk/words";

const NAMES = ["query", "user", "skill", "language", "act", "since", "until"] as const;
const WAIT_MS = 350;

export default function Conversations() {
  const t = useText();
  const { path } = usePlace();
  const { get, put, clear } = useParamsOf<(typeof NAMES)[number]>();
  const query = {
    query: get("query"),
    user: get("user"),
    skill: get("skill"),
    language: get("language"),
    act: get("act"),
    since: get("since"),
    until: get("until"),
  };
  const list = usePages<ConversationRow>(`${path}/conversations`, query, byId);
  const isFiltered = NAMES.some((name) => get(name) !== "");
  return (
    <Page
      title={t("对话", "Conversations")}
      about={t(
        "用户说了什么、得到了什么回答、为什么。最新的在最前。",
        "What users said, what they were answered, and why. Newest first.",
      )}
      actions={
        <Button icon={<ReloadOutlined />} onClick={() => void list.of.refetch()} loading={list.isRefetching}>
          {t("刷新", "Refresh")}
        </Button>
      }
    >
      <Filters get={get} put={put} isFiltered={isFiltered} clear={clear} />
      <Loaded of={list.of}>
        {(rows) => {
          if (rows.length === 0)
            return (
              <Nothing>
                {isFiltered
                  ? t("没有符合条件的对话，换个条件试试", "No conversation matches; try other filters")
                  : t(
                      "还没有对话，接入后用户说的话会出现在这里",
                      "No conversations yet; they appear once users talk to it",
                    )}
              </Nothing>
            );
          return (
            <>
              <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
                {rows.map((row) => (
                  <li key={row.id} style={{ marginBottom: 8 }}>
                    <Row row={row} />
                  </li>
                ))}
              </ul>
              <More of={list}>{t("显示更早的对话", "Show earlier conversations")}</More>
              {!list.more && (
                <Typography.Text type="secondary" style={{ textAlign: "center" }}>
                  {t(
                    `共 ${rows.length} 个对话，已全部显示`,
                    rows.length === 1 ? "1 conversation, and no more" : `All ${rows.length} conversations are shown`,
                  )}
                </Typography.Text>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Filters({
  get,
  put,
  isFiltered,
  clear,
}: {
  get: (name: (typeof NAMES)[number]) => string;
  put: (values: Partial<Record<(typeof NAMES)[number], string>>) => void;
  isFiltered: boolean;
  clear: () => void;
}) {
  const t = useText();
  const { skills } = useSkillNames();
  const since = get("since");
  const until = get("until");
  return (
    <Flex gap={8} wrap role="search" aria-label={t("筛选对话", "Filter conversations")}>
      <Typed
        value={get("query")}
        put={(query) => put({ query })}
        label={t("搜索话里的词", "Search words that were said")}
        width={260}
        isSearch
      />
      <Typed value={get("user")} put={(user) => put({ user })} label={t("用户编号", "User id")} width={140} />
      <Select
        aria-label={t("技能", "Skill")}
        placeholder={t("技能", "Skill")}
        allowClear
        showSearch
        style={{ width: 180 }}
        popupMatchSelectWidth={260}
        value={get("skill") || undefined}
        onChange={(skill?: string) => put({ skill: skill ?? "" })}
        options={skills}
        filterOption={(word, option) => option !== undefined && isMeant(word, option)}
      />
      <Select
        aria-label={t("语言", "Language")}
        placeholder={t("语言", "Language")}
        allowClear
        style={{ width: 110 }}
        value={get("language") || undefined}
        onChange={(language?: string) => put({ language: language ?? "" })}
        options={["zh", "en"].map((value) => ({ value, label: languageWords(t, value) }))}
      />
      <Select
        aria-label={t("怎么回答的", "How it answered")}
        placeholder={t("怎么回答的", "How it answered")}
        allowClear
        style={{ width: 170 }}
        value={get("act") || undefined}
        onChange={(act?: string) => put({ act: act ?? "" })}
        options={actionNames.map((value) => ({ value, label: actionWords(t, value) }))}
      />
      <DatePicker.RangePicker
        aria-label={t("时间", "Time")}
        allowEmpty={[true, true]}
        value={[since ? dayjs(since) : null, until ? dayjs(until) : null]}
        onChange={(range) =>
          put({ since: range?.[0]?.format("YYYY-MM-DD") ?? "", until: range?.[1]?.format("YYYY-MM-DD") ?? "" })
        }
        placeholder={[t("从哪天", "From"), t("到哪天", "To")]}
        style={{ width: 250 }}
      />
      {isFiltered && <Button onClick={clear}>{t("清除条件", "Clear")}</Button>}
    </Flex>
  );
}

/** An input that is looked at once the typing rests. */
function Typed({
  value,
  put,
  label,
  width,
  isSearch = false,
}: {
  value: string;
  put: (value: string) => void;
  label: string;
  width: number;
  isSearch?: boolean;
}) {
  const [text, setText] = useState(value);
  // Cleared or changed elsewhere: the input follows.
  useEffect(() => setText((old) => (old.trim() === value ? old : value)), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => put(text.trim()), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text, value, put]);
  return (
    <Input
      aria-label={label}
      placeholder={label}
      prefix={isSearch ? <SearchOutlined /> : undefined}
      allowClear
      maxLength={200}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onPressEnter={() => put(text.trim())}
      style={{ width }}
    />
  );
}

function Row({ row }: { row: ConversationRow }) {
  const t = useText();
  const first = row.first_query || t("（没有文字）", "(no text)");
  return (
    <Card size="small" hoverable styles={{ body: { padding: "10px 14px", position: "relative" } }}>
      <Flex gap={16} justify="space-between" align="start">
        <div style={{ minWidth: 0, flex: 1 }}>
          <Link
            to={`/conversations/${row.id}`}
            title={first}
            style={{
              display: "block",
              fontWeight: 600,
              overflow: "hidden",
              textOverflow: "ellipsis",
              whiteSpace: "nowrap",
            }}
          >
            {first}
          </Link>
          <div style={{ opacity: 0.85 }}>
            <OneLine>{row.last_answer ?? ""}</OneLine>
          </div>
          <Flex gap={6} wrap style={{ marginTop: 6 }} align="center">
            {row.skills.slice(0, 4).map((skill) => (
              <SkillTag key={skill} skill={skill} />
            ))}
            {row.skills.length > 4 && (
              <Tooltip title={row.skills.slice(4).join(", ")}>
                <Tag>+{row.skills.length - 4}</Tag>
              </Tooltip>
            )}
          </Flex>
        </div>
        <Flex vertical align="end" gap={4} style={{ flex: "none", maxWidth: 220 }}>
          <Typography.Text type="secondary">
            <When at={row.last_at} />
          </Typography.Text>
          <Typography.Text type="secondary" ellipsis title={row.user} style={{ maxWidth: 200 }}>
            {row.user} · {t(`${row.turns} 轮`, row.turns === 1 ? "1 turn" : `${row.turns} turns`)}
            {row.language && ` · ${languageWords(t, row.language)}`}
          </Typography.Text>
          <StateOf state={row.state} />
        </Flex>
      </Flex>
    </Card>
  );
}
