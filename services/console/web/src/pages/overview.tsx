// How it goes: headline figures, charts by day, languages, trouble, and every skill, over a period.
import { DownloadOutlined } from "@ant-design/icons";
import { Button, Card, DatePicker, Flex, Select, Segmented, Typography } from "antd";
import dayjs from "dayjs";
import { Page } from "../frame/page";
import { useParamsOf } from "../frame/params";
import { useGet, usePlace } from "../frame/session";
import { Loaded, Nothing } from "../frame/state";
import { useText } from "../frame/text";
import { Breakdown } from "./overview/breakdown";
import { DayChart } from "./overview/chart";
import { Friction } from "./overview/friction";
import { Languages } from "./overview/languages";
import { type Name, measures, written } from "./overview/measures";
import type { Analytics, Figures } from "./overview/types";
import { isMeant, useSkillNames } from "./talk/pages";

const HEADLINES: Name[] = [
  "conversations",
  "turns",
  "completion",
  "turns_per_task",
  "clarification",
  "handoff",
  "llm_share",
  "llm_cost_micros",
  "p95_ms",
  "friction",
];
const CHARTS: [Name, "line" | "bar"][] = [
  ["turns", "bar"],
  ["completion", "line"],
  ["friction", "line"],
  ["clarification", "line"],
  ["llm_share", "line"],
  ["p95_ms", "line"],
];
const FORM = "YYYY-MM-DD";
const PERIODS = [7, 30, 90];

export default function Overview() {
  const t = useText();
  const { path } = usePlace();
  const { skills } = useSkillNames();
  const { get, put } = useParamsOf<"since" | "until" | "skill">();
  const [given, skill] = [{ since: get("since"), until: get("until") }, get("skill")];
  // Only what is given: the last day is the tenant's today, which may be another than this browser's.
  const query = Object.fromEntries(Object.entries({ ...given, skill }).filter(([, value]) => value !== ""));
  const read = useGet<Analytics>(`${path}/analytics`, { ...query, group: "day" });
  const newest = (read.data?.rows ?? []).map(({ key }) => key).reduce((a, b) => (a > b ? a : b), "");
  const here = dayjs().format(FORM);
  const today = dayjs(newest > here ? newest : here);
  const until = given.until || today.format(FORM);
  const since = given.since || dayjs(until).subtract(29, "day").format(FORM);
  const days = dayjs(until).diff(dayjs(since), "day") + 1;
  const isPreset = given.until === "" && PERIODS.includes(days);
  const all = measures(t);
  return (
    <Page
      title={t("概览", "Overview")}
      about={t(
        "用得多不多、办得成不成、哪里不顺。",
        "How much it is used, how well it goes, and where the trouble is.",
      )}
      actions={
        <Button
          icon={<DownloadOutlined />}
          href={`${path}/analytics.csv?${new URLSearchParams({ ...query, group: "day" })}`}
          download={`paigong-${since}-${until}.csv`}
        >
          {t("下载 CSV", "Download CSV")}
        </Button>
      }
    >
      <Flex gap={8} wrap role="search" aria-label={t("哪段时间", "Which period")}>
        <Segmented
          aria-label={t("最近多少天", "The last days")}
          value={isPreset ? days : 0}
          onChange={(value) =>
            put({
              since: today.subtract(value - 1, "day").format(FORM),
              until: "",
            })
          }
          options={[
            ...PERIODS.map((value) => ({ value, label: t(`近 ${value} 天`, `${value} days`) })),
            ...(isPreset ? [] : [{ value: 0, label: t("自选", "Own"), disabled: true }]),
          ]}
        />
        <DatePicker.RangePicker
          aria-label={t("时间段", "Period")}
          allowClear={false}
          value={[dayjs(since), dayjs(until)]}
          maxDate={today}
          onChange={(range) => put({ since: range?.[0]?.format(FORM), until: range?.[1]?.format(FORM) })}
          style={{ width: 250 }}
        />
        <Select
          aria-label={t("技能", "Skill")}
          placeholder={t("所有技能", "All skills")}
          allowClear
          showSearch
          style={{ width: 180 }}
          popupMatchSelectWidth={260}
          value={skill || undefined}
          onChange={(skill?: string) => put({ skill })}
          options={skills}
          filterOption={(word, option) => option !== undefined && isMeant(word, option)}
        />
      </Flex>
      <Loaded of={read}>
        {({ rows, total }) => (
          <>
            {total.turns === 0 && (
              <Nothing>
                {t(
                  "这段时间没有人说过话。新消息几秒后计入。",
                  "Nobody said anything in this period. New messages count after a few seconds.",
                )}
              </Nothing>
            )}
            <div style={{ display: "grid", gap: 12, gridTemplateColumns: "repeat(auto-fill, minmax(180px, 1fr))" }}>
              {HEADLINES.map((name) => (
                <Card key={name} size="small">
                  <Typography.Text type="secondary">{all[name].title}</Typography.Text>
                  <div style={{ fontSize: 26, fontWeight: 600, lineHeight: 1.3, fontVariantNumeric: "tabular-nums" }}>
                    {written(all[name], total[name])}
                  </div>
                  <Typography.Text type="secondary" style={{ fontSize: 12 }}>
                    {all[name].about}
                  </Typography.Text>
                </Card>
              ))}
            </div>
            {total.turns > 0 && (
              <>
                <Pair>
                  {CHARTS.map(([name, kind]) => (
                    <DayChart key={name} measure={all[name]} kind={kind} points={byDay(rows, since, days, name)} />
                  ))}
                </Pair>
                <Pair>
                  <Friction total={total} />
                  <Languages query={query} />
                </Pair>
                <Breakdown query={query} />
              </>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Pair({ children }: { children: React.ReactNode }) {
  return (
    <div style={{ display: "grid", gap: 12, gridTemplateColumns: "repeat(auto-fit, minmax(min(380px, 100%), 1fr))" }}>
      {children}
    </div>
  );
}

/** A value for every day of the period: days on which nothing happened have counts of 0, and no rates. */
function byDay(rows: Figures[], since: string, days: number, name: Name) {
  const found = new Map(rows.map((row) => [row.key, row]));
  const isCount = name === "turns";
  return Array.from({ length: Math.min(days, 400) }, (_, index) => {
    const day = dayjs(since).add(index, "day").format(FORM);
    return { day, value: found.get(day)?.[name] ?? (isCount ? 0 : null) };
  });
}
