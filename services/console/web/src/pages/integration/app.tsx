// Another app of the tenant.
import { App, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { type Schemas, call } from "../../api/client";
import { usePlace, useRefresh } from "../../frame/session";
import { Failed } from "../../frame/state";
import { type Language, useSettings, useText } from "../../frame/text";

export function CreateApp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useText();
  const { language } = useSettings();
  const { tenantPath, setApp } = usePlace();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ name: string; language: Language }>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const create = async (values: { name: string; language: Language }) => {
    setBusy(true);
    setError(undefined);
    try {
      const body = { ...values, name: values.name.trim() };
      const app = await call<Schemas["AppView"]>(`${tenantPath}/apps`, { method: "POST", body });
      await refresh(`${tenantPath}/apps`);
      setApp(app.id);
      form.resetFields();
      onClose();
      void message.success(t(`已新建并切换到“${app.name}”`, `“${app.name}” is made; you are in it now`));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      title={t("新建应用", "New app")}
      open={open}
      onCancel={onClose}
      okText={t("新建", "Create")}
      confirmLoading={busy}
      onOk={() => form.submit()}
    >
      <p>
        {t(
          "每个应用有自己的技能、密钥和对话。新应用没有技能，可在技能页导入。",
          "An app has its own skills, keys and conversations. A new one has no skills; import some on the skills page.",
        )}
      </p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ language }}
        onFinish={(values) => void create(values)}
      >
        <Form.Item
          name="name"
          label={t("名称", "Name")}
          rules={[{ required: true, whitespace: true, message: t("请输入名称", "Enter a name") }]}
        >
          <Input maxLength={200} autoFocus autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="language"
          label={t("默认语言", "Language")}
          extra={t("看不出用户语言时用它回答", "Spoken where a message does not show the user's language")}
        >
          <Radio.Group
            options={[
              { value: "zh", label: "中文" },
              { value: "en", label: "English" },
            ]}
          />
        </Form.Item>
        {error !== undefined && <Failed error={error} />}
      </Form>
    </Modal>
  );
}
