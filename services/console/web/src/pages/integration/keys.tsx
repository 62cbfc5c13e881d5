// The keys of an app: made, replaced, revoked. A key is shown once.
import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Card, Flex, Switch, Table, Tooltip, Typography } from "antd";
import { useState } from "react";
import { type Schemas, call } from "../../api/client";
import { Instant } from "../../frame/instant";
import { Mark } from "../../frame/mark";
import { Once } from "../../frame/once";
import { useGet, usePlace, useRefresh } from "../../frame/session";
import { Loaded, Nothing, words } from "../../frame/state";
import { useText } from "../../frame/text";
import { CreateKey, RotateKey } from "./key-forms";
import { useScopes } from "./scopes";
import { WidgetKey } from "./widget-key";

export type Key = Schemas["KeyView"];
export type Created = Schemas["CreatedKey"];
export type Made = Created & { isWidget: boolean };

/** The keys; `onWidget` hears of a new one for web pages. */
export function Keys({ onWidget }: { onWidget: (key: string) => void }) {
  const t = useText();
  const { path } = usePlace();
  const refresh = useRefresh();
  const { modal, message } = App.useApp();
  const [all, setAll] = useState(false);
  const [creating, setCreating] = useState(false);
  const [rotating, setRotating] = useState<Key>();
  const [made, setMade] = useState<Made>();
  const keys = useGet<Schemas["KeyList"]>(`${path}/keys`);
  const show = (key: Made) => {
    setMade(key);
    if (key.isWidget) onWidget(key.key);
    void refresh(`${path}/keys`);
  };
  const revoke = (key: Key) =>
    modal.confirm({
      title: t(`吊销密钥“${key.label}”？`, `Revoke the key “${key.label}”?`),
      content: t(
        "立即生效，不能恢复：仍在使用它的系统会马上被拒绝。要不中断地更换，请用“轮换”。",
        "It holds at once and can't be undone: systems that still use it are refused from now on. To replace it without an interruption, rotate it.",
      ),
      okText: t("吊销", "Revoke"),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await call(`${path}/keys/${key.id}`, { method: "DELETE" });
          void message.success(t("已吊销", "Revoked"));
        } catch (error) {
          void message.error(words(error));
        }
        await refresh(`${path}/keys`);
      },
    });
  return (
    <Card
      title={<h2 style={{ fontSize: 16, fontWeight: 600, margin: 0 }}>{t("密钥", "Keys")}</h2>}
      extra={
        <Flex gap={16} align="center">
          <Flex gap={8} align="center">
            <Switch
              size="small"
              checked={all}
              onChange={setAll}
              aria-label={t("显示失效的密钥", "Show keys that are over")}
            />
            <span>{t("显示失效的", "Show those that are over")}</span>
          </Flex>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {t("新建密钥", "New key")}
          </Button>
        </Flex>
      }
      styles={{ body: { padding: 0 } }}
    >
      <Loaded of={keys}>
        {({ data }) => (
          <KeyTable keys={data.filter(({ state }) => all || state === "valid")} rotate={setRotating} revoke={revoke} />
        )}
      </Loaded>
      <CreateKey open={creating} onClose={() => setCreating(false)} onMade={show} />
      <RotateKey of={rotating} onClose={() => setRotating(undefined)} onMade={show} />
      <WidgetKey of={made?.isWidget ? made : undefined} onClose={() => setMade(undefined)} />
      <Once
        title={t("新密钥", "The new key")}
        label={t("密钥", "Key")}
        text={made?.isWidget ? undefined : made?.key}
        onClose={() => setMade(undefined)}
      >
        {t(
          "请存放在保管密钥的地方。系统只保存其指纹，丢失后只能新建。",
          "Keep it where you keep secrets. Only its fingerprint is stored here; if it is lost, make a new one.",
        )}
      </Once>
    </Card>
  );
}

function KeyTable({ keys, rotate, revoke }: { keys: Key[]; rotate: (key: Key) => void; revoke: (key: Key) => void }) {
  const t = useText();
  if (keys.length === 0)
    return (
      <Nothing>
        {t("还没有有效的密钥。新建一个，您的系统就能接入", "There is no valid key. Make one, and your system can talk")}
      </Nothing>
    );
  return (
    <Table<Key>
      rowKey="id"
      dataSource={keys}
      pagination={keys.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
      scroll={{ x: 1016 }}
      columns={[
        {
          title: t("用途", "For"),
          width: 260,
          render: (_, key) => (
            <>
              <Typography.Text ellipsis={{ tooltip: key.label }} style={{ maxWidth: 228 }}>
                {key.label}
              </Typography.Text>
              <br />
              <Typography.Text type="secondary" style={{ fontSize: 13 }}>
                <span style={{ fontFamily: "monospace" }}>{key.prefix}…</span> · <Instant at={key.created_at} />
              </Typography.Text>
            </>
          ),
        },
        { title: t("可以做什么", "May"), width: 244, render: (_, key) => <Rights of={key} /> },
        { title: t("状态", "State"), width: 100, render: (_, key) => <State of={key} /> },
        {
          title: t("最近使用", "Last used"),
          width: 120,
          render: (_, key) => (key.last_used_at ? <Instant at={key.last_used_at} /> : t("从未", "never")),
        },
        {
          title: t("有效期至", "Valid until"),
          width: 120,
          render: (_, key) => (key.expires_at ? <Instant at={key.expires_at} /> : t("不限", "no end")),
        },
        {
          title: t("操作", "Actions"),
          fixed: "right" as const,
          width: 168,
          render: (_, key) =>
            key.state === "valid" && (
              <Flex gap={4}>
                <Button
                  type="text"
                  onClick={() => rotate(key)}
                  aria-label={t(`轮换 ${key.label}`, `Rotate ${key.label}`)}
                >
                  {t("轮换", "Rotate")}
                </Button>
                <Button
                  type="text"
                  danger
                  onClick={() => revoke(key)}
                  aria-label={t(`吊销 ${key.label}`, `Revoke ${key.label}`)}
                >
                  {t("吊销", "Revoke")}
                </Button>
              </Flex>
            ),
        },
      ]}
    />
  );
}

/** What a key may do, or where it may be embedded. */
function Rights({ of: { scopes, origins } }: { of: Key }) {
  const t = useText();
  const known = useScopes();
  if (scopes.includes("widget"))
    return (
      <>
        <Mark colour="blue">{t("网页聊天", "Chat in a page")}</Mark>
        <Typography.Text
          type="secondary"
          ellipsis={{ tooltip: <span style={{ whiteSpace: "pre-line" }}>{origins.join("\n")}</span> }}
          style={{ display: "block", maxWidth: 218 }}
        >
          {origins.map((origin) => origin.replace(/^https:\/\//, "")).join(t("、", ", "))}
        </Typography.Text>
      </>
    );
  const held = known.filter(({ value }) => scopes.includes(value));
  if (held.length === known.length) return <>{t("全部（除网页聊天）", "Everything a server needs")}</>;
  return (
    <Flex gap={4} wrap>
      {held.map(({ value, label, about }) => (
        <Tooltip key={value} title={about}>
          <Mark>{label}</Mark>
        </Tooltip>
      ))}
    </Flex>
  );
}

function State({ of: { state, expires_at, revoked_at } }: { of: Key }) {
  const t = useText();
  if (state === "revoked")
    return (
      <Tooltip title={<Instant at={revoked_at} />}>
        <Mark>{t("已吊销", "revoked")}</Mark>
      </Tooltip>
    );
  if (state === "expired") return <Mark>{t("已过期", "expired")}</Mark>;
  return expires_at ? (
    <Mark colour="gold">{t("限期有效", "valid, ends")}</Mark>
  ) : (
    <Mark colour="green">{t("有效", "valid")}</Mark>
  );
}
