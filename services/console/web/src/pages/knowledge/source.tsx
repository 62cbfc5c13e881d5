// One source: its documents, who may read it, and how more get into it.
import { DeleteOutlined, EyeOutlined, LockOutlined, MoreOutlined, TeamOutlined } from "@ant-design/icons";
import { App, Button, Card, Dropdown, Flex, Table, Typography } from "antd";
import { useState } from "react";
import { call } from "../../api/client";
import { Instant } from "../../frame/instant";
import { usePlace, useRefresh } from "../../frame/session";
import { Nothing, words } from "../../frame/state";
import { useText } from "../../frame/text";
import { languageWords } from "../talk/words";
import { Tag } from "../skill/tag";
import { Passages } from "./passages";
import { Readers } from "./readers";
import { type KnowledgeDocument, type Source, addressOf } from "./types";
import { Uploads } from "./uploads";

export function SourceCard({ source }: { source: Source }) {
  const t = useText();
  const { path, may } = usePlace();
  const { message, modal } = App.useApp();
  const refresh = useRefresh();
  const [isEditing, setEditing] = useState(false);
  const [shown, setShown] = useState<KnowledgeDocument>();
  const { documents } = source;
  const remove = (what: string, at: string, about: string) =>
    void modal.confirm({
      title: t(`删除“${what}”？`, `Delete “${what}”?`),
      content: about,
      okText: t("删除", "Delete"),
      cancelText: t("取消", "Cancel"),
      okButtonProps: { danger: true },
      onOk: () =>
        call(`${path}/knowledge/${at}`, { method: "DELETE" })
          .then(() => refresh(`${path}/knowledge`))
          .then(() => void message.success(t("已删除", "Deleted")))
          .catch((error: unknown) => void message.error(words(error))),
    });
  const passages = documents.reduce((sum, { passages }) => sum + passages, 0);
  return (
    <Card
      title={
        <Flex gap={12} align="center" wrap style={{ paddingBlock: 8 }}>
          <h2 style={{ fontSize: 16, margin: 0, overflowWrap: "anywhere" }}>{source.name}</h2>
          <Typography.Text type="secondary" style={{ fontWeight: "normal" }}>
            {t(`${documents.length} 个文档，${passages} 段`, `${documents.length} documents, ${passages} passages`)}
          </Typography.Text>
          {source.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </Flex>
      }
      extra={
        <Flex gap={8} align="center">
          <Typography.Text style={{ fontWeight: "normal" }}>
            {source.requires ? <LockOutlined /> : <TeamOutlined />}{" "}
            {source.requires ? t("限定的人可见", "Some may read it") : t("所有人可见", "Everybody may read it")}
          </Typography.Text>
          {may("editor") && (
            <>
              <Button size="small" onClick={() => setEditing(true)}>
                {t("谁可以看…", "Who may read it…")}
              </Button>
              <Dropdown
                trigger={["click"]}
                menu={{
                  items: [
                    {
                      key: "delete",
                      danger: true,
                      label: t("删除整个来源…", "Delete the whole source…"),
                      onClick: () =>
                        remove(
                          source.name,
                          encodeURIComponent(source.name),
                          t(
                            `其中 ${documents.length} 个文档不再用来回答，无法恢复。`,
                            `Its ${documents.length} documents are no longer answered from. This can't be undone.`,
                          ),
                        ),
                    },
                  ],
                }}
              >
                <Button
                  size="small"
                  icon={<MoreOutlined />}
                  aria-label={t(`${source.name}：更多`, `${source.name}: more`)}
                />
              </Dropdown>
            </>
          )}
        </Flex>
      }
    >
      <Flex vertical gap={16}>
        {may("editor") && <Uploads source={source} />}
        <Table<KnowledgeDocument>
          size="small"
          rowKey="path"
          dataSource={documents}
          scroll={{ x: 760 }}
          pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
          locale={{ emptyText: <Nothing>{t("还没有文档", "No documents yet")}</Nothing> }}
          columns={[
            {
              title: t("文档", "Document"),
              sorter: (a, b) => a.path.localeCompare(b.path),
              render: (_, document) => (
                <div style={{ overflowWrap: "anywhere", minWidth: 180 }}>
                  <Typography.Text strong>{document.title || document.path}</Typography.Text>
                  <div>
                    <Typography.Text type="secondary" style={{ fontSize: 12 }}>
                      {document.path}
                    </Typography.Text>
                  </div>
                  {document.error && <Typography.Text type="danger">{document.error}</Typography.Text>}
                </div>
              ),
            },
            {
              title: t("状态", "State"),
              width: 110,
              render: (_, { state }) =>
                state === "ready" ? (
                  <Tag color="green">{t("可用", "Ready")}</Tag>
                ) : (
                  <Tag color="red">{t("导入失败", "Failed")}</Tag>
                ),
            },
            { title: t("语言", "Language"), width: 90, render: (_, { language }) => languageWords(t, language) },
            {
              title: t("段落", "Passages"),
              width: 90,
              align: "end",
              dataIndex: "passages",
              sorter: (a, b) => a.passages - b.passages,
            },
            { title: t("大小", "Size"), width: 90, align: "end", render: (_, { bytes }) => sizeOf(bytes) },
            {
              title: t("导入时间", "Imported"),
              width: 130,
              render: (_, { imported_at }) => <Instant at={imported_at} />,
            },
            {
              title: "",
              key: "do",
              width: 90,
              render: (_, document) => (
                <Flex gap={4} justify="end">
                  <Button
                    type="text"
                    size="small"
                    icon={<EyeOutlined />}
                    aria-label={t(`看段落：${document.path}`, `See the passages of ${document.path}`)}
                    onClick={() => setShown(document)}
                  />
                  {may("editor") && (
                    <Button
                      type="text"
                      size="small"
                      icon={<DeleteOutlined />}
                      aria-label={t(`删除：${document.path}`, `Delete ${document.path}`)}
                      onClick={() =>
                        remove(
                          document.title || document.path,
                          addressOf(source.name, document.path),
                          t(
                            "不再用它来回答。文件本身还在您手里。",
                            "It is no longer answered from. The file itself is yours.",
                          ),
                        )
                      }
                    />
                  )}
                </Flex>
              ),
            },
          ]}
        />
      </Flex>
      {isEditing && <Readers source={source} close={() => setEditing(false)} />}
      <Passages source={source.name} document={shown} close={() => setShown(undefined)} />
    </Card>
  );
}

/** Bytes as people read them. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(0)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
