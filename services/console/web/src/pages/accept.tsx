// The first visit: an invitation becomes an account, or the first owner of the installation gets one.
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Flex, Form, Input, Segmented, Typography } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Problem, call } from "../api/client";
import { PasswordHints, useRules } from "../frame/password";
import type { Me } from "../frame/session";
import { Failed } from "../frame/state";
import { type Language, useSettings, useText } from "../frame/text";

interface Values {
  token: string;
  email: string;
  name?: string;
  password: string;
}

/** The token, out of whatever was pasted: the token alone or the whole link. */
function tokenOf(text: string): string {
  const [, fragment] = text.trim().split("#", 2);
  return (fragment === undefined ? null : new URLSearchParams(fragment).get("token")) ?? text.trim();
}

export default function Accept() {
  const t = useText();
  const { language, setLanguage } = useSettings();
  const queries = useQueryClient();
  const go = useNavigate();
  const { notification } = App.useApp();
  const [form] = Form.useForm<Values>();
  const [given] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token") ?? "");
  const [known, setKnown] = useState(false);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const password = Form.useWatch("password", form) ?? "";
  const email = Form.useWatch("email", form) ?? "";
  const isFit = useRules(password, email).every(({ holds }) => holds);

  const accept = async (values: Values) => {
    setBusy(true);
    setError(undefined);
    try {
      const body = {
        token: tokenOf(values.token),
        email: values.email.trim(),
        password: values.password,
        ...(known ? {} : { name: values.name?.trim(), locale: language }),
      };
      const me = await call<Me>("/admin/v1/accept", { method: "POST", body });
      queries.clear();
      queries.setQueryData(["/admin/v1/me"], me);
      notification.success({
        message: t(`欢迎，${me.person.name}`, `Welcome, ${me.person.name}`),
        description: t(`今后请用 ${me.person.email} 登录。`, `From now on, log in as ${me.person.email}.`),
      });
      go("/skills", { replace: true });
    } catch (problem) {
      const isTaken = !known && problem instanceof Problem && problem.code === "wrong_credentials";
      if (isTaken) setKnown(true);
      setError(
        isTaken
          ? new Error(
              t(
                "这个邮箱在这里已有账户，请输入该账户的密码",
                "This address has an account here already; enter the password of that account",
              ),
            )
          : problem,
      );
    } finally {
      setBusy(false);
    }
  };

  return (
    <Flex align="center" justify="center" style={{ minHeight: "100vh", padding: 16 }}>
      <main style={{ width: 460, maxWidth: "100%" }}>
        <Card>
          <Flex justify="space-between" align="start" gap={8}>
            <Typography.Title level={1} style={{ fontSize: 24, marginTop: 0 }}>
              {t("加入派工", "Join Paigong")}
            </Typography.Title>
            <Segmented<Language>
              aria-label={t("语言", "Language")}
              value={language}
              onChange={setLanguage}
              options={[
                { value: "zh", label: "中文" },
                { value: "en", label: "English" },
              ]}
            />
          </Flex>
          <Typography.Paragraph type="secondary">
            {known
              ? t("用您已有的账户接受邀请。", "Accept the invitation with the account that you have.")
              : t("填写以下内容，您的账户就建好了。", "Fill this in and your account is ready.")}
          </Typography.Paragraph>
          <Form<Values>
            form={form}
            layout="vertical"
            requiredMark={false}
            initialValues={{ token: given }}
            onFinish={(values) => void accept(values)}
            scrollToFirstError
          >
            <Form.Item
              name="token"
              label={t("邀请码", "Invitation code")}
              extra={
                given
                  ? t("已从邀请链接读取", "Read from the link of your invitation")
                  : t("粘贴邀请码或整个邀请链接", "Paste the code, or the whole link of the invitation")
              }
              rules={[{ required: true, message: t("请输入邀请码", "Enter the invitation code") }]}
            >
              <Input autoComplete="off" spellCheck={false} autoFocus={!given} />
            </Form.Item>
            <Form.Item
              name="email"
              label={t("邮箱", "E-mail")}
              extra={t(
                "受邀者请填收到邀请的邮箱，今后用它登录",
                "If you were invited: the address that was invited. You log in with it",
              )}
              rules={[
                { required: true, message: t("请输入邮箱", "Enter your e-mail address") },
                { pattern: /^\s*\S+@\S+\s*$/, message: t("这不是邮箱地址", "This is no e-mail address") },
              ]}
              validateTrigger="onBlur"
            >
              <Input autoComplete="username" inputMode="email" autoFocus={Boolean(given)} maxLength={320} />
            </Form.Item>
            {!known && (
              <Form.Item
                name="name"
                label={t("姓名", "Name")}
                rules={[{ required: true, whitespace: true, message: t("请输入姓名", "Enter your name") }]}
              >
                <Input autoComplete="name" maxLength={200} />
              </Form.Item>
            )}
            <Form.Item
              name="password"
              label={known ? t("您的密码", "Your password") : t("设置密码", "Choose a password")}
              extra={!known && <PasswordHints id="hints" password={password} email={email} />}
              rules={[
                { required: true, message: t("请输入密码", "Enter a password") },
                {
                  validator: () =>
                    known || password === "" || isFit
                      ? Promise.resolve()
                      : Promise.reject(new Error(t("密码还不符合下列要求", "It is not yet what is asked for below"))),
                },
              ]}
              validateTrigger="onBlur"
            >
              <Input.Password
                autoComplete={known ? "current-password" : "new-password"}
                {...(known ? {} : { "aria-describedby": "hints" })}
              />
            </Form.Item>
            {error !== undefined && (
              <div style={{ marginBottom: 16 }}>
                <Failed error={error} />
              </div>
            )}
            <Button type="primary" htmlType="submit" block loading={busy}>
              {t("加入", "Join")}
            </Button>
          </Form>
          <Flex justify="space-between" wrap style={{ marginTop: 16 }}>
            <Button
              type="link"
              size="small"
              style={{ padding: 0 }}
              onClick={() => {
                setKnown(!known);
                setError(undefined);
              }}
            >
              {known
                ? t("我还没有账户", "I have no account yet")
                : t("我在这里已有账户", "I have an account here already")}
            </Button>
            <Button type="link" size="small" style={{ padding: 0 }} onClick={() => go("/skills")}>
              {t("去登录", "Log in instead")}
            </Button>
          </Flex>
        </Card>
      </main>
    </Flex>
  );
}
