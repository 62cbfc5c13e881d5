// The documents that are answered from: sources, who may read them, what a question would find.
import { PlusOutlined } from "@ant-design/icons";
import { Button, Flex } from "antd";
import { useState } from "react";
import { call } from "../api/client";
import { Ask } from "../frame/ask";
import { Page } from "../frame/page";
import { useGet, usePlace, useRefresh } from "../frame/session";
import { Loaded, Nothing } from "../frame/state";
import { useText } from "../frame/text";
import { Search } from "./knowledge/search";
import { SourceCard } from "./knowledge/source";
import { SOURCE_NAME, type Source } from "./knowledge/types";

export default function Knowledge() {
  const t = useText();
  const { path, may } = usePlace();
  const refresh = useRefresh();
  const [isAdding, setAdding] = useState(false);
  const list = useGet<{ data: Source[] }>(`${path}/knowledge`);
  const names = (list.data?.data ?? []).map(({ name }) => name);
  return (
    <Page
      title={t("知识", "Knowledge")}
      about={t(
        "制度、手册、常见问题：用户问起时，从这里找到原文来回答。",
        "Rules, handbooks, questions and answers: what people ask about is answered from these texts.",
      )}
      actions={
        may("editor") && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t("新来源", "New source")}
          </Button>
        )
      }
    >
      <Loaded of={list}>
        {({ data }) => (
          <Flex vertical gap={16}>
            {data.length > 0 && <Search sources={names} />}
            {data.length === 0 && (
              <Nothing>
                {may("editor")
                  ? t(
                      "还没有文档。先建一个来源（如“员工手册”），再把文件拖进去。",
                      "No documents yet. Make a source, such as a handbook, and drop files into it.",
                    )
                  : t("还没有文档", "No documents yet")}
              </Nothing>
            )}
            {data.map((source) => (
              <SourceCard key={source.name} source={source} />
            ))}
          </Flex>
        )}
      </Loaded>
      {isAdding && (
        <Ask
          title={t("新来源", "New source")}
          label={t("名称（小写英文，如 handbook）", "Name (lower case, such as handbook)")}
          maxLength={40}
          ok={t("建立", "Make it")}
          wrong={(name) =>
            name === ""
              ? undefined
              : !SOURCE_NAME.test(name)
                ? t("只用小写字母、数字、_ . -", "Use a–z, 0–9, _ . and - only")
                : names.includes(name)
                  ? t("已有这个来源", "There is such a source already")
                  : undefined
          }
          onOk={async (name) => {
            await call(`${path}/knowledge/${name}`, { method: "PUT", body: { requires: null, tags: [] } });
            await refresh(`${path}/knowledge`);
          }}
          close={() => setAdding(false)}
        >
          {t(
            "一个来源是一组文档，由同一些人查看，例如一本手册。",
            "A source is documents that the same people may read, such as one handbook.",
          )}
        </Ask>
      )}
    </Page>
  );
}
