// One's own name, language and password.
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Flex, Form, Input, Radio, Typography } from "antd";
import type { ReactNode } from "react";
import { call } from "../api/client";
import { Page } from "../frame/page";
import { PasswordHints, useRules } from "../frame/password";
import { type Me, usePlace } from "../frame/session";
import { type Language, useSettings, useText } from "../frame/text";
import { useWork } from "../frame/work";

export default function Profile() {
  const t = useText();
  const { me } = usePlace();
  return (
    <Page
      title={t("个人资料", "Profile")}
      about={t(`您以 ${me.person.email} 登录`, `You are logged in as ${me.person.email}`)}
    >
      <Flex vertical gap={16} style={{ maxWidth: 560 }}>
        <About />
        <Password />
      </Flex>
    </Page>
  );
}

/** Sends a form; what was typed stays if it fails. */
function useSending(path: string) {
  const queries = useQueryClient();
  const { run, busy, failed } = useWork();
  const put = (body: unknown, after: () => void) =>
    run(async () => {
      queries.setQueryData(["/admin/v1/me"], await call<Me>(path, { method: "PUT", body }));
      after();
    });
  const shown: ReactNode = failed && <div style={{ marginBottom: 16 }}>{failed}</div>;
  return { put, busy, shown };
}

function About() {
  const t = useText();
  const { me } = usePlace();
  const { setLanguage } = useSettings();
  const { message } = App.useApp();
  const { put, busy, shown } = useSending("/admin/v1/me");
  const save = ({ name, locale }: { name: string; locale: Language }) =>
    put({ name: name.trim(), locale }, () => {
      setLanguage(locale);
      void message.success(locale === "zh" ? "已保存" : "Saved");
    });
  return (
    <Card title={<h2 style={{ fontSize: 16, fontWeight: 600, margin: 0 }}>{t("姓名与语言", "Name and language")}</h2>}>
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: me.person.name, locale: me.person.locale }}
        onFinish={(values) => void save(values)}
      >
        <Form.Item
          name="name"
          label={t("姓名", "Name")}
          extra={t("同事在待办和审计中看到的名字", "What colleagues see in the inbox and the audit log")}
          rules={[{ required: true, whitespace: true, message: t("请输入姓名", "Enter your name") }]}
        >
          <Input autoComplete="name" maxLength={200} />
        </Form.Item>
        <Form.Item name="locale" label={t("语言", "Language")}>
          <Radio.Group
            options={[
              { value: "zh", label: "中文" },
              { value: "en", label: "English" },
            ]}
          />
        </Form.Item>
        {shown}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("保存", "Save")}
        </Button>
      </Form>
    </Card>
  );
}

function Password() {
  const t = useText();
  const { me } = usePlace();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ current: string; new: string }>();
  const { put, busy, shown } = useSending("/admin/v1/me/password");
  const chosen = Form.useWatch("new", form) ?? "";
  const isFit = useRules(chosen, me.person.email).every(({ holds }) => holds);
  const save = (values: { current: string; new: string }) =>
    put(values, () => {
      form.resetFields();
      void message.success(
        t("密码已修改，其他设备已退出登录", "The password is changed; other devices were logged out"),
      );
    });
  return (
    <Card title={<h2 style={{ fontSize: 16, fontWeight: 600, margin: 0 }}>{t("密码", "Password")}</h2>}>
      <Typography.Paragraph type="secondary">
        {t(
          "修改后，您在其他设备和浏览器上的登录都会结束；这里保持登录。",
          "Changing it logs you out on every other device and browser; here you stay logged in.",
        )}
      </Typography.Paragraph>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => void save(values)}>
        <input type="hidden" name="username" autoComplete="username" value={me.person.email} readOnly />
        <Form.Item
          name="current"
          label={t("当前密码", "Current password")}
          rules={[{ required: true, message: t("请输入当前密码", "Enter your current password") }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="new"
          label={t("新密码", "New password")}
          extra={<PasswordHints id="hints" password={chosen} email={me.person.email} />}
          rules={[
            { required: true, message: t("请输入新密码", "Enter the new password") },
            {
              validator: () =>
                chosen === "" || isFit
                  ? Promise.resolve()
                  : Promise.reject(new Error(t("密码还不符合下列要求", "It is not yet what is asked for below"))),
            },
          ]}
          validateTrigger="onBlur"
        >
          <Input.Password autoComplete="new-password" aria-describedby="hints" />
        </Form.Item>
        {shown}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("修改密码", "Change password")}
        </Button>
      </Form>
    </Card>
  );
}
