// What stands below a list of which there is more.
import { Button, Flex } from "antd";
import type { ReactNode } from "react";
import type { Rest } from "./pages-of";
import { Failed } from "./state";
import { useText } from "./text";

export function More({ of: { more, isMoreLoading, moreFailed }, children }: { of: Rest; children?: ReactNode }) {
  const t = useText();
  if (moreFailed) return <Failed error={moreFailed} {...(more ? { retry: more } : {})} />;
  if (!more) return null;
  return (
    <Flex justify="center" style={{ padding: 12 }}>
      <Button onClick={more} loading={isMoreLoading}>
        {children ?? t("更多", "More")}
      </Button>
    </Flex>
  );
}
