// What a question would find, and whether it would be answered.
import { Alert, Card, Flex, Input, Select, Typography } from "antd";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useGet, usePlace } from "../../frame/session";
import { Loaded, Nothing } from "../../frame/state";
import { useText } from "../../frame/text";
import { Said } from "../talk/show";
import { Tag } from "../skill/tag";

export function Search({ sources }: { sources: string[] }) {
  const t = useText();
  const { path } = usePlace();
  const [asked, setAsked] = useState("");
  const [source, setSource] = useState<string>();
  const found = useGet<Schemas["SearchResult"]>(asked ? `${path}/knowledge/search` : null, {
    q: asked,
    source,
    limit: 5,
  });
  return (
    <Card
      size="small"
      title={<h2 style={{ fontSize: 15, margin: 0 }}>{t("试着问一句", "Ask a question")}</h2>}
      role="search"
      aria-label={t("试着问一句", "Ask a question")}
    >
      <Flex vertical gap={12}>
        <Flex gap={8} wrap>
          <Input.Search
            style={{ flex: "1 1 320px" }}
            maxLength={2000}
            allowClear
            aria-label={t("问题", "Question")}
            placeholder={t("像用户那样问，如：出差住酒店能报多少", "As people would ask: how much may a hotel cost")}
            enterButton={t("查找", "Search")}
            onSearch={(text) => setAsked(text.trim())}
          />
          {sources.length > 1 && (
            <Select
              allowClear
              style={{ width: 180 }}
              aria-label={t("来源", "Source")}
              placeholder={t("所有来源", "All sources")}
              value={source ?? null}
              onChange={(value: string | null) => setSource(value ?? undefined)}
              options={sources.map((value) => ({ value, label: value }))}
            />
          )}
        </Flex>
        {asked && (
          <Loaded of={found}>
            {({ answerable, data }) => (
              <Flex vertical gap={12} aria-live="polite">
                {data.length === 0 ? (
                  <Nothing>{t("什么也没找到", "Nothing was found")}</Nothing>
                ) : (
                  <Alert
                    type={answerable ? "success" : "warning"}
                    showIcon
                    message={
                      answerable
                        ? t("会用找到的内容回答", "This would be answered from what was found")
                        : t(
                            "把握不够：会说“文档里没有查到”，不会拿下面的内容回答",
                            "Not sure enough: it would say that the documents do not tell, and use none of these",
                          )
                    }
                  />
                )}
                <ol style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 12 }}>
                  {data.map(({ id, source, heading, title, path, text, confidence }) => (
                    <li key={id}>
                      <Flex gap={8} align="center" wrap>
                        <Typography.Text strong style={{ overflowWrap: "anywhere" }}>
                          {heading || title}
                        </Typography.Text>
                        <Tag>{source}</Tag>
                        <Typography.Text type="secondary" style={{ overflowWrap: "anywhere" }}>
                          {path}
                        </Typography.Text>
                        <Typography.Text type="secondary" style={{ whiteSpace: "nowrap" }}>
                          {t(`把握 ${Math.round(confidence * 100)}%`, `${Math.round(confidence * 100)}% sure`)}
                        </Typography.Text>
                      </Flex>
                      <Said>{text}</Said>
                    </li>
                  ))}
                </ol>
              </Flex>
            )}
          </Loaded>
        )}
      </Flex>
    </Card>
  );
}
