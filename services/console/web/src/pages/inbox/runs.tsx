// Runs that people have to look into.
import { Alert, Button, Card, Flex, Table, Typography } from "antd";
import { useState } from "react";
import { Instant } from "../../frame/instant";
import { Mark } from "../../frame/mark";
import { More } from "../../frame/more";
import { byId, usePages } from "../../frame/pages-of";
import { usePlace } from "../../frame/session";
import { Loaded, Nothing } from "../../frame/state";
import { useText } from "../../frame/text";
import { RunDrawer } from "./run";
import type { Run } from "./types";
import { useSkillTitles } from "./words";

export function Effect({ effect }: { effect: string }) {
  const t = useText();
  if (effect === "money") return <Mark colour="red">{t("涉及金额", "moves money")}</Mark>;
  if (effect === "write") return <Mark colour="gold">{t("修改数据", "changes data")}</Mark>;
  return <Mark>{t("只读", "reads only")}</Mark>;
}

export function Runs({ state }: { state: "unknown" | "dead" }) {
  const t = useText();
  const { path } = usePlace();
  const skillTitle = useSkillTitles();
  const [shown, setShown] = useState<string>();
  const runs = usePages<Run>(`${path}/runs`, { state }, byId, { refetchInterval: 30_000 });
  return (
    <Flex vertical gap={16}>
      <Alert
        type="info"
        showIcon
        message={
          state === "unknown"
            ? t(
                "这些请求已经发出，但没有收到对方系统的答复，可能办成了，也可能没有。系统不会自行重试，以免重复办理。请到对方系统核实后再处理。",
                "These were sent, but the other system never answered: they may have been done or not. Nothing is tried again by itself, lest it be done twice. Look in the other system first, then decide.",
              )
            : t(
                "这些请求多次尝试都没有成功，已不再尝试。原因排除后，可以再试一次。",
                "These failed every time and are tried no more. Once the cause is gone, try them again.",
              )
        }
      />
      <Card styles={{ body: { padding: 0 } }}>
        <Loaded of={runs.of}>
          {(data) =>
            data.length === 0 ? (
              <Nothing>
                {state === "unknown"
                  ? t("没有结果不明的执行", "There is nothing whose outcome is unknown")
                  : t("没有放弃的执行", "Nothing was given up")}
              </Nothing>
            ) : (
              <Table<Run>
                rowKey="id"
                dataSource={data}
                pagination={false}
                scroll={{ x: 760 }}
                onRow={(run) => ({ onClick: () => setShown(run.id), style: { cursor: "pointer" } })}
                columns={[
                  {
                    title: t("技能", "Skill"),
                    width: 200,
                    render: (_, { skill }) => (
                      <Typography.Text ellipsis={{ tooltip: skill }} style={{ maxWidth: 190 }}>
                        {skillTitle(skill)}
                      </Typography.Text>
                    ),
                  },
                  {
                    title: t("内容", "Values"),
                    render: (_, { slots }) => (
                      <Typography.Text
                        type="secondary"
                        ellipsis={{ tooltip: inOneLine(slots) }}
                        style={{ maxWidth: 340 }}
                      >
                        {inOneLine(slots)}
                      </Typography.Text>
                    ),
                  },
                  { title: t("影响", "Effect"), width: 120, render: (_, { effect }) => <Effect effect={effect} /> },
                  { title: t("尝试次数", "Attempts"), width: 100, dataIndex: "attempt" },
                  { title: t("时间", "When"), width: 130, render: (_, { created_at }) => <Instant at={created_at} /> },
                  {
                    title: t("操作", "Actions"),
                    fixed: "right" as const,
                    width: 100,
                    render: (_, run) => (
                      <Button
                        type="link"
                        onClick={(event) => {
                          event.stopPropagation();
                          setShown(run.id);
                        }}
                        aria-label={t(`打开 ${skillTitle(run.skill)}`, `Open ${skillTitle(run.skill)}`)}
                      >
                        {t("打开", "Open")}
                      </Button>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
        <More of={runs} />
      </Card>
      <RunDrawer key={shown} run={shown} onClose={() => setShown(undefined)} />
    </Flex>
  );
}

function inOneLine(slots: unknown): string {
  return Object.values((slots ?? {}) as Record<string, unknown>)
    .filter((value) => value !== null)
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    .join(" · ");
}
