// The queue beside the turn that is looked at.
import { CheckCircleFilled } from "@ant-design/icons";
import { Flex, Typography, theme } from "antd";
import { useEffect, useRef } from "react";
import { More } from "../../frame/more";
import type { Rest } from "../../frame/pages-of";
import { useText } from "../../frame/text";
import { OneLine } from "../talk/show";
import { signalWords } from "../talk/words";
import type { Done } from "./desk";
import type { Item } from "./types";

export function QueueList({
  items,
  done,
  at,
  show,
  rest,
}: {
  items: Item[];
  done: Done;
  at: string;
  show: (turn: string) => void;
  rest: Rest;
}) {
  const t = useText();
  const { token } = theme.useToken();
  const here = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    here.current?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <nav
      aria-label={t("待复核的", "To review")}
      style={{
        maxHeight: "calc(100vh - 300px)",
        minHeight: 320,
        overflow: "auto",
        border: `1px solid ${token.colorBorderSecondary}`,
        borderRadius: token.borderRadiusLG,
        background: token.colorBgContainer,
      }}
    >
      {items.map((item) => {
        const isHere = item.turn === at;
        return (
          <button
            key={item.turn}
            ref={isHere ? here : undefined}
            type="button"
            aria-current={isHere ? "true" : undefined}
            onClick={() => show(item.turn)}
            style={{
              display: "block",
              width: "100%",
              textAlign: "start",
              font: "inherit",
              cursor: "pointer",
              padding: "8px 12px",
              color: token.colorText,
              border: 0,
              borderBottom: `1px solid ${token.colorBorderSecondary}`,
              borderInlineStart: `3px solid ${isHere ? token.colorPrimary : "transparent"}`,
              background: isHere ? token.colorPrimaryBg : "transparent",
            }}
          >
            <Flex gap={6} align="center">
              {item.turn in done && (
                <CheckCircleFilled aria-label={t("已复核", "Done")} style={{ color: token.colorSuccess }} />
              )}
              <div style={{ minWidth: 0 }}>
                <OneLine strong={isHere}>{item.query}</OneLine>
              </div>
            </Flex>
            <Typography.Text type="secondary" ellipsis style={{ fontSize: 12, display: "block" }}>
              {item.signals.length > 0
                ? item.signals.map((signal) => signalWords(t, signal)).join(" · ")
                : t("拿不准", "Unsure")}
            </Typography.Text>
          </button>
        );
      })}
      <More of={rest} />
    </nav>
  );
}
