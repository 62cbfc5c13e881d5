// Two people wrote at once: both texts, to choose one or make one of both.
import { Alert, Button, Col, Flex, Modal, Row, Spin, Typography } from "antd";
import dayjs from "dayjs";
import { Suspense, lazy, useState } from "react";
import { useText } from "../../frame/text";
import type { Draft } from "./draft";

const Yaml = lazy(() => import("./yaml"));

export function ConflictDialog({ draft }: { draft: Draft }) {
  const t = useText();
  const [mine, setMine] = useState(draft.text);
  const theirs = draft.conflict?.theirs;
  return (
    <Modal
      open
      closable={false}
      keyboard={false}
      width="min(1200px, 96vw)"
      title={t("别人也改了这份草稿", "Somebody else changed this draft too")}
      footer={
        <Flex justify="end" gap={8} wrap>
          {theirs && (
            <Button onClick={() => draft.resolve(theirs.text)}>
              {t("用对方的，丢掉我的", "Take theirs, drop mine")}
            </Button>
          )}
          <Button type="primary" onClick={() => draft.resolve(mine)}>
            {theirs ? t("用左边的文本", "Use the text on the left") : t("存为新草稿", "Keep mine as a new draft")}
          </Button>
        </Flex>
      }
    >
      <Flex vertical gap={12}>
        <Alert
          type="warning"
          showIcon
          message={
            theirs
              ? t(
                  `对方 ${dayjs(theirs.updated_at).format("HH:mm")} 保存的文本在右边，您的在左边，都没有丢。可以把右边的内容并到左边，再选用。`,
                  `What they saved at ${dayjs(theirs.updated_at).format("HH:mm")} is on the right, yours on the left; nothing is lost. Bring over what you need, then choose.`,
                )
              : t(
                  "这份草稿已被发布或丢弃。您写的还在。",
                  "This draft was published or discarded meanwhile. What you wrote is still here.",
                )
          }
        />
        <Suspense fallback={<Spin />}>
          <Row gutter={12}>
            <Col span={theirs ? 12 : 24}>
              <Typography.Text strong>{t("我的（可以改）", "Mine (can be changed)")}</Typography.Text>
              <Yaml text={mine} onChange={setMine} label={t("我的文本", "My text")} height="50vh" />
            </Col>
            {theirs && (
              <Col span={12}>
                <Typography.Text strong>{t("对方的", "Theirs")}</Typography.Text>
                <Yaml text={theirs.text} readOnly label={t("对方的文本", "Their text")} height="50vh" />
              </Col>
            )}
          </Row>
        </Suspense>
      </Flex>
    </Modal>
  );
}
