// The passages of a document, as they are searched.
import { Drawer, Flex, Typography } from "antd";
import { useGet, usePlace } from "../../frame/session";
import { Loaded, Nothing } from "../../frame/state";
import { useText } from "../../frame/text";
import { Said } from "../talk/show";
import { type KnowledgeDocument, addressOf } from "./types";

interface Passage {
  id: string;
  heading: string;
  question?: string | null;
  text: string;
}

/** The server shows so many of a document. */
const MOST = 500;

export function Passages({
  source,
  document,
  close,
}: {
  source: string;
  document: KnowledgeDocument | undefined;
  close: () => void;
}) {
  const t = useText();
  const { path } = usePlace();
  const list = useGet<{ data: Passage[] }>(
    document ? `${path}/knowledge/${addressOf(source, document.path)}/passages` : null,
  );
  return (
    <Drawer open={document !== undefined} onClose={close} width={640} title={document?.title || document?.path}>
      <Loaded of={list}>
        {({ data }) => (
          <Flex vertical gap={16}>
            {data.length === 0 && <Nothing>{t("没有段落", "No passages")}</Nothing>}
            {data.map(({ id, heading, question, text }) => (
              <section key={id}>
                <Typography.Text type="secondary" style={{ overflowWrap: "anywhere" }}>
                  {heading}
                </Typography.Text>
                {question && <Typography.Paragraph strong>{question}</Typography.Paragraph>}
                <Said>{text}</Said>
              </section>
            ))}
            {data.length >= MOST && (
              <Typography.Text type="secondary">
                {t(`只显示前 ${MOST} 段`, `Only the first ${MOST} are shown`)}
              </Typography.Text>
            )}
          </Flex>
        )}
      </Loaded>
    </Drawer>
  );
}
