// The first steps of somebody new: from a skill that is there to a changed one that is live. Shown until it is closed.
import { CloseOutlined } from "@ant-design/icons";
import { Alert, Flex, Typography } from "antd";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { useText } from "../../frame/text";

const CLOSED = "paigong.first-steps";

export function FirstSteps({ skill, title }: { skill: string; title: string }) {
  const t = useText();
  const [isClosed, setClosed] = useState(() => localStorage.getItem(CLOSED) !== null);
  if (isClosed) return null;
  const steps: ReactNode[] = [
    <>
      {t("打开一个技能，例如 ", "Open a skill, such as ")}
      <Link to={`/skills/${skill}`} style={{ textDecoration: "underline" }}>
        {title}
      </Link>
      {t("。", ".")}
    </>,
    t(
      "改点什么：在“用户怎么说”里加一句您的同事会说的话，或改一句回答。改动自动存成草稿，线上不变。",
      "Change something: add a sentence that your colleagues would say under “What people say”, or change the answer. It is saved as a draft; what is live stays as it is.",
    ),
    t(
      "在右边“试一试”里把这句话说给草稿听，看它怎么理解、为什么。试的时候做的事都会撤回。",
      "Say the sentence to the draft under “Try it”, and see how it is understood and why. Whatever it does there is taken back.",
    ),
    t(
      "点“发布…”，看一遍差异，写一句说明，发布。从下一条消息起生效；随时可在“历史”里退回。",
      "Press “Publish…”, read what changes, write a note, publish. It is live from the next message on; “History” takes you back at any time.",
    ),
  ];
  return (
    <Alert
      type="info"
      closable={{
        closeIcon: <CloseOutlined aria-hidden />,
        "aria-label": t("收起“第一次使用”", "Close the first steps"),
      }}
      onClose={() => {
        localStorage.setItem(CLOSED, "closed");
        setClosed(true);
      }}
      message={<Typography.Text strong>{t("第一次使用？四步上手", "New here? Four steps")}</Typography.Text>}
      description={
        <Flex vertical component="ol" gap={4} style={{ margin: 0, paddingInlineStart: 20 }}>
          {steps.map((step, index) => (
            <li key={index}>{step}</li>
          ))}
        </Flex>
      }
    />
  );
}
