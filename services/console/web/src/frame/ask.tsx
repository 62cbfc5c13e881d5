// A dialog that asks for one thing.
import { Flex, Input, Modal } from "antd";
import { type ReactNode, useId, useState } from "react";
import { useText } from "./text";
import { useWork } from "./work";

export function Ask({
  title,
  label,
  initial = "",
  maxLength = 200,
  ok,
  cancel,
  danger = false,
  wrong,
  isFit,
  children,
  below,
  onOk,
  close,
}: {
  title: string;
  label: ReactNode;
  initial?: string;
  maxLength?: number;
  /** What the buttons say. */
  ok: string;
  cancel?: string;
  danger?: boolean;
  /** What has to be put right about the text, in words. */
  wrong?: (text: string) => string | undefined;
  /** Whether it can be sent as it is; where not given: whether it is not empty. */
  isFit?: (text: string) => boolean;
  children?: ReactNode;
  /** What the text would do, shown while it is typed. */
  below?: (text: string) => ReactNode;
  /** Gets the text without space around it; the dialog closes when that went well. */
  onOk: (text: string) => unknown;
  close: () => void;
}) {
  const t = useText();
  const id = useId();
  const [text, setText] = useState(initial);
  const work = useWork();
  const trimmed = text.trim();
  const complaint = wrong?.(trimmed);
  const fits = !complaint && (isFit ? isFit(trimmed) : trimmed !== "");
  const send = async () => {
    if (fits && !work.busy && (await work.run(async () => onOk(trimmed)))) close();
  };
  return (
    <Modal
      open
      title={title}
      okText={ok}
      cancelText={cancel ?? t("取消", "Cancel")}
      okButtonProps={{ disabled: !fits, loading: work.busy, danger }}
      maskClosable={false}
      onOk={() => void send()}
      onCancel={close}
    >
      <Flex vertical gap={12}>
        {children}
        <label htmlFor={id}>{label}</label>
        <Input
          id={id}
          autoFocus
          autoComplete="off"
          maxLength={maxLength}
          value={text}
          status={complaint ? "error" : ""}
          aria-describedby={`${id}wrong`}
          onChange={(event) => setText(event.target.value)}
          onPressEnter={(event) => {
            if (!event.nativeEvent.isComposing) void send();
          }}
        />
        <div id={`${id}wrong`} role="status" style={complaint ? {} : { display: "none" }}>
          {complaint}
        </div>
        {fits && below?.(trimmed)}
        {work.failed}
      </Flex>
    </Modal>
  );
}
