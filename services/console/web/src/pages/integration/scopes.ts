// What a key may be used for, in words, and the origins of web pages.
import { useText } from "../../frame/text";

export type Scope = "chat" | "runs" | "knowledge" | "webhooks" | "learning" | "widget";

/** The scopes that a server's key may have, in the order in which they are shown. */
export function useScopes(): { value: Scope; label: string; about: string }[] {
  const t = useText();
  return [
    {
      value: "chat",
      label: t("对话", "Chat"),
      about: t("发消息、理解消息、读取对话", "Send messages, understand them, read conversations"),
    },
    {
      value: "runs",
      label: t("任务与待办", "Runs and inbox"),
      about: t("查看、取消任务，处理人工待办", "Look at runs, cancel them, do what people are asked to do"),
    },
    {
      value: "knowledge",
      label: t("文档", "Documents"),
      about: t("导入、搜索、删除用来作答的文档", "Import, search and delete the documents to answer from"),
    },
    {
      value: "webhooks",
      label: t("事件通知", "Webhooks"),
      about: t("登记接收事件的地址", "Say where events are sent to"),
    },
    {
      value: "learning",
      label: t("学习", "Learning"),
      about: t("处理学习建议，查看大模型用量", "Decide about suggestions, see what the language model costs"),
    },
  ];
}

/** The most pages' origins of one key. */
export const ORIGINS = 20;

/** The origins that a text names, one a line, as browsers write them; and the lines that name none. */
export function originsOf(text: string): { origins: string[]; wrong: string[] } {
  const origins = new Set<string>();
  const wrong: string[] = [];
  for (const line of text.split(/[\s,，]+/).filter(Boolean)) {
    const url = URL.canParse(line) ? new URL(line) : undefined;
    if (url && (url.protocol === "https:" || url.protocol === "http:")) origins.add(url.origin);
    else wrong.push(line);
  }
  return { origins: [...origins], wrong };
}
