// Files and folders dropped into a source, sent one after the other, each with what became of it.
import { CheckCircleFilled, CloseCircleFilled, FolderOpenOutlined, InboxOutlined } from "@ant-design/icons";
import { Button, Flex, Progress, Spin, Typography, Upload, theme } from "antd";
import { useRef, useState } from "react";
import { type Schemas, call } from "../../api/client";
import { usePlace, useRefresh } from "../../frame/session";
import { words } from "../../frame/state";
import { useText } from "../../frame/text";
import { type Source, addressOf } from "./types";

const KINDS = [".md", ".markdown", ".html", ".htm", ".txt", ".csv", ".pdf"];
/** What the server takes of one file. */
const MOST_BYTES = 20 * 1_048_576;

interface Sending {
  path: string;
  file: File;
  state: "waiting" | "sending" | "done" | "failed";
  words?: string;
}

export function Uploads({ source }: { source: Source }) {
  const t = useText();
  const { path } = usePlace();
  const refresh = useRefresh();
  const { token } = theme.useToken();
  const [files, setFiles] = useState<Sending[]>([]);
  const queue = useRef<Sending[]>([]);
  const isBusy = useRef(false);
  const update = (one: Sending, change: Partial<Sending>) =>
    setFiles((files) => files.map((file) => (file.path === one.path ? { ...file, ...change } : file)));
  const refused = (file: File): string | undefined =>
    !KINDS.some((kind) => file.name.toLowerCase().endsWith(kind))
      ? t(`读不了这种文件，请用 ${KINDS.join(" ")}`, `Files of this kind can't be read; use ${KINDS.join(" ")}`)
      : file.size > MOST_BYTES
        ? t("超过 20 MB，请拆成几个文件", "Larger than 20 MB; cut it into several files")
        : undefined;
  const send = async () => {
    if (isBusy.current) return;
    isBusy.current = true;
    for (let one = queue.current.shift(); one; one = queue.current.shift()) {
      update(one, { state: "sending" });
      try {
        const at = `${path}/knowledge/${addressOf(source.name, one.path)}`;
        const done = await call<Schemas["Imported"]>(at, { method: "PUT", body: one.file });
        const said =
          done.outcome === "unchanged"
            ? t("没有变化", "unchanged")
            : t(`${done.passages ?? 0} 段`, `${done.passages ?? 0} passages`);
        update(one, { state: "done", words: said });
      } catch (error) {
        update(one, { state: "failed", words: words(error) });
      }
    }
    isBusy.current = false;
    await refresh(`${path}/knowledge`);
  };
  const take = (file: File) => {
    // A folder that was chosen is part of its files' paths; the folder itself is not.
    const within = (file.webkitRelativePath || file.name).split("/");
    const place = within.length > 1 ? within.slice(1).join("/") : file.name;
    if (file.name.startsWith(".")) return;
    const problem = refused(file);
    const one: Sending = {
      path: place,
      file,
      state: problem ? "failed" : "waiting",
      ...(problem ? { words: problem } : {}),
    };
    setFiles((files) => [...files.filter((other) => other.path !== place), one]);
    if (problem) return;
    queue.current.push(one);
    void send();
  };
  const ended = files.filter(({ state }) => state === "done" || state === "failed").length;
  const failed = files.filter(({ state }) => state === "failed").length;
  const props = {
    multiple: true,
    showUploadList: false,
    beforeUpload: (file: File) => {
      take(file);
      return false;
    },
  };
  return (
    <Flex vertical gap={12}>
      <Upload.Dragger {...props} accept={KINDS.join(",")} pastable={false}>
        <Flex gap={12} align="center" justify="center" wrap>
          <InboxOutlined style={{ fontSize: 22 }} />
          <span>
            {t(
              `把文件拖到这里（可以多个），或点击选择：Markdown、HTML、文本、PDF、CSV 问答`,
              "Drop files here, as many as you like, or click: Markdown, HTML, text, PDF, CSV of questions",
            )}
          </span>
        </Flex>
      </Upload.Dragger>
      <Upload {...props} directory>
        <Button size="small" icon={<FolderOpenOutlined />}>
          {t("选择整个文件夹", "Choose a whole folder")}
        </Button>
      </Upload>
      {files.length > 0 && (
        <div role="group" aria-label={t("上传", "Uploads")}>
          <Flex gap={12} align="center">
            <Progress
              percent={Math.round((ended / files.length) * 100)}
              status={failed > 0 ? "exception" : ended === files.length ? "success" : "active"}
              showInfo={false}
              aria-label={t("上传进度", "Progress of the uploads")}
            />
            <span style={{ whiteSpace: "nowrap" }}>{`${ended} / ${files.length}`}</span>
            <Button size="small" disabled={ended < files.length} onClick={() => setFiles([])}>
              {t("收起", "Close")}
            </Button>
          </Flex>
          <ul
            tabIndex={0}
            aria-label={t("每个文件", "Each file")}
            style={{ listStyle: "none", margin: 0, padding: 0, maxHeight: 220, overflow: "auto" }}
          >
            {[...files]
              .sort((a, b) => Number(b.state === "failed") - Number(a.state === "failed"))
              .map((file) => (
                <li key={file.path} style={{ overflowWrap: "anywhere", paddingBlock: 2 }}>
                  <Flex gap={8} align="start">
                    {file.state === "failed" ? (
                      <CloseCircleFilled
                        style={{ color: token.colorError, marginTop: 4 }}
                        aria-label={t("失败", "Failed")}
                      />
                    ) : file.state === "done" ? (
                      <CheckCircleFilled
                        style={{ color: token.colorSuccess, marginTop: 4 }}
                        aria-label={t("完成", "Done")}
                      />
                    ) : file.state === "sending" ? (
                      <Spin size="small" />
                    ) : (
                      <span style={{ width: 14 }} />
                    )}
                    <span>
                      {file.path}{" "}
                      <Typography.Text type={file.state === "failed" ? "danger" : "secondary"}>
                        {file.state === "waiting" ? t("等待", "waiting") : file.words}
                      </Typography.Text>
                    </span>
                  </Flex>
                </li>
              ))}
          </ul>
        </div>
      )}
    </Flex>
  );
}
