// What waits for somebody, oldest first.
import { Button, Card, Flex, Select, Switch, Table, Typography } from "antd";
import { useState } from "react";
import { Instant } from "../../frame/instant";
import { Mark } from "../../frame/mark";
import { More } from "../../frame/more";
import { byId, usePages } from "../../frame/pages-of";
import { usePlace } from "../../frame/session";
import { Loaded, Nothing } from "../../frame/state";
import { useText } from "../../frame/text";
import { ItemDrawer } from "./item";
import type { Item } from "./types";

export function useQueueName(): (queue: string) => string {
  const t = useText();
  return (queue) => (queue === "handoff" ? t("转人工", "Wants a person") : queue);
}

export function ItemState({ state }: { state: string }) {
  const t = useText();
  if (state === "open") return <Mark colour="blue">{t("待领取", "open")}</Mark>;
  if (state === "taken") return <Mark colour="gold">{t("处理中", "in hand")}</Mark>;
  if (state === "done") return <Mark colour="green">{t("已办结", "done")}</Mark>;
  return <Mark colour="red">{t("已拒绝", "declined")}</Mark>;
}

export function Items() {
  const t = useText();
  const { path } = usePlace();
  const queueName = useQueueName();
  const [queue, setQueue] = useState<string>();
  const [closed, setClosed] = useState(false);
  const [shown, setShown] = useState<Item>();
  const items = usePages<Item>(`${path}/inbox`, { queue, closed, limit: 50 }, byId, { refetchInterval: 15_000 });
  // Queues are whatever skills name: those that were seen can be chosen.
  const everything = usePages<Item>(`${path}/inbox`, { closed: true, limit: 100 }, byId);
  const queues = [...new Set(["handoff", ...(everything.of.data ?? []).map(({ queue }) => queue)])];
  const current = items.of.data?.find(({ id }) => id === shown?.id) ?? shown;
  return (
    <Flex vertical gap={16}>
      <Flex gap={16} wrap align="center" role="search" aria-label={t("筛选", "Filters")}>
        <Select
          aria-label={t("队列", "Queue")}
          placeholder={t("所有队列", "Every queue")}
          allowClear
          value={queue}
          onChange={setQueue}
          options={queues.map((queue) => ({ value: queue, label: queueName(queue) }))}
          style={{ width: 200 }}
        />
        <Flex gap={8} align="center">
          <Switch
            size="small"
            checked={closed}
            onChange={setClosed}
            aria-label={t("显示已结束的", "Show closed ones")}
          />
          <span>{t("显示已结束的", "Show closed ones")}</span>
        </Flex>
      </Flex>
      <Card styles={{ body: { padding: 0 } }}>
        <Loaded of={items.of}>
          {(data) =>
            data.length === 0 ? (
              <Nothing>
                {queue || closed
                  ? t("没有符合条件的待办", "Nothing like that is here")
                  : t("没有待办，都处理完了", "Nothing to do: all is done")}
              </Nothing>
            ) : (
              <Table<Item>
                rowKey="id"
                dataSource={data}
                pagination={false}
                scroll={{ x: 820 }}
                onRow={(item) => ({ onClick: () => setShown(item), style: { cursor: "pointer" } })}
                columns={[
                  {
                    title: t("事项", "What"),
                    render: (_, item) => (
                      <Typography.Text ellipsis={{ tooltip: item.summary }} style={{ maxWidth: 440 }}>
                        {item.summary || t("（没有摘要）", "(no summary)")}
                      </Typography.Text>
                    ),
                  },
                  {
                    title: t("队列", "Queue"),
                    width: 150,
                    render: (_, item) => (
                      <Typography.Text ellipsis={{ tooltip: queueName(item.queue) }} style={{ maxWidth: 130 }}>
                        {queueName(item.queue)}
                      </Typography.Text>
                    ),
                  },
                  { title: t("状态", "State"), width: 100, render: (_, { state }) => <ItemState state={state} /> },
                  {
                    title: t("处理人", "Who"),
                    width: 130,
                    render: (_, { assignee }) => (
                      <Typography.Text ellipsis={{ tooltip: assignee }} style={{ maxWidth: 110 }}>
                        {assignee ?? "–"}
                      </Typography.Text>
                    ),
                  },
                  {
                    title: t("提交时间", "Since"),
                    width: 130,
                    render: (_, { created_at }) => <Instant at={created_at} />,
                  },
                  {
                    title: t("操作", "Actions"),
                    fixed: "right" as const,
                    width: 100,
                    render: (_, item) => (
                      <Button
                        type="link"
                        onClick={(event) => {
                          event.stopPropagation();
                          setShown(item);
                        }}
                        aria-label={t(`打开 ${item.summary}`, `Open ${item.summary}`)}
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
        <More of={items} />
      </Card>
      <ItemDrawer key={current?.id} item={current} onChanged={setShown} onClose={() => setShown(undefined)} />
    </Flex>
  );
}
