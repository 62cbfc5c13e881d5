// Everything that was done in a conversation, one line each.
import { Card, Descriptions, Table, Typography } from "antd";
import { useText } from "../../frame/text";
import { RunState, SkillTag, When, plain } from "../talk/show";
import { effectWords } from "../talk/words";
import type { Run } from "./types";

export function Ledger({ runs }: { runs: Run[] }) {
  const t = useText();
  return (
    <Card
      size="small"
      title={
        <h2 style={{ fontSize: 16, margin: 0 }}>
          {t("执行记录", "What was carried out")} ({runs.length})
        </h2>
      }
    >
      {runs.length === 0 ? (
        t("这个对话没有执行任何操作", "Nothing was carried out in this conversation")
      ) : (
        <Table
          size="small"
          rowKey="id"
          pagination={runs.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
          scroll={{ x: 640 }}
          dataSource={runs}
          expandable={{ expandedRowRender: (run) => <Detail run={run} /> }}
          columns={[
            { title: t("时间", "Time"), dataIndex: "created_at", render: (at: string) => <When at={at} /> },
            {
              title: t("技能", "Skill"),
              dataIndex: "skill",
              render: (skill: string, run) => (
                <>
                  <SkillTag skill={skill} link />{" "}
                  <Typography.Text type="secondary">
                    {t(`第 ${run.skill_version} 版`, `v${run.skill_version}`)}
                  </Typography.Text>
                </>
              ),
            },
            { title: t("影响", "Effect"), dataIndex: "effect", render: (effect: string) => effectWords(t, effect) },
            {
              title: t("状态", "State"),
              dataIndex: "status",
              render: (status: string) => <RunState status={status} />,
            },
            { title: t("第几次尝试", "Attempt"), dataIndex: "attempt", align: "end" },
          ]}
        />
      )}
    </Card>
  );
}

function Detail({ run }: { run: Run }) {
  const t = useText();
  const values = (of: unknown) => {
    const entries = typeof of === "object" && of !== null ? Object.entries(of) : [];
    return entries.length === 0 ? "–" : entries.map(([name, value]) => `${name}: ${plain(value)}`).join("\n");
  };
  const text = (of: string) => <div style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{of}</div>;
  const rows = Array.isArray(run.result) ? (run.result as unknown[]) : [];
  const items = [
    { key: "slots", label: t("用到的信息", "With"), children: text(values(run.slots)) },
    {
      key: "result",
      label: t("返回", "Result"),
      children: text(
        rows.length === 0
          ? "–"
          : rows.slice(0, 20).map(values).join("\n—\n") +
              (rows.length > 20 ? t(`\n…共 ${rows.length} 行`, `\n…${rows.length} rows in all`) : ""),
      ),
    },
    ...(run.error ? [{ key: "error", label: t("原因", "Why"), children: text(values(run.error)) }] : []),
    ...(run.due_at ? [{ key: "due", label: t("下次执行", "Due"), children: <When at={run.due_at} /> }] : []),
    ...(run.finished_at ? [{ key: "end", label: t("结束", "Ended"), children: <When at={run.finished_at} /> }] : []),
    { key: "id", label: t("编号", "Id"), children: <Typography.Text copyable>{run.id}</Typography.Text> },
  ];
  return <Descriptions size="small" column={1} items={items} />;
}
