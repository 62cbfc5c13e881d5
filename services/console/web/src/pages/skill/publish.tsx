// The last look before a draft goes live: what changes, what is wrong, and a note for the history.
import { Alert, App, Button, Checkbox, Drawer, Flex, Form, Input, List, Spin, Typography } from "antd";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Problem, type Schemas, call } from "../../api/client";
import { useGet, usePlace, useRefresh } from "../../frame/session";
import { Failed, Loaded, Nothing } from "../../frame/state";
import { useSettings, useText } from "../../frame/text";
import { useWork } from "../../frame/work";
import type { Draft } from "./draft";
import { Findings } from "./findings";
import { TestReport } from "./report";
import { Tag } from "./tag";

export function Publish({
  skill,
  draft,
  lint,
  open,
  close,
  done,
}: {
  skill: string;
  draft: Draft;
  lint: Schemas["LintReport"] | undefined;
  open: boolean;
  close: () => void;
  done: () => void;
}) {
  const t = useText();
  const { language } = useSettings();
  const { path } = usePlace();
  const { message } = App.useApp();
  const refresh = useRefresh();
  const at = `${path}/skills/${skill}/draft`;
  const diff = useGet<Schemas["DraftDiff"]>(open && draft.revision !== null ? `${at}/diff` : null, {
    revision: draft.revision ?? 0,
  });
  const [note, setNote] = useState("");
  const { run, busy, error, failed } = useWork();
  const [despite, setDespite] = useState(false);
  const hasErrors = lint === undefined || lint.findings.some(({ severity }) => severity === "error");
  const played = useQuery({
    queryKey: [`${at}/test`, draft.revision],
    queryFn: ({ signal }) => call<Schemas["TestReport"]>(`${at}/test`, { method: "POST", signal }),
    enabled: open && draft.revision !== null && !hasErrors,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    placeholderData: keepPreviousData,
  });
  const publish = () =>
    run(async () => {
      const revision = await draft.flush();
      if (revision === null)
        throw new Error(t("草稿还没有保存，不能发布", "The draft isn't saved yet, so it can't be published"));
      const view = await call<Schemas["PublishedView"]>(`${at}/publish`, {
        method: "POST",
        body: { note: note.trim(), despite_failures: despite },
        headers: { "If-Match": `"${revision}"` },
      });
      draft.reset();
      setNote("");
      void message.success(
        t(`第 ${view.version} 版已上线，下一句话起生效`, `Version ${view.version} is live from the next message on`),
      );
      close();
      await refresh(`${path}/skills`);
      done();
    });
  const refused = error instanceof Problem ? error.body : {};
  const findings = (refused["findings"] as Schemas["FindingView"][] | undefined) ?? lint?.findings ?? [];
  const report = (refused["report"] as Schemas["TestReport"] | undefined) ?? played.data;
  const isUntested = report !== undefined && report.failed + report.not_run > 0;
  const blocked = findings.some(({ severity }) => severity === "error");
  return (
    <Drawer
      open={open}
      onClose={close}
      width={560}
      title={t("发布", "Publish")}
      footer={
        <Flex justify="end" gap={8}>
          <Button onClick={close}>{t("再改改", "Not yet")}</Button>
          <Button
            type="primary"
            loading={busy}
            disabled={blocked || (isUntested && !despite) || note.trim() === "" || draft.saving === "conflict"}
            onClick={() => void publish()}
          >
            {t("发布上线", "Publish")}
          </Button>
        </Flex>
      }
    >
      <Flex vertical gap={20}>
        <section>
          <Typography.Title level={3} style={title}>
            {t("改了什么", "What changes")}
          </Typography.Title>
          <Loaded of={diff}>
            {({ differences, is_behind, readable, live_version }) => (
              <Flex vertical gap={8}>
                {is_behind && (
                  <Alert
                    type="warning"
                    showIcon
                    message={t(
                      `开始写之后别的版本上线了（现在是第 ${live_version ?? "—"} 版），发布会盖过它。`,
                      `Another version went live after this was begun (now ${live_version ?? "none"}); publishing replaces it.`,
                    )}
                  />
                )}
                {!readable && (
                  <Alert type="error" showIcon message={t("草稿读不懂，见下", "The draft can't be read; see below")} />
                )}
                {readable && differences.length === 0 && (
                  <Nothing>{t("和线上一样", "The same as what is live")}</Nothing>
                )}
                {differences.length > 0 && (
                  <List
                    size="small"
                    dataSource={differences}
                    pagination={differences.length > 20 ? { pageSize: 20, size: "small" } : false}
                    renderItem={(one) => (
                      <List.Item>
                        <div style={{ overflowWrap: "anywhere" }}>
                          <Tag color={one.kind === "added" ? "green" : one.kind === "removed" ? "red" : "blue"}>
                            {one.kind === "added"
                              ? t("新增", "New")
                              : one.kind === "removed"
                                ? t("删除", "Gone")
                                : t("修改", "Changed")}
                          </Tag>
                          {language === "zh" ? one.zh : one.en}
                        </div>
                      </List.Item>
                    )}
                  />
                )}
              </Flex>
            )}
          </Loaded>
        </section>
        <section>
          <Typography.Title level={3} style={title}>
            {t("检查", "Check")}
          </Typography.Title>
          <Findings findings={findings} lint={lint} />
        </section>
        <section aria-label={t("测试", "Tests")}>
          <Typography.Title level={3} style={title}>
            {t("测试", "Tests")}
          </Typography.Title>
          <Flex vertical gap={8}>
            {hasErrors && (
              <Typography.Text type="secondary">
                {t("改好错误后运行", "They are run once the errors are put right")}
              </Typography.Text>
            )}
            {played.isFetching && !report && (
              <Typography.Text role="status">
                <Spin size="small" /> {t("正在运行测试…", "Running the tests…")}
              </Typography.Text>
            )}
            {played.error && !report && <Failed error={played.error} retry={() => void played.refetch()} />}
            {report && <TestReport report={report} skill={skill} />}
            {isUntested && (
              <Checkbox checked={despite} onChange={(event) => setDespite(event.target.checked)}>
                {t(
                  "我知道有测试没通过，仍要发布（会记入审计）",
                  "I know that tests fail; publish despite that (noted in the audit log)",
                )}
              </Checkbox>
            )}
          </Flex>
        </section>
        <Form layout="vertical">
          <Form.Item
            label={t("说明改了什么（记入历史）", "What is new (kept in the history)")}
            htmlFor="publish-note"
            required
            style={{ margin: 0 }}
          >
            <Input.TextArea
              id="publish-note"
              value={note}
              maxLength={200}
              showCount
              rows={2}
              onChange={(event) => setNote(event.target.value)}
            />
          </Form.Item>
        </Form>
        {failed}
      </Flex>
    </Drawer>
  );
}

const title = { fontSize: 15, marginTop: 0 };
