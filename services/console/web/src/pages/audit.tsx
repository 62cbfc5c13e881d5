// Who did what, and whether the log is still what was written.
import { SearchOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Input, Select, Table, Typography } from "antd";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { useInstant } from "../frame/instant";
import { More } from "../frame/more";
import { Page } from "../frame/page";
import { byId, usePages } from "../frame/pages-of";
import { useRoles } from "../frame/roles";
import { useGet, usePlace } from "../frame/session";
import { Failed, Loaded, Nothing } from "../frame/state";
import { useText } from "../frame/text";
import { useActions } from "./audit/actions";
import { ChainCheck } from "./audit/check";
import { Detail } from "./audit/detail";

type Entry = Schemas["AuditEntry"];

export default function Audit() {
  const t = useText();
  const { may } = usePlace();
  return (
    <Page
      title={t("审计", "Audit")}
      about={t(
        "谁在什么时候做了什么；每一条都与前一条相连，改动会被发现",
        "Who did what and when; each entry is tied to the one before, so that a change shows",
      )}
    >
      {may("owner") ? (
        <Log />
      ) : (
        <Failed error={new Error(t("只有所有者可以查看审计", "Only owners may read the audit log"))} />
      )}
    </Page>
  );
}

function Log() {
  const t = useText();
  const { tenantPath } = usePlace();
  const { exact } = useInstant();
  const { groups, named } = useActions();
  const [action, setAction] = useState<string>();
  const [actor, setActor] = useState<string>();
  const [target, setTarget] = useState("");
  const [typed, setTyped] = useState("");
  const members = useGet<Schemas["MemberList"]>(`${tenantPath}/members`);
  const log = usePages<Entry>(`${tenantPath}/audit`, { action, actor, target, limit: 50 }, byId);
  const whose = (actor: string) => {
    const id = actor.startsWith("person:") ? actor.slice("person:".length) : undefined;
    if (id) return members.data?.data.find((member) => member.id === id)?.name ?? t("已离开的成员", "a former member");
    if (actor.startsWith("key:")) {
      const [key, ...by] = actor.slice("key:".length).split(" ");
      return by.length > 0
        ? t(`${by.join(" ")}（经由密钥）`, `${by.join(" ")} (by a key)`)
        : t(`密钥 ${key?.slice(0, 8)}…`, `Key ${key?.slice(0, 8)}…`);
    }
    return actor === "command line" ? t("命令行", "Command line") : actor;
  };
  const actors = [
    ...(members.data?.data ?? []).map(({ id, name, email }) => ({
      value: `person:${id}`,
      label: name,
      title: email,
    })),
    { value: "command line", label: t("命令行", "Command line"), title: t("命令行", "Command line") },
  ];
  const roles = useRoles();
  const about = (entry: Entry) => aboutOf(entry, roles);
  const isFiltered = Boolean(action ?? actor) || target !== "";
  return (
    <>
      <ChainCheck />
      <Flex gap={8} wrap role="search" aria-label={t("筛选", "Filters")}>
        <Select
          aria-label={t("操作", "Action")}
          placeholder={t("所有操作", "Every action")}
          allowClear
          showSearch
          optionFilterProp="label"
          value={action}
          onChange={setAction}
          options={groups}
          style={{ width: 230 }}
        />
        <Select
          aria-label={t("操作人", "Who")}
          placeholder={t("所有人", "Everybody")}
          allowClear
          showSearch
          optionFilterProp="label"
          value={actor}
          onChange={setActor}
          options={actors}
          style={{ width: 200 }}
        />
        <Input.Search
          aria-label={t("对象编号", "Id of what it was done to")}
          placeholder={t("对象编号", "Id of what it was done to")}
          allowClear
          enterButton={<Button icon={<SearchOutlined />} aria-label={t("查找", "Find")} />}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onSearch={(text) => setTarget(text.trim())}
          style={{ width: 340 }}
        />
      </Flex>
      <Card styles={{ body: { padding: 0 } }}>
        <Loaded of={log.of}>
          {(entries) =>
            entries.length === 0 ? (
              <Nothing>
                {isFiltered
                  ? t("没有符合条件的记录", "Nothing like that was done")
                  : t("还没有记录", "Nothing was done yet")}
              </Nothing>
            ) : (
              <Table<Entry>
                rowKey="id"
                dataSource={entries}
                pagination={false}
                size="middle"
                scroll={{ x: 760 }}
                expandable={{
                  expandedRowRender: (entry) => (
                    <Detail entry={entry} onlyTarget={() => (setTyped(entry.target), setTarget(entry.target))} />
                  ),
                  expandRowByClick: true,
                }}
                columns={[
                  {
                    title: t("时间", "When"),
                    width: 170,
                    render: (_, { at }) => (
                      <time dateTime={at} title={new Date(at).toISOString()}>
                        {exact(at)}
                      </time>
                    ),
                  },
                  {
                    title: t("操作人", "Who"),
                    width: 190,
                    render: (_, { actor }) => (
                      <Typography.Text ellipsis={{ tooltip: actor }} style={{ maxWidth: 180 }}>
                        {whose(actor)}
                      </Typography.Text>
                    ),
                  },
                  { title: t("操作", "What"), width: 200, render: (_, entry) => named(entry.action) },
                  {
                    title: t("对象与说明", "About"),
                    render: (_, entry) => (
                      <Typography.Text type="secondary" ellipsis={{ tooltip: about(entry) }} style={{ maxWidth: 380 }}>
                        {about(entry)}
                      </Typography.Text>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
        <More of={log} />
      </Card>
    </>
  );
}

/** What an entry is about, as far as its detail says it in words; otherwise the id. */
function aboutOf({ target, detail }: Entry, roles: { value: string; label: string }[]): string {
  const texts = Object.entries(detail as Record<string, unknown>)
    .filter(([name, value]) => typeof value === "string" && value !== "" && name !== "app")
    .map(([name, value]) => (name === "role" && roles.find((role) => role.value === value)?.label) || String(value));
  return texts.length > 0 ? texts.join(" · ") : target;
}
