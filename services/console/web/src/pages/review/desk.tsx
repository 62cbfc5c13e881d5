// One turn at a time with its context, and the queue beside it. Every action has a key.
import { App, Button, Card, Flex, Select, Switch, Typography } from "antd";
import { useCallback, useEffect, useMemo, useState } from "react";
import { call } from "../../api/client";
import { type Rest, usePages } from "../../frame/pages-of";
import { usePlace } from "../../frame/session";
import { Failed, Loaded, Nothing, words } from "../../frame/state";
import { useText } from "../../frame/text";
import { isMeant, useSkillNames } from "../talk/pages";
import { Key } from "../talk/show";
import { languageWords, signalNames, signalWords } from "../talk/words";
import { BlastRadius } from "./blast";
import { Context } from "./context";
import { Hotkeys } from "./keys";
import { QueueList } from "./queue";
import type { Item, Labelled, Queue, Verdict } from "./types";
import { Verdicts } from "./verdicts";

export function Desk() {
  const t = useText();
  const { path } = usePlace();
  const { skills } = useSkillNames();
  const [filter, setFilter] = useState<{ skill?: string; language?: string; signal?: string }>({});
  const list = usePages<Item, Queue>(`${path}/review`, filter, ({ turn }) => turn, { isStill: true });
  const put = (name: keyof typeof filter) => (value?: string) =>
    setFilter((old) => {
      const rest = Object.fromEntries(Object.entries(old).filter(([one]) => one !== name));
      return value ? { ...rest, [name]: value } : rest;
    });
  return (
    <Flex vertical gap={16}>
      <Flex gap={8} wrap role="search" aria-label={t("筛选", "Filter")}>
        <Select
          aria-label={t("技能", "Skill")}
          placeholder={t("技能", "Skill")}
          allowClear
          showSearch
          style={{ width: 180 }}
          popupMatchSelectWidth={260}
          onChange={put("skill")}
          options={skills}
          filterOption={(word, option) => option !== undefined && isMeant(word, option)}
        />
        <Select
          aria-label={t("语言", "Language")}
          placeholder={t("语言", "Language")}
          allowClear
          style={{ width: 110 }}
          onChange={put("language")}
          options={["zh", "en"].map((value) => ({ value, label: languageWords(t, value) }))}
        />
        <Select
          aria-label={t("出了什么状况", "What went wrong")}
          placeholder={t("出了什么状况", "What went wrong")}
          allowClear
          style={{ width: 200 }}
          onChange={put("signal")}
          options={signalNames.map((value) => ({ value, label: signalWords(t, value) }))}
        />
      </Flex>
      <Loaded of={list.of}>
        {(data) => {
          const items = [...new Map(data.map((item) => [item.turn, item])).values()];
          if (items.length === 0)
            return (
              <Nothing>
                {Object.keys(filter).length > 0
                  ? t("没有符合条件的", "Nothing matches")
                  : t("都看完了，没有需要复核的", "All done: nothing to review")}
              </Nothing>
            );
          return (
            <Work key={JSON.stringify(filter)} items={items} open={list.first?.open ?? items.length} rest={list} />
          );
        }}
      </Loaded>
    </Flex>
  );
}

/** What was decided in this sitting. */
export type Done = Record<string, Verdict>;

function Work({ items, open, rest }: { items: Item[]; open: number; rest: Rest }) {
  const t = useText();
  const { path, may } = usePlace();
  const { titleOf } = useSkillNames();
  const { message } = App.useApp();
  const [at, setAt] = useState(items[0]?.turn ?? "");
  const [done, setDone] = useState<Done>({});
  const [past, setPast] = useState<string[]>([]);
  const [wanted, setWanted] = useState<Verdict>();
  const [isSearching, setSearching] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [areKeysOn, setKeysOn] = useState(() => localStorage.getItem("paigong.keys") !== "no");
  const index = Math.max(
    0,
    items.findIndex(({ turn }) => turn === at),
  );
  const item = items[index];
  const left = items.length - index;
  // The next page is there before it is needed.
  useEffect(() => {
    if (left <= 5 && !rest.isMoreLoading && rest.moreFailed === undefined) rest.more?.();
  }, [left, rest]);

  const show = useCallback((turn: string | undefined) => {
    if (turn === undefined) return;
    setAt(turn);
    setWanted(undefined);
    setSearching(false);
    setError(undefined);
  }, []);
  const decided = useMemo(() => Object.keys(done).length, [done]);
  if (!item) return null;

  const store = async (verdict: Verdict) => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const saved = await call<Labelled>(`${path}/review/${item.turn}`, { method: "POST", body: verdict });
      setDone((old) => ({ ...old, [item.turn]: verdict }));
      setPast((old) => [...old.filter((turn) => turn !== item.turn), item.turn]);
      const after = [...items.slice(index + 1), ...items.slice(0, index)];
      show(after.find(({ turn }) => !(turn in done) && turn !== item.turn)?.turn);
      setWanted(undefined);
      setSearching(false);
      if (verdict.action === "new_skill") {
        const name = saved.skill;
        void message.success(
          name
            ? t(`已新建草稿技能 ${name}`, `A draft skill ${name} was made`)
            : t("已新建草稿技能", "A draft skill was made"),
        );
      } else if (verdict.action !== "right")
        void message.success(
          saved.live ? t("已保存，下一句话起生效", "Saved: in force from the next message") : t("已保存", "Saved"),
        );
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const undo = async () => {
    const turn = past.at(-1);
    if (turn === undefined || busy) return;
    setBusy(true);
    try {
      await call(`${path}/review/${turn}`, { method: "DELETE" });
      setPast((old) => old.slice(0, -1));
      setDone((old) => Object.fromEntries(Object.entries(old).filter(([one]) => one !== turn)));
      show(turn);
      void message.info(t("已撤销", "Taken back"));
    } catch (problem) {
      void message.error(words(problem));
    } finally {
      setBusy(false);
    }
  };
  const choose = (verdict: Verdict) => {
    setError(undefined);
    setSearching(false);
    setWanted(verdict);
  };
  const candidates = item.candidates.slice(0, 9);
  const isIdle = !busy;
  const keys = {
    r: isIdle ? () => void store({ action: "right" }) : undefined,
    o: isIdle ? () => choose({ action: "out_of_scope" }) : undefined,
    n: isIdle && may("editor") ? () => choose({ action: "new_skill" }) : undefined,
    s: isIdle ? () => setSearching(true) : undefined,
    u: past.length > 0 ? () => void undo() : undefined,
    j: () => show(items[index + 1]?.turn),
    k: () => show(items[index - 1]?.turn),
    ArrowDown: () => show(items[index + 1]?.turn),
    ArrowUp: () => show(items[index - 1]?.turn),
    Escape: () => {
      setWanted(undefined);
      setSearching(false);
    },
    ...Object.fromEntries(
      candidates.map(({ skill }, n) => [String(n + 1), isIdle ? () => choose({ action: "skill", skill }) : undefined]),
    ),
  };

  return (
    <Flex vertical gap={12}>
      <Hotkeys keys={keys} areOn={areKeysOn} />
      <Flex justify="space-between" wrap gap={8} align="center">
        <Typography.Text type="secondary" role="status">
          {t(
            `还有 ${Math.max(0, open - decided)}${open >= 1000 ? "+" : ""} 条，这次已复核 ${decided} 条`,
            `${Math.max(0, open - decided)}${open >= 1000 ? "+" : ""} to go, ${decided} done in this sitting`,
          )}
        </Typography.Text>
        <Flex gap={12} wrap align="center">
          <Button disabled={past.length === 0} onClick={() => void undo()}>
            {t("撤销上一条", "Undo the last")} <Key>U</Key>
          </Button>
          <span>
            {t("上一条", "Previous")} <Key>K</Key> <Key>↑</Key> {t("下一条", "Next")} <Key>J</Key> <Key>↓</Key>
          </span>
          <Flex gap={6} align="center">
            <label htmlFor="keys">{t("快捷键", "Keys")}</label>
            <Switch
              id="keys"
              size="small"
              checked={areKeysOn}
              onChange={(on) => {
                localStorage.setItem("paigong.keys", on ? "yes" : "no");
                setKeysOn(on);
              }}
            />
          </Flex>
        </Flex>
      </Flex>
      <div
        className="desk"
        style={{ display: "grid", gridTemplateColumns: "minmax(180px, 26%) minmax(0, 1fr)", gap: 16 }}
      >
        <QueueList items={items} done={done} at={item.turn} show={show} rest={rest} />
        <Flex vertical gap={12} style={{ minWidth: 0 }}>
          <Context item={item} verdict={done[item.turn]} />
          <Card size="small">
            <Verdicts
              item={item}
              candidates={candidates}
              busy={busy}
              wanted={wanted}
              isSearching={isSearching}
              setSearching={setSearching}
              choose={choose}
              right={() => void store({ action: "right" })}
            />
            {error !== undefined && (
              <div style={{ marginTop: 12 }}>
                <Failed error={error} />
              </div>
            )}
            {wanted && (
              <BlastRadius
                key={`${item.turn} ${wanted.action} ${wanted.skill ?? ""}`}
                turn={item.turn}
                query={item.query}
                verdict={wanted}
                titleOf={titleOf}
                busy={busy}
                save={() => void store(wanted)}
                cancel={() => setWanted(undefined)}
              />
            )}
          </Card>
        </Flex>
      </div>
    </Flex>
  );
}
