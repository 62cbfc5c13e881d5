// What came of conversation tests: the first wrong turn of each that failed, then those that passed.
import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import { Alert, Card, Collapse, Flex, Typography, theme } from "antd";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { useText } from "../../frame/text";
import { Said } from "../talk/show";
import { Tag } from "./tag";

type Report = Schemas["TestReport"];

export function TestReport({ report, skill }: { report: Report; skill: string }) {
  const t = useText();
  const { token } = theme.useToken();
  const failed = report.tests.filter(({ passed }) => !passed);
  const passed = report.tests.filter(({ passed }) => passed);
  const isGood = failed.length === 0 && report.not_run === 0;
  const other = (of: string) => of !== skill && <Tag>{of}</Tag>;
  return (
    <Flex vertical gap={8}>
      <Alert
        type={isGood ? "success" : failed.length > 0 ? "error" : "warning"}
        showIcon
        role="status"
        message={
          report.tests.length === 0 && isGood
            ? t("还没有测试", "There are no tests yet")
            : isGood
              ? t(
                  `${report.passed} 个测试全部通过`,
                  report.passed === 1 ? "The test passes" : `All ${report.passed} tests pass`,
                )
              : t(
                  `${report.failed} 个测试没通过，${report.passed} 个通过`,
                  `${report.failed} failed, ${report.passed} passed`,
                )
        }
        description={report.note}
      />
      {failed.map((test, index) => (
        <Card
          key={index}
          size="small"
          title={
            <Flex gap={8} align="center" wrap>
              <CloseCircleFilled style={{ color: token.colorError }} aria-label={t("没通过", "Fails")} />
              <span style={{ whiteSpace: "normal", overflowWrap: "anywhere", minWidth: 0 }}>{test.name}</span>
              {other(test.skill)}
            </Flex>
          }
        >
          <Flex vertical gap={8}>
            <Line label={test.turn ? t(`第 ${test.turn} 句说`, `Message ${test.turn}`) : t("最后", "At the end")}>
              <Said>{test.said ?? ""}</Said>
            </Line>
            <Line label={t("不对的地方", "What is wrong")}>
              <ul style={{ margin: 0, paddingInlineStart: 18 }}>
                {test.differences.map((words, index) => (
                  <li key={index} style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
                    {words}
                  </li>
                ))}
              </ul>
            </Line>
            {test.reply && (
              <Line label={t("实际回答", "It answered")}>
                <Said>{test.reply}</Said>
              </Line>
            )}
          </Flex>
        </Card>
      ))}
      {passed.length > 0 && (
        <Collapse
          size="small"
          items={[
            {
              key: "passed",
              label: t(`通过的 ${passed.length} 个`, `Passed: ${passed.length}`),
              children: (
                <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
                  {passed.map(({ name, skill }, index) => (
                    <li key={index} style={{ overflowWrap: "anywhere" }}>
                      <CheckCircleFilled style={{ color: token.colorSuccess, marginInlineEnd: 8 }} aria-hidden />
                      {name} {other(skill)}
                    </li>
                  ))}
                </ul>
              ),
            },
          ]}
        />
      )}
    </Flex>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Typography.Text type="secondary">{label}</Typography.Text>
      <div>{children}</div>
    </div>
  );
}
