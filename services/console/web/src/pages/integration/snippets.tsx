// Code to begin with, in three languages.
import { Card, Segmented, Typography } from "antd";
import { useState } from "react";
import { Copyable } from "../../frame/once";
import { usePlace } from "../../frame/session";
import { useText } from "../../frame/text";

type Kind = "curl" | "python" | "typescript";

/** Code that sends one message and goes on with the conversation. */
function snippet(kind: Kind, address: string, query: string): string {
  if (kind === "curl")
    return `curl ${address}/v1/chat-messages \\
  -H "Authorization: Bearer $PAIGONG_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"user": "E1001", "query": "${query}"}'`;
  if (kind === "python")
    return `import json, os, urllib.request

def say(user, query, conversation=None):
    body = {"user": user, "query": query, "conversation_id": conversation}
    request = urllib.request.Request(
        "${address}/v1/chat-messages",
        data=json.dumps(body).encode(),
        headers={
            "Authorization": "Bearer " + os.environ["PAIGONG_KEY"],
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)

first = say("E1001", "${query}")
print(first["answer"])
# conversation_id: goes on with the same conversation
# say("E1001", "…", first["conversation_id"])`;
  return `async function say(user: string, query: string, conversation?: string) {
  const response = await fetch("${address}/v1/chat-messages", {
    method: "POST",
    headers: {
      Authorization: \`Bearer \${process.env.PAIGONG_KEY}\`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ user, query, conversation_id: conversation }),
  });
  if (!response.ok) throw new Error((await response.json()).detail);
  return response.json();
}

const first = await say("E1001", "${query}");
console.log(first.answer);
// conversation_id: goes on with the same conversation
// await say("E1001", "…", first.conversation_id);`;
}

export function Snippets() {
  const t = useText();
  const { app } = usePlace();
  const [kind, setKind] = useState<Kind>("curl");
  const query = app.language === "zh" ? "下周三到周五请年假" : "where is my order SO-20318";
  return (
    <Card
      title={
        <h2 style={{ fontSize: 16, fontWeight: 600, margin: 0 }}>
          {t("从您的服务器调用", "Call it from your server")}
        </h2>
      }
    >
      <Typography.Paragraph type="secondary">
        {t(
          "把密钥放进环境变量 PAIGONG_KEY，只在您的服务器上使用，不要写进网页或手机应用。user 是您系统中用户的编号，同一用户始终相同。",
          "Put the key into the environment variable PAIGONG_KEY. Use it on your server only, never in a web page or a phone's app. user is the user's id in your system, always the same for the same person.",
        )}
      </Typography.Paragraph>
      <Segmented<Kind>
        aria-label={t("编程语言", "Programming language")}
        value={kind}
        onChange={setKind}
        options={[
          { value: "curl", label: "curl" },
          { value: "python", label: "Python" },
          { value: "typescript", label: "TypeScript" },
        ]}
        style={{ marginBottom: 12 }}
      />
      <Copyable code text={snippet(kind, location.origin, query)} label={t("示例代码", "Example code")} />
    </Card>
  );
}
