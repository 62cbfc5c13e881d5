// A new skill: what it is called and what people say; the rest is a skeleton that is valid as it is.
import { Form, Input, Modal, Select } from "antd";
import { useNavigate } from "react-router";
import { stringify } from "yaml";
import { call } from "../../api/client";
import { usePlace, useRefresh } from "../../frame/session";
import { useText } from "../../frame/text";
import { useWork } from "../../frame/work";

interface Values {
  pack: string;
  skill: string;
  zh: string;
  en: string;
  examples: string;
}

export function NewSkill({ packs, taken, close }: { packs: string[]; taken: string[]; close: () => void }) {
  const t = useText();
  const { path } = usePlace();
  const refresh = useRefresh();
  const go = useNavigate();
  const [form] = Form.useForm<Values>();
  const { run, busy, failed } = useWork();
  const make = ({ pack, skill, zh, en, examples }: Values) =>
    run(async () => {
      const text = stringify(
        {
          skill,
          title: { zh: zh.trim(), en: en.trim() },
          effect: "read",
          examples: examples
            .split("\n")
            .map((line) => line.trim())
            .filter(Boolean),
          run: { sql: "SELECT 'ok' AS result WHERE :tenant_id IS NOT NULL" },
          reply: { zh: "办好了。", en: "Done." },
          empty: { zh: "没有找到。", en: "Nothing was found." },
        },
        { lineWidth: 0 },
      );
      await call(`${path}/skills/${skill}/draft`, { method: "PUT", body: { text, pack } });
      void refresh(`${path}/skills`);
      go(`/skills/${skill}`);
    });
  const needed = { required: true, whitespace: true, message: t("请填写", "Needed") };
  return (
    <Modal
      open
      title={t("新技能", "New skill")}
      okText={t("建草稿", "Begin a draft")}
      cancelText={t("取消", "Cancel")}
      onCancel={close}
      onOk={form.submit}
      okButtonProps={{ loading: busy }}
      maskClosable={false}
    >
      <Form
        form={form}
        layout="vertical"
        name="new"
        initialValues={{ pack: packs[0] }}
        onFinish={(values) => void make(values)}
      >
        <Form.Item name="zh" label={t("中文标题", "Chinese title")} rules={[needed]}>
          <Input maxLength={80} placeholder="请假申请" autoFocus />
        </Form.Item>
        <Form.Item name="en" label={t("英文标题", "English title")} rules={[needed]}>
          <Input maxLength={80} placeholder="Request leave" />
        </Form.Item>
        <Form.Item
          name="skill"
          label={t("名称（以后不能改）", "Name (can't be changed later)")}
          extra={t(
            "小写英文，两段以上，用点隔开，如 leave.request",
            "Lower case, two or more parts with dots, such as leave.request",
          )}
          rules={[
            needed,
            {
              pattern: /^(?=.{3,64}$)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/,
              message: t("请写成 leave.request 的样子", "Write it like leave.request"),
            },
            {
              validator: (_, value: string) =>
                taken.includes(value)
                  ? Promise.reject(new Error(t("已有这个技能", "There is such a skill already")))
                  : Promise.resolve(),
            },
          ]}
        >
          <Input maxLength={64} spellCheck={false} />
        </Form.Item>
        <Form.Item name="pack" label={t("技能包（用哪些表）", "Pack (whose tables it uses)")} rules={[needed]}>
          <Select options={packs.map((value) => ({ value, label: value }))} />
        </Form.Item>
        <Form.Item
          name="examples"
          label={t("用户会怎么说（每行一句，中英文都写几句）", "What people say (one a line, some in both languages)")}
          rules={[needed]}
        >
          <Input.TextArea rows={5} placeholder={"我想请三天年假\nI'd like to take Friday off"} />
        </Form.Item>
        {failed}
      </Form>
    </Modal>
  );
}
