// The forms that make a key: a new one, and one in place of another.
import { DatePicker, Form, Input, InputNumber, Modal, Radio } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { type ReactNode, useState } from "react";
import { type Schemas, call } from "../../api/client";
import { usePlace } from "../../frame/session";
import { Failed } from "../../frame/state";
import { useText } from "../../frame/text";
import type { Key } from "./keys";

type Created = Schemas["CreatedKey"];

/** Sends what a form says; the form stays as it is if that fails. */
function useMaking(onMade: (key: Created) => void, onClose: () => void) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const make = async (path: string, body: unknown) => {
    setBusy(true);
    setError(undefined);
    try {
      onMade(await call<Created>(path, { method: "POST", body }));
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

export function CreateKey({
  open,
  onClose,
  onMade,
}: {
  open: boolean;
  onClose: () => void;
  onMade: (key: Created) => void;
}) {
  const t = useText();
  const { path } = usePlace();
  const [form] = Form.useForm<{ label: string; until?: Dayjs }>();
  const { make, busy, shown } = useMaking(onMade, () => {
    form.resetFields();
    onClose();
  });
  const create = ({ label, until }: { label: string; until?: Dayjs | null }) =>
    make(`${path}/keys`, { label: label.trim(), expires_at: until ? until.endOf("day").toISOString() : null });
  return (
    <Modal
      title={t("新建密钥", "New key")}
      open={open}
      onCancel={onClose}
      okText={t("新建", "Create")}
      confirmLoading={busy}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => void create(values)}>
        <Form.Item
          name="label"
          label={t("用途", "What it is for")}
          extra={t("例如“正式环境后端”，以后凭它辨认", "Such as “production backend”, to recognise it by")}
          rules={[{ required: true, whitespace: true, message: t("请输入用途", "Say what it is for") }]}
        >
          <Input maxLength={200} autoFocus autoComplete="off" />
        </Form.Item>
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

export function RotateKey({
  of: key,
  onClose,
  onMade,
}: {
  of: Key | undefined;
  onClose: () => void;
  onMade: (key: Created) => void;
}) {
  const t = useText();
  const { path } = usePlace();
  const [form] = Form.useForm<{ hours: number | "other"; other: number }>();
  const chosen = Form.useWatch("hours", form);
  const { make, busy, shown } = useMaking(onMade, onClose);
  const rotate = ({ hours, other }: { hours: number | "other"; other: number }) =>
    make(`${path}/keys/${key?.id}/rotate`, { overlap_hours: hours === "other" ? other : hours });
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
