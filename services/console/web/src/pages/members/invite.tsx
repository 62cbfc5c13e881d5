// Inviting somebody: an address and a role, and then a link to hand over.
import { App, Flex, Form, Input, Modal, Radio, Typography } from "antd";
import { useState } from "react";
import { type Schemas, call } from "../../api/client";
import { useInstant } from "../../frame/instant";
import { Once } from "../../frame/once";
import { useRoles } from "../../frame/roles";
import { type Role, usePlace, useRefresh } from "../../frame/session";
import { useText } from "../../frame/text";
import { useWork } from "../../frame/work";

type Invitation = Schemas["InvitationView"];

export function Invite({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useText();
  const { exact } = useInstant();
  const { tenantPath } = usePlace();
  const refresh = useRefresh();
  const roles = useRoles();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ email: string; role: Role }>();
  const [made, setMade] = useState<Invitation>();
  const { run, busy, failed } = useWork();
  const invite = ({ email, role }: { email: string; role: Role }) =>
    run(async () => {
      const body = { email: email.trim(), role };
      setMade(await call<Invitation>(`${tenantPath}/invitations`, { method: "POST", body }));
      form.resetFields();
      onClose();
      void message.success(t("邀请已创建", "The invitation is made"));
      void refresh(`${tenantPath}/invitations`);
    });
  return (
    <>
      <Modal
        title={t("邀请成员", "Invite somebody")}
        open={open}
        onCancel={onClose}
        okText={t("创建邀请链接", "Make a link")}
        confirmLoading={busy}
        onOk={() => form.submit()}
      >
        <Form
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ role: "viewer" }}
          onFinish={(values) => void invite(values)}
        >
          <Form.Item
            name="email"
            label={t("邮箱", "E-mail")}
            extra={t(
              "系统不发送邮件：您会得到一个链接，由您转交",
              "No mail is sent: you get a link, and hand it over yourself",
            )}
            rules={[
              { required: true, message: t("请输入邮箱", "Enter an e-mail address") },
              { pattern: /^\s*\S+@\S+\s*$/, message: t("这不是邮箱地址", "This is no e-mail address") },
            ]}
            validateTrigger="onBlur"
          >
            <Input inputMode="email" autoComplete="off" maxLength={320} autoFocus />
          </Form.Item>
          <Form.Item name="role" label={t("角色", "Role")}>
            <Radio.Group>
              <Flex vertical gap={8}>
                {roles.map(({ value, label, may }) => (
                  <Radio key={value} value={value}>
                    {label} <Typography.Text type="secondary">{may}</Typography.Text>
                  </Radio>
                ))}
              </Flex>
            </Radio.Group>
          </Form.Item>
          {failed}
        </Form>
      </Modal>
      <Once
        title={t("邀请链接", "The invitation's link")}
        label={t("邀请链接", "Invitation link")}
        text={made?.token ? `${location.origin}/admin/accept#token=${made.token}` : undefined}
        onClose={() => setMade(undefined)}
      >
        {made &&
          t(
            `把链接交给 ${made.email}，有效期至 ${exact(made.expires_at)}，只能使用一次。此前给同一邮箱的邀请已失效。`,
            `Hand it to ${made.email}. It works once, until ${exact(made.expires_at)}. An earlier invitation of this address is void.`,
          )}
      </Once>
    </>
  );
}
