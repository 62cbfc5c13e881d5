// Every skill of the app: what is live and what is being written.
import { DownloadOutlined, PlusOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Dropdown, Flex, Input, Select, Table, Typography } from "antd";
import dayjs from "dayjs";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import type { Schemas } from "../api/client";
import { Page } from "../frame/page";
import { useGet, usePlace } from "../frame/session";
import { Loaded, Nothing } from "../frame/state";
import { useSettings, useText } from "../frame/text";
import { FirstSteps } from "./skills/first";
import { ImportSkills } from "./skills/import";
import { NewSkill } from "./skills/new";
import { Tag } from "./skill/tag";

type Row = Schemas["SkillRow"];

export default function Skills() {
  const t = useText();
  const { path } = usePlace();
  const list = useGet<Schemas["SkillList"]>(`${path}/skills`);
  return <Loaded of={list}>{({ data }) => <List rows={data} t={t} />}</Loaded>;
}

function List({ rows, t }: { rows: Row[]; t: ReturnType<typeof useText> }) {
  const { language } = useSettings();
  const { path, may } = usePlace();
  const [words_, setWords] = useState("");
  const [pack, setPack] = useState<string>();
  const [state, setState] = useState<string>();
  const [dialog, setDialog] = useState<"new" | "import">();
  const packs = useMemo(() => [...new Set(rows.map(({ pack }) => pack))].sort(), [rows]);
  const live = useMemo(
    () => [...new Set(rows.filter(({ live_version }) => live_version).map(({ pack }) => pack))].sort(),
    [rows],
  );
  const title = (row: Row) => (row.title as Record<string, string> | null)?.[language] ?? row.skill;
  const first = rows.find(({ live_version }) => live_version);
  const friction = useFriction();
  const wanted = words_.trim().toLowerCase();
  const shown = rows.filter(
    (row) =>
      (!pack || row.pack === pack) &&
      (!state ||
        (state === "draft"
          ? row.state === "draft"
          : state === "live"
            ? Boolean(row.live_version)
            : !row.live_version)) &&
      (wanted === "" || `${row.skill} ${JSON.stringify(row.title)}`.toLowerCase().includes(wanted)),
  );
  const file = (pack: string, format: "zip" | "json") => {
    const address = `${path}/skills/export?${new URLSearchParams({ pack, format })}`;
    return (
      <a href={address} download={format === "zip" ? `${pack}.zip` : `${pack}.skills.json`}>
        {pack}.{format}
      </a>
    );
  };
  const effects: Record<string, [string, string]> = {
    read: [t("只查询", "Looks up"), "default"],
    write: [t("改数据", "Changes data"), "blue"],
    money: [t("动钱", "Moves money"), "gold"],
  };
  return (
    <Page
      title={t("技能", "Skills")}
      about={t("用户可以让系统办的每一件事", "Everything that people can have done")}
      actions={
        <>
          <Dropdown
            trigger={["click"]}
            disabled={live.length === 0}
            menu={{
              items: [
                ...live.map((pack) => ({ key: pack, label: file(pack, "zip") })),
                { type: "divider" as const },
                {
                  key: "json",
                  label: "JSON",
                  children: live.map((pack) => ({ key: `${pack} json`, label: file(pack, "json") })),
                },
              ],
            }}
          >
            <Button icon={<DownloadOutlined />}>{t("导出", "Export")}</Button>
          </Dropdown>
          {may("editor") && (
            <>
              <Button icon={<UploadOutlined />} disabled={packs.length === 0} onClick={() => setDialog("import")}>
                {t("导入", "Import")}
              </Button>
              <Button
                type="primary"
                icon={<PlusOutlined />}
                disabled={packs.length === 0}
                onClick={() => setDialog("new")}
              >
                {t("新技能", "New skill")}
              </Button>
            </>
          )}
        </>
      }
    >
      {may("editor") && first && <FirstSteps skill={first.skill} title={title(first)} />}
      <Flex gap={8} wrap>
        <Input.Search
          allowClear
          style={{ width: 260 }}
          aria-label={t("搜索技能", "Search skills")}
          placeholder={t("名称或标题", "Name or title")}
          value={words_}
          onChange={(event) => setWords(event.target.value)}
        />
        <Select
          allowClear
          style={{ width: 150 }}
          aria-label={t("技能包", "Pack")}
          placeholder={t("全部技能包", "All packs")}
          value={pack ?? null}
          onChange={(value) => setPack(value ?? undefined)}
          options={packs.map((value) => ({ value, label: value }))}
        />
        <Select
          allowClear
          style={{ width: 150 }}
          aria-label={t("状态", "State")}
          placeholder={t("全部状态", "All states")}
          value={state ?? null}
          onChange={(value) => setState(value ?? undefined)}
          options={[
            { value: "draft", label: t("有草稿", "With a draft") },
            { value: "live", label: t("已上线", "Live") },
            { value: "none", label: t("没有上线", "Not live") },
          ]}
        />
      </Flex>
      <Table
        size="middle"
        rowKey="skill"
        dataSource={shown}
        scroll={{ x: 900 }}
        pagination={{ defaultPageSize: 50, hideOnSinglePage: true }}
        locale={{
          emptyText: (
            <Nothing>
              {rows.length === 0
                ? t(
                    "还没有技能。请先用命令行装一个技能包。",
                    "No skills yet. Install a pack from the command line first.",
                  )
                : t("没有符合条件的技能", "No skill fits")}
            </Nothing>
          ),
        }}
        columns={[
          {
            title: t("技能", "Skill"),
            key: "title",
            sorter: (a, b) => title(a).localeCompare(title(b), language),
            render: (_, row) => (
              <div style={{ overflowWrap: "anywhere" }}>
                <Link to={`/skills/${row.skill}`}>{title(row)}</Link>
                <div>
                  <Typography.Text type="secondary" style={{ fontSize: 12 }}>
                    {row.skill}
                  </Typography.Text>
                </div>
              </div>
            ),
          },
          { title: t("技能包", "Pack"), dataIndex: "pack", sorter: (a, b) => a.pack.localeCompare(b.pack) },
          {
            title: t("线上", "Live"),
            dataIndex: "live_version",
            render: (version: number | null) =>
              version ? t(`第 ${version} 版`, `Version ${version}`) : <Tag>{t("没有上线", "Not live")}</Tag>,
          },
          {
            title: t("草稿", "Draft"),
            key: "draft",
            render: (_, row) =>
              row.state === "draft" ? (
                <>
                  <Tag color="blue">{t("在写", "Being written")}</Tag>
                  {row.draft_updated_at && (
                    <Typography.Text type="secondary">
                      {dayjs(row.draft_updated_at).format("MM-DD HH:mm")}
                    </Typography.Text>
                  )}
                </>
              ) : (
                "—"
              ),
          },
          {
            title: t("影响", "Effect"),
            key: "effect",
            render: (_, row) => {
              const effect = effects[row.effect ?? ""];
              return effect ? <Tag color={effect[1]}>{effect[0]}</Tag> : "—";
            },
          },
          {
            title: t("例句", "Examples"),
            key: "examples",
            align: "end",
            render: (_, { examples }) =>
              examples ? t(`中 ${examples.zh} · 英 ${examples.en}`, `${examples.zh} zh · ${examples.en} en`) : "—",
          },
          {
            title: t("测试", "Tests"),
            dataIndex: "tests",
            align: "end",
            sorter: (a, b) => a.tests - b.tests,
            render: (tests: number, { skill }) =>
              tests > 0 ? (
                <Link to={`/skills/${skill}?view=tests`} aria-label={t(`${tests} 个测试`, `${tests} tests`)}>
                  {tests}
                </Link>
              ) : (
                "—"
              ),
          },
          {
            title: t("近 7 天", "Last 7 days"),
            key: "runs",
            align: "end",
            sorter: (a, b) => a.runs - b.runs,
            render: (_, { runs, completion }) =>
              runs === 0
                ? "—"
                : t(
                    `${runs} 次，${Math.round((completion ?? 0) * 100)}% 办成`,
                    `${runs}, ${Math.round((completion ?? 0) * 100)}% done`,
                  ),
          },
          {
            title: t("不顺指数", "Friction"),
            key: "friction",
            align: "end",
            sorter: (a, b) => (friction.get(a.skill) ?? -1) - (friction.get(b.skill) ?? -1),
            render: (_, { skill }) => friction.get(skill)?.toFixed(2) ?? "—",
          },
        ]}
      />
      {dialog === "new" && (
        <NewSkill packs={packs} taken={rows.map(({ skill }) => skill)} close={() => setDialog(undefined)} />
      )}
      {dialog === "import" && <ImportSkills packs={packs} close={() => setDialog(undefined)} />}
    </Page>
  );
}

/** How much trouble each skill gave in the last 30 days; the overview explains the figure. */
function useFriction(): Map<string, number> {
  const { path } = usePlace();
  const { data } = useGet<Schemas["Analytics"]>(`${path}/analytics`, { group: "skill" });
  const known = (data?.rows ?? []).filter(({ friction }) => friction !== null && friction !== undefined);
  return new Map(known.map(({ key, friction }) => [key, Number(friction)]));
}
