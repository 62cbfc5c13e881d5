// A short word in a coloured frame; the word itself keeps the contrast of all text.
import { Tag, theme } from "antd";
import type { ReactNode } from "react";

export type Colour = "plain" | "blue" | "green" | "gold" | "red";

export function Mark({ colour = "plain", children }: { colour?: Colour; children: ReactNode }) {
  const { token } = theme.useToken();
  return (
    <Tag {...(colour === "plain" ? {} : { color: colour })} style={{ color: token.colorText, marginInlineEnd: 0 }}>
      {children}
    </Tag>
  );
}
