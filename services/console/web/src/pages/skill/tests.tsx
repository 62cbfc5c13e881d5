// Conversation tests of a skill: what is said, what must come of it, and what comes of it with the draft.
import { PlayCircleOutlined, PlusOutlined, SaveOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Spin, Typography } from "antd";
import { Suspense, lazy, useState } from "react";
import { stringify } from "yaml";
import { Problem, type Schemas, call } from "../../api/client";
import { usePlace } from "../../frame/session";
import { Loaded } from "../../frame/state";
import { useText } from "../../frame/text";
import { useWork } from "../../frame/work";
import type { Draft } from "./draft";
import { documentOf } from "./document";
import { dataAt } from "./fields";
import { Findings } from "./findings";
import { plain } from "./marks";
import { TestReport } from "./report";
import type { Tests } from "./testing";

const Yaml = lazy(() => import("./yaml"));

/** Something to begin with: that an example is understood as this skill. */
function beginning(skill: string, text: string): string {
  const document = documentOf(text);
  const examples = document ? (dataAt<unknown[]>(document, ["examples"]) ?? []) : [];
  const said = plain(String(examples[0] ?? "…"));
  return stringify({ tests: [{ name: said, user: "E1001", turns: [{ user: said, skill }] }] }, { lineWidth: 0 });
}

export function TestsPanel({ skill, draft, tests }: { skill: string; draft: Draft; tests: Tests }) {
  const t = useText();
  const { path, may } = usePlace();
  const running = useWork();
  const [report, setReport] = useState<Schemas["TestReport"]>();
  const isEditor = may("editor");
  const run = () =>
    running.run(async () => {
      setReport(undefined);
      tests.work.forget();
      await tests.flush();
      if ((await draft.flush()) === null)
        throw new Error(t("草稿还没有保存，暂时不能运行", "The draft isn't saved yet, so they can't be run"));
      setReport(await call<Schemas["TestReport"]>(`${path}/skills/${skill}/draft/test`, { method: "POST" }));
    });
  const refused =
    running.error instanceof Problem ? (running.error.body["findings"] as Schemas["FindingView"][] | undefined) : [];
  const isEmpty = tests.text.trim() === "";
  return (
    <Flex vertical gap={12}>
      <Typography.Text type="secondary">
        {t(
          "写下用户说什么、应当得到什么。发布前会自动运行；其他技能的测试也一起运行。运行时做的事都会撤销。",
          "Write what is said and what must come of it. They are run before publishing, with those of the other skills. Whatever they do is taken back.",
        )}
      </Typography.Text>
      <Loaded of={tests.of}>
        {() => (
          <>
            {tests.theirs && (
              <Alert
                type="warning"
                showIcon
                message={t(
                  "别人也改了这些测试，您写的还没有存",
                  "Somebody else changed these tests; yours are not stored yet",
                )}
                description={
                  <Flex vertical gap={8}>
                    <Suspense fallback={<Spin />}>
                      <Yaml text={tests.theirs.text} readOnly label={t("对方的测试", "Their tests")} height="24vh" />
                    </Suspense>
                    <Flex gap={8} wrap>
                      <Button onClick={tests.takeTheirs}>{t("用对方的，丢掉我的", "Take theirs, drop mine")}</Button>
                      <Button onClick={() => void tests.overwrite()}>
                        {t("用我的，盖过对方的", "Keep mine, over theirs")}
                      </Button>
                    </Flex>
                  </Flex>
                }
              />
            )}
            {isEmpty && (
              <Flex gap={12} align="center" wrap>
                <span>{t("还没有测试。", "No tests yet.")}</span>
                {isEditor && (
                  <Button icon={<PlusOutlined />} onClick={() => tests.setText(beginning(skill, draft.text))}>
                    {t("从第一条例句开始", "Begin with the first example")}
                  </Button>
                )}
              </Flex>
            )}
            {(!isEmpty || isEditor) && (
              <Suspense fallback={<Spin />}>
                <Yaml
                  text={tests.text}
                  onChange={tests.setText}
                  findings={tests.findings}
                  readOnly={!isEditor}
                  label={t("测试的 YAML 文本", "The tests as YAML")}
                  height="auto"
                />
              </Suspense>
            )}
            {tests.findings.length > 0 && <Findings findings={tests.findings} />}
            {isEditor && (
              <Flex gap={8} align="center" wrap>
                <Button type="primary" icon={<PlayCircleOutlined />} loading={running.busy} onClick={() => void run()}>
                  {t("运行测试", "Run the tests")}
                </Button>
                <Button
                  icon={<SaveOutlined />}
                  disabled={!tests.isChanged}
                  loading={tests.work.busy}
                  onClick={() => {
                    running.forget();
                    void tests.work.run(tests.flush);
                  }}
                >
                  {t("保存测试", "Save the tests")}
                </Button>
                <Typography.Text type="secondary" role="status">
                  {tests.isChanged
                    ? t("有改动没有保存（留在本机）", "Changes not saved yet (kept in this browser)")
                    : ""}
                </Typography.Text>
              </Flex>
            )}
            {tests.findings.length === 0 && !tests.theirs && tests.work.failed}
            {refused && refused.length > 0 ? (
              <Flex vertical gap={8}>
                <Alert
                  type="error"
                  showIcon
                  message={t("草稿有错误，先改好再运行", "The draft has errors; put them right first")}
                />
                <Findings findings={refused} />
              </Flex>
            ) : (
              tests.findings.length === 0 && !tests.theirs && running.failed
            )}
            {report && <TestReport report={report} skill={skill} />}
          </>
        )}
      </Loaded>
    </Flex>
  );
}
