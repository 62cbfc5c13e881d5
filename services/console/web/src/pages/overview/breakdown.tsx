// The numbers by skill, by version of a skill or by language, to sort.
import { Card, Segmented, Table, Tooltip } from "antd";
import type { ColumnsType } from "antd/es/table";
import { useState } from "react";
import { Link } from "react-router";
import { useGet, usePlace } from "../../frame/session";
import { Loaded } from "../../frame/state";
import { useText } from "../../frame/text";
import { useSkillNames } from "../talk/pages";
import { languageWords } from "../talk/words";
import { type Name, measures, written } from "./measures";
import type { Analytics, Figures } from "./types";

const SHOWN: Name[] = [
  "turns",
  "tasks",
  "completion",
  "turns_per_task",
  "clarification",
  "correction",
  "handoff",
  "llm_share",
  "llm_cost_micros",
  "p95_ms",
  "friction",
];

export function Breakdown({ query }: { query: Record<string, string | undefined> }) {
  const t = useText();
  const { path } = usePlace();
  const { titleOf } = useSkillNames();
  const [group, setGroup] = useState("skill");
  const read = useGet<Analytics>(`${path}/analytics`, { ...query, group });
  const all = measures(t);
  const first = {
    skill: t("技能", "Skill"),
    version: t("技能和版本", "Skill and version"),
    language: t("语言", "Language"),
  }[group];
  const label = (key: string) => {
    if (key === "") return t("（没有选技能）", "(no skill)");
    if (group === "language") return languageWords(t, key);
    const [skill = key, version] = key.split(" v");
    return (
      <Link to={`/skills/${encodeURIComponent(skill)}`} title={skill}>
        {titleOf(skill)}
        {version && ` ${t(`第 ${version} 版`, `v${version}`)}`}
      </Link>
    );
  };
  const columns: ColumnsType<Figures> = [
    {
      title: first,
      dataIndex: "key",
      fixed: "left",
      width: 180,
      render: label,
      sorter: (a, b) => a.key.localeCompare(b.key),
    },
    ...SHOWN.map((name): ColumnsType<Figures>[number] => ({
      title: (
        <Tooltip title={all[name].about}>
          <span>{all[name].title}</span>
        </Tooltip>
      ),
      dataIndex: name,
      align: "end",
      showSorterTooltip: false,
      sorter: (a, b) => (a[name] ?? -1) - (b[name] ?? -1),
      ...(name === "turns" ? { defaultSortOrder: "descend" as const } : {}),
      render: (value: number | null) => <span style={{ whiteSpace: "nowrap" }}>{written(all[name], value)}</span>,
    })),
  ];
  return (
    <Card
      size="small"
      title={<h2 style={{ fontSize: 15, margin: 0 }}>{t("细看", "In detail")}</h2>}
      extra={
        <Segmented
          aria-label={t("按什么分", "Told apart by")}
          value={group}
          onChange={setGroup}
          options={[
            { value: "skill", label: t("按技能", "By skill") },
            { value: "version", label: t("按版本", "By version") },
            { value: "language", label: t("按语言", "By language") },
          ]}
        />
      }
    >
      <Loaded of={read}>
        {({ rows }) => (
          <Table
            key={group}
            size="small"
            rowKey="key"
            dataSource={rows}
            columns={columns}
            scroll={{ x: 1100 }}
            pagination={rows.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
            locale={{ emptyText: t("这段时间没有数据", "No data in this period") }}
          />
        )}
      </Loaded>
    </Card>
  );
}
