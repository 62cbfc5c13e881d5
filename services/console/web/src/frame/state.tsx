// What a page shows while it has nothing else to show: that it is loading, that it failed, that there is nothing.
import { Alert, Button, Empty, Skeleton } from "antd";
import type { ReactNode } from "react";
import { Problem } from "../api/client";
import { useText } from "./text";

interface Loading<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** Shows `children` of what was loaded; or that it is under way, or why it failed. */
export function Loaded<T>({ of, children }: { of: Loading<T>; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Failed error={of.error} retry={() => void of.refetch()} />;
  return <Skeleton active paragraph={{ rows: 6 }} />;
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useText();
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      message={words(error)}
      action={retry && <Button onClick={retry}>{t("重试", "Try again")}</Button>}
    />
  );
}

export function Nothing({ children }: { children: ReactNode }) {
  return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={children} />;
}

/** An error in words for people. */
export function words(error: unknown): string {
  return error instanceof Problem || error instanceof Error ? error.message : String(error);
}
