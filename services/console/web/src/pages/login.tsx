// The login.
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Flex, Form, Input, Typography } from "antd";
import { call } from "../api/client";
import type { Me } from "../frame/session";
import { useSettings, useText } from "../frame/text";
import { useWork } from "../frame/work";

export function Login() {
  const t = useText();
  const { language, setLanguage } = useSettings();
  const queries = useQueryClient();
  const { run, busy, failed } = useWork();
  const enter = (values: { email: string; password: string }) =>
    run(async () => {
      const me = await call<Me>("/admin/v1/session", { method: "POST", body: values });
      queries.setQueryData(["/admin/v1/me"], me);
    });
  return (
    <Flex align="center" justify="center" style={{ minHeight: "100vh", padding: 16 }}>
      <main style={{ width: 380, maxWidth: "100%" }}>
        <Card>
          <Typography.Title level={1} style={{ fontSize: 24, marginTop: 0 }}>
            {t("派工 · 登录", "Log in to Paigong")}
          </Typography.Title>
          <Form layout="vertical" onFinish={(values) => void enter(values)} requiredMark={false}>
            <Form.Item
              name="email"
              label={t("邮箱", "E-mail")}
              rules={[{ required: true, message: t("请输入邮箱", "Enter your e-mail address") }]}
            >
              <Input autoComplete="username" autoFocus inputMode="email" />
            </Form.Item>
            <Form.Item
              name="password"
              label={t("密码", "Password")}
              rules={[{ required: true, message: t("请输入密码", "Enter your password") }]}
            >
              <Input.Password autoComplete="current-password" />
            </Form.Item>
            {failed && <div style={{ marginBottom: 16 }}>{failed}</div>}
            <Button type="primary" htmlType="submit" block loading={busy}>
              {t("登录", "Log in")}
            </Button>
          </Form>
          <Flex justify="space-between" style={{ marginTop: 16 }}>
            <Typography.Text type="secondary">
              {t("忘记密码？请联系管理员", "Forgotten it? Ask an owner for an invitation")}
            </Typography.Text>
            <Button type="link" size="small" onClick={() => setLanguage(language === "zh" ? "en" : "zh")}>
              {t("English", "中文")}
            </Button>
          </Flex>
        </Card>
      </main>
    </Flex>
  );
}
