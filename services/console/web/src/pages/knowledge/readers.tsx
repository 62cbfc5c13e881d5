// Who may read a source: everybody, or those of whom a condition holds.
import { Flex, Form, Input, Modal, Radio, Select, Typography } from "antd";
import { useId, useState } from "react";
import { call } from "../../api/client";
import { usePlace, useRefresh } from "../../frame/session";
import { useText } from "../../frame/text";
import { useWork } from "../../frame/work";
import type { Source } from "./types";

const EXAMPLES = [
  ["context.user != null", "已登录的用户", "whoever is logged in"],
  ['context.role == "hr"', "角色是 hr 的人", "those whose role is hr"],
  ['context.department in ["sales", "service"]', "销售和服务部门", "sales and service"],
] as const;

export function Readers({ source, close }: { source: Source; close: () => void }) {
  const t = useText();
  const id = useId();
  const { path } = usePlace();
  const refresh = useRefresh();
  const [isLimited, setLimited] = useState(Boolean(source.requires));
  const [requires, setRequires] = useState(source.requires ?? "");
  const [tags, setTags] = useState(source.tags);
  const { run, busy, failed } = useWork();
  const save = async () => {
    const body = { requires: isLimited ? requires.trim() : null, tags };
    const saved = await run(async () => {
      await call(`${path}/knowledge/${encodeURIComponent(source.name)}`, { method: "PUT", body });
      await refresh(`${path}/knowledge`);
    });
    if (saved) close();
  };
  return (
    <Modal
      open
      title={t(`谁可以看“${source.name}”`, `Who may read “${source.name}”`)}
      okText={t("保存", "Save")}
      cancelText={t("取消", "Cancel")}
      okButtonProps={{ loading: busy, disabled: isLimited && requires.trim() === "" }}
      onOk={() => void save()}
      onCancel={close}
    >
      <Form layout="vertical" component={false}>
        <Flex vertical gap={12}>
          <Radio.Group
            aria-label={t("谁可以看", "Who may read it")}
            value={isLimited}
            onChange={(event) => setLimited(event.target.value as boolean)}
          >
            <Flex vertical gap={8}>
              <Radio value={false}>{t("所有人", "Everybody")}</Radio>
              <Radio value={true}>{t("满足条件的人", "Those of whom a condition holds")}</Radio>
            </Flex>
          </Radio.Group>
          {isLimited && (
            <>
              <Form.Item label={t("条件", "Condition")} htmlFor={`${id}requires`} style={{ margin: 0 }}>
                <Input.TextArea
                  id={`${id}requires`}
                  autoFocus
                  spellCheck={false}
                  maxLength={1000}
                  autoSize={{ minRows: 1, maxRows: 6 }}
                  style={{ fontFamily: "ui-monospace, monospace" }}
                  value={requires}
                  onChange={(event) => setRequires(event.target.value)}
                />
              </Form.Item>
              <Typography.Text type="secondary">
                {t(
                  "context 是接入方随每句话告诉系统的用户身份。不满足条件的人问起，就像没有这些文档。例如：",
                  "context is what your product says of the user with each message. To others it is as if these documents did not exist. Such as:",
                )}
              </Typography.Text>
              <ul style={{ margin: 0, paddingInlineStart: 18 }}>
                {EXAMPLES.map(([text, zh, en]) => (
                  <li key={text}>
                    <Typography.Text code>{text}</Typography.Text> {t(zh, en)}
                  </li>
                ))}
              </ul>
            </>
          )}
          <Form.Item label={t("标签（可不填）", "Tags (optional)")} htmlFor={`${id}tags`} style={{ margin: 0 }}>
            <Select
              id={`${id}tags`}
              mode="tags"
              open={false}
              suffixIcon={null}
              maxCount={20}
              value={tags}
              onChange={(tags: string[]) => setTags(tags)}
            />
          </Form.Item>
          {failed}
        </Flex>
      </Form>
    </Modal>
  );
}
