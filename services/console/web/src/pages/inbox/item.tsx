// One item: what it is about, and what is to become of it.
import { Alert, App, Button, Descriptions, Drawer, Flex, Input, Radio, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { call } from "../../api/client";
import { useInstant } from "../../frame/instant";
import { usePlace, useRefresh } from "../../frame/session";
import { Failed } from "../../frame/state";
import { useText } from "../../frame/text";
import { Exchanges } from "./exchanges";
import { ItemState, useQueueName } from "./items";
import type { Detail, Item } from "./types";
import { type Given, ResultFields, Slots, objectOf } from "./values";
import { useSkillTitles } from "./words";

export function ItemDrawer({
  item,
  onChanged,
  onClose,
}: {
  item: Item | undefined;
  onChanged: (item: Item) => void;
  onClose: () => void;
}) {
  const t = useText();
  return (
    <Drawer
      title={t("待办详情", "What is to be done")}
      open={item !== undefined}
      onClose={onClose}
      width={560}
      // What was typed is kept from a stray click beside the drawer.
      maskClosable={false}
    >
      {item && <Shown item={item} onChanged={onChanged} />}
    </Drawer>
  );
}

function Shown({ item, onChanged }: { item: Item; onChanged: (item: Item) => void }) {
  const t = useText();
  const { exact } = useInstant();
  const queueName = useQueueName();
  const skillTitle = useSkillTitles();
  const detail = item.detail as Detail;
  const isClosed = item.state === "done" || item.state === "rejected";
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={2} style={{ fontSize: 16, margin: 0, overflowWrap: "anywhere" }}>
        {item.summary}
      </Typography.Title>
      <Descriptions
        size="small"
        column={1}
        styles={{ label: { width: 90 } }}
        items={[
          { key: "state", label: t("状态", "State"), children: <ItemState state={item.state} /> },
          { key: "queue", label: t("队列", "Queue"), children: queueName(item.queue) },
          ...(detail.skill ? [{ key: "skill", label: t("技能", "Skill"), children: skillTitle(detail.skill) }] : []),
          ...(detail.user ? [{ key: "user", label: t("用户", "User"), children: detail.user }] : []),
          { key: "since", label: t("提交时间", "Since"), children: exact(item.created_at) },
          ...(item.assignee ? [{ key: "who", label: t("处理人", "Who"), children: item.assignee }] : []),
          ...(item.closed_at ? [{ key: "end", label: t("结束时间", "Closed"), children: exact(item.closed_at) }] : []),
          ...(item.note
            ? [
                {
                  key: "note",
                  label: t("备注", "Note"),
                  children: <span style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{item.note}</span>,
                },
              ]
            : []),
        ]}
      />
      <Slots skill={detail.skill} slots={detail.slots ?? {}} />
      <Exchanges messages={detail.messages ?? []} />
      <Link to={`/conversations/${item.conversation_id}`}>{t("查看整个对话", "See the whole conversation")}</Link>
      {!isClosed && <Deciding item={item} onChanged={onChanged} />}
    </Flex>
  );
}

function Deciding({ item, onChanged }: { item: Item; onChanged: (item: Item) => void }) {
  const t = useText();
  const { path, me, may } = usePlace();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [end, setEnd] = useState<"done" | "rejected">();
  const [note, setNote] = useState("");
  const [given, setGiven] = useState<Given[]>([]);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState<string>();
  const hasRun = item.run_id != null;
  if (!may("reviewer"))
    return (
      <Alert
        type="info"
        showIcon
        message={t("处理待办需要复核员或更高的角色", "Reviewers and above work in the inbox")}
      />
    );
  const update = async (state: "taken" | "done" | "rejected") => {
    setBusy(state);
    setError(undefined);
    try {
      const result = state === "done" && hasRun ? objectOf(given) : undefined;
      const body = { state, ...(state === "taken" ? {} : { note: note.trim(), ...(result ? { result } : {}) }) };
      onChanged(await call<Item>(`${path}/inbox/${item.id}`, { method: "POST", body }));
      void message.success(
        state === "taken"
          ? t("已领取", "It is yours")
          : state === "done"
            ? t("已办结", "Closed as done")
            : t("已拒绝", "Declined"),
      );
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(undefined);
      void refresh(`${path}/inbox`);
    }
  };
  const causes =
    end === "done"
      ? hasRun
        ? t(
            "此事记为已办成，用户会在对话中收到技能的回复。",
            "It counts as done, and the user is told so in the conversation, with the skill's reply.",
          )
        : t(
            "只结束这条待办。系统不会通知用户，请先自行答复。",
            "Only this item is closed. The user is told nothing by it: answer them first.",
          )
      : hasRun
        ? t(
            "此事不再办理，用户会在对话中得知没有获得同意。原因只给同事看。",
            "It will not be done, and the user is told in the conversation that it was turned down. The reason is for colleagues.",
          )
        : t(
            "只结束这条待办并记下原因。系统不会通知用户。",
            "Only this item is closed, with your reason. The user is told nothing by it.",
          );
  const isUnreasoned = end === "rejected" && note.trim() === "";
  return (
    <Flex vertical gap={12} component="section" aria-label={t("处理", "What becomes of it")}>
      {item.state === "open" && (
        <Flex gap={12} align="center">
          <Button onClick={() => void update("taken")} loading={busy === "taken"}>
            {t("领取", "Take it")}
          </Button>
          <Typography.Text type="secondary">
            {t(
              "您的名字会显示在这条待办上，同事便不再重复处理；用户不会收到通知。",
              "Your name stands on it, so that nobody else begins; the user is told nothing.",
            )}
          </Typography.Text>
        </Flex>
      )}
      {item.state === "taken" && item.assignee !== me.person.name && (
        <Alert
          type="warning"
          showIcon
          message={t(
            `${item.assignee ?? "同事"} 正在处理，结束前请先沟通`,
            `${item.assignee ?? "A colleague"} has it in hand; talk to them before you close it`,
          )}
        />
      )}
      <Radio.Group
        aria-label={t("如何结束", "How it ends")}
        optionType="button"
        value={end}
        onChange={(event) => setEnd(event.target.value)}
        options={[
          { value: "done", label: t("办结", "Done") },
          { value: "rejected", label: t("拒绝", "Decline") },
        ]}
      />
      {end && (
        <>
          <Alert type="info" message={causes} />
          <label>
            <strong>{end === "done" ? t("备注（可不填）", "Note (optional)") : t("原因", "Reason")}</strong>
            <Input.TextArea
              value={note}
              onChange={(event) => setNote(event.target.value)}
              maxLength={2000}
              showCount
              autoSize={{ minRows: 2, maxRows: 8 }}
              style={{ marginTop: 4, marginBottom: 16 }}
            />
          </label>
          {end === "done" && hasRun && <ResultFields given={given} onChange={setGiven} />}
        </>
      )}
      {error !== undefined && <Failed error={error} />}
      {end && (
        <Flex gap={12} align="center">
          <Button
            type="primary"
            danger={end === "rejected"}
            disabled={isUnreasoned}
            loading={busy === end}
            onClick={() => void update(end)}
          >
            {end === "done" ? t("确认办结", "Close as done") : t("确认拒绝", "Decline it")}
          </Button>
          {isUnreasoned && <Typography.Text type="secondary">{t("请先写下原因", "Say why first")}</Typography.Text>}
        </Flex>
      )}
    </Flex>
  );
}
