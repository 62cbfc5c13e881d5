// The forms that make a key: a new one, and one in place of another.
import { Alert, Checkbox, DatePicker, Form, Input, InputNumber, Modal, Radio, Typography } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { type ReactNode, useState } from "react";
import { call } from "../../api/client";
import { usePlace } from "../../frame/session";
import { Failed } from "../../frame/state";
import { type Translate, useText } from "../../frame/text";
import type { Created, Key, Made } from "./keys";
import { ORIGINS, type Scope, originsOf, useScopes } from "./scopes";

type OnMade = (key: Made) => void;

/** Sends what a form says; the form stays as it is if that fails. */
function useMaking(onMade: OnMade, onClose: () => void) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const make = async (path: string, body: unknown, isWidget: boolean) => {
    setBusy(true);
    setError(undefined);
    try {
      onMade({ ...(await call<Created>(path, { method: "POST", body })), isWidget });
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const shown: ReactNode = error !== undefined && <Failed error={error} />;
  return { make, busy, shown };
}

interface Values {
  kind: "server" | "widget";
  label: string;
  scopes: Scope[];
  origins?: string;
  until?: Dayjs | null;
}

export function CreateKey({ open, onClose, onMade }: { open: boolean; onClose: () => void; onMade: OnMade }) {
  const t = useText();
  const { path } = usePlace();
  const scopes = useScopes();
  const [form] = Form.useForm<Values>();
  const isWidget = Form.useWatch("kind", form) === "widget";
  const { make, busy, shown } = useMaking(onMade, () => {
    form.resetFields();
    onClose();
  });
  const create = ({ kind, label, scopes, origins, until }: Values) => {
    const isWidget = kind === "widget";
    const rights = isWidget ? { scopes: ["widget"], origins: originsOf(origins ?? "").origins } : { scopes };
    const expires_at = until ? until.endOf("day").toISOString() : null;
    return make(`${path}/keys`, { label: label.trim(), expires_at, ...rights }, isWidget);
  };
  return (
    <Modal
      title={t("新建密钥", "New key")}
      open={open}
      onCancel={onClose}
      okText={t("新建", "Create")}
      confirmLoading={busy}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: "server", scopes: scopes.map(({ value }) => value) }}
        onFinish={(values) => void create(values)}
      >
        <Form.Item name="kind" label={t("用在哪里", "Where it is used")}>
          <Radio.Group
            optionType="button"
            options={[
              { value: "server", label: t("您的服务器", "Your server") },
              { value: "widget", label: t("网页（聊天组件）", "A web page (chat widget)") },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="label"
          label={t("用途", "What it is for")}
          extra={t("例如“正式环境后端”，以后凭它辨认", "Such as “production backend”, to recognise it by")}
          rules={[{ required: true, whitespace: true, message: t("请输入用途", "Say what it is for") }]}
        >
          <Input maxLength={200} autoFocus autoComplete="off" />
        </Form.Item>
        {isWidget && (
          <Alert
            type="warning"
            showIcon
            style={{ marginBottom: 16 }}
            message={t(
              "网站上的任何访客都能使用本应用的技能，除非技能的 requires 把匿名访客（context.user 以 visitor- 开头）排除在外。只想给访客用一部分技能，请另建一个应用。",
              "Every visitor of the site can use this app’s skills, unless their requires keeps out anonymous visitors, whose context.user begins with visitor-. To give visitors some skills only, make another app for them.",
            )}
          />
        )}
        {isWidget ? (
          <Form.Item
            name="origins"
            label={t("可以嵌入的网站", "Sites that may embed it")}
            extra={t(
              "每行一个，如 https://shop.example.com，最多 20 个。任何人都能在网页里看到此密钥，所以它只能对话，且只在这些网站上有效。",
              "One a line, such as https://shop.example.com; up to 20. Everybody can read this key in the page, so it can only talk, and only on these sites.",
            )}
            rules={[{ validator: (_, text: string | undefined) => checkOrigins(text ?? "", t) }]}
          >
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} placeholder="https://shop.example.com" />
          </Form.Item>
        ) : (
          <Form.Item
            name="scopes"
            label={t("可以做什么", "What it may do")}
            rules={[
              {
                // Not as "required": a group of boxes may not say of itself that it is.
                validator: async (_, scopes: Scope[]) => {
                  if (scopes.length === 0) throw new Error(t("请至少选一项", "Choose at least one"));
                },
              },
            ]}
          >
            <Checkbox.Group style={{ display: "flex", flexDirection: "column", gap: 6 }}>
              {scopes.map(({ value, label, about }) => (
                <Checkbox key={value} value={value}>
                  {label} <Typography.Text type="secondary">{about}</Typography.Text>
                </Checkbox>
              ))}
            </Checkbox.Group>
          </Form.Item>
        )}
        <Form.Item
          name="until"
          label={t("有效期至（可不填）", "Valid until (optional)")}
          extra={t("不填则一直有效，直到吊销", "Left empty, it is valid until it is revoked")}
        >
          <DatePicker disabledDate={(day) => day.isBefore(dayjs(), "day")} style={{ width: 200 }} />
        </Form.Item>
        {shown}
      </Form>
    </Modal>
  );
}

async function checkOrigins(text: string, t: Translate): Promise<void> {
  const { origins, wrong } = originsOf(text);
  if (wrong.length > 0)
    throw new Error(
      t(
        `“${wrong[0]}”不是网站地址，请写成 https://shop.example.com 的样子`,
        `“${wrong[0]}” is no site’s address; write it like https://shop.example.com`,
      ),
    );
  if (origins.length === 0) throw new Error(t("请至少写一个网站地址", "Name at least one site"));
  if (origins.length > ORIGINS) throw new Error(t(`最多 ${ORIGINS} 个`, `At most ${ORIGINS}`));
}

export function RotateKey({ of: key, onClose, onMade }: { of: Key | undefined; onClose: () => void; onMade: OnMade }) {
  const t = useText();
  const { path } = usePlace();
  const [form] = Form.useForm<{ hours: number | "other"; other: number }>();
  const chosen = Form.useWatch("hours", form);
  const { make, busy, shown } = useMaking(onMade, onClose);
  const rotate = ({ hours, other }: { hours: number | "other"; other: number }) => {
    const overlap_hours = hours === "other" ? other : hours;
    return make(`${path}/keys/${key?.id}/rotate`, { overlap_hours }, key?.scopes.includes("widget") ?? false);
  };
  return (
    <Modal
      title={t(`轮换密钥“${key?.label ?? ""}”`, `Rotate the key “${key?.label ?? ""}”`)}
      open={key !== undefined}
      onCancel={onClose}
      okText={t("创建新密钥", "Make the new key")}
      confirmLoading={busy}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      <p>
        {t(
          "会创建一个新密钥。在您换上新密钥之前，旧密钥还能用多久？",
          "A new key is made. For how long should the old one still work, until you have put the new one in?",
        )}
      </p>
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{ hours: 24, other: 48 }}
        onFinish={(values) => void rotate(values)}
      >
        <Form.Item name="hours" label={t("旧密钥保留", "Keep the old key for")}>
          <Radio.Group
            options={[
              { value: 1, label: t("1 小时", "1 hour") },
              { value: 24, label: t("1 天", "1 day") },
              { value: 168, label: t("7 天", "7 days") },
              { value: 0, label: t("立即失效", "No time") },
              { value: "other", label: t("其他", "Other") },
            ]}
          />
        </Form.Item>
        {chosen === "other" && (
          <Form.Item
            name="other"
            label={t("小时数（0 至 720）", "Hours (0 to 720)")}
            rules={[{ required: true, message: t("请输入小时数", "Enter a number of hours") }]}
          >
            <InputNumber min={0} max={720} precision={0} />
          </Form.Item>
        )}
        {shown}
      </Form>
    </Modal>
  );
}
