// The conversation as a test: added to those of its skill, to copy, or to save as a file.
import { CopyOutlined, DownloadOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Flex, Modal, Select, Typography, theme } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { isSeq, parseDocument } from "yaml";
import { type Schemas, call } from "../../api/client";
import { useGet, usePlace, useRefresh } from "../../frame/session";
import { Loaded } from "../../frame/state";
import { useText } from "../../frame/text";
import { useWork } from "../../frame/work";
import { useSkillNames } from "../talk/pages";
import { save } from "../talk/show";

/** The tests with more behind them; null where they can't be read. */
function withMore(text: string, more: string): string | null {
  if (text.trim() === "") return more;
  const [tests, fresh] = [parseDocument(text), parseDocument(more)];
  const [list, added] = [tests.get("tests", true), fresh.get("tests", true)];
  if (tests.errors.length > 0 || !isSeq(list) || !isSeq(added)) return null;
  list.items.push(...added.items);
  return tests.toString({ lineWidth: 0, flowCollectionPadding: false });
}

export function MakeTest({
  place,
  id,
  skills,
  close,
}: {
  place: string;
  id: string;
  /** The skills of the conversation: it becomes a test of one of them. */
  skills: string[];
  close: () => void;
}) {
  const t = useText();
  const { message } = App.useApp();
  const { token } = theme.useToken();
  const made = useGet<{ yaml: string }>(`${place}/test`);
  const yaml = made.data?.yaml ?? "";
  const { path, may } = usePlace();
  const refresh = useRefresh();
  const go = useNavigate();
  const { titleOf } = useSkillNames();
  const [skill, setSkill] = useState(skills[0]);
  const work = useWork();
  const add = () =>
    work.run(async () => {
      const at = `${path}/skills/${skill}/tests`;
      const { text, revision } = await call<Schemas["TestsView"]>(at);
      const all = withMore(text, yaml);
      if (all === null)
        throw new Error(
          t(
            "这个技能现有的测试读不懂，请先到技能里改好",
            "The skill's tests can't be read; put them right there first",
          ),
        );
      await call(at, { method: "PUT", body: { text: all }, headers: { "If-Match": `"${revision}"` } });
      await refresh(`${path}/skills`);
      close();
      void message.success(
        <>
          {t(`已加入“${titleOf(skill ?? "")}”的测试`, `Added to the tests of “${titleOf(skill ?? "")}”`)}{" "}
          <Button
            size="small"
            onClick={() => {
              message.destroy();
              void go(`/skills/${skill}?view=tests`);
            }}
          >
            {t("去看看", "See them")}
          </Button>
        </>,
        6,
      );
    });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(yaml);
      void message.success(t("已复制", "Copied"));
    } catch {
      void message.warning(t("浏览器不允许复制，请选中文字后复制", "The browser refused; select the text and copy it"));
    }
  };
  return (
    <Modal
      open
      width={760}
      title={t("做成测试", "Make a test")}
      onCancel={close}
      footer={[
        <Button key="close" onClick={close}>
          {t("关闭", "Close")}
        </Button>,
        <Button key="copy" icon={<CopyOutlined />} disabled={!made.data} onClick={() => void copy()}>
          {t("复制", "Copy")}
        </Button>,
        <Button
          key="save"
          icon={<DownloadOutlined />}
          disabled={!made.data}
          onClick={() => save(`conversation-${id.slice(-8)}.test.yaml`, "application/yaml", yaml)}
        >
          {t("下载", "Download")}
        </Button>,
        may("editor") && skill !== undefined && (
          <Button
            key="add"
            type="primary"
            icon={<PlusOutlined />}
            disabled={!made.data}
            loading={work.busy}
            onClick={() => void add()}
          >
            {t(`加入“${titleOf(skill)}”的测试`, `Add to the tests of “${titleOf(skill)}”`)}
          </Button>
        ),
      ]}
    >
      <Typography.Paragraph type="secondary">
        {t(
          "以后每次改动，都可以用它检查同样的话是否仍得到同样的结果。里面有用户说过的话，请妥善保管。",
          "After every change it can check that the same words still lead to the same result. It contains what the user said: keep it safe.",
        )}
      </Typography.Paragraph>
      {may("editor") && skills.length > 1 && (
        <Flex gap={8} align="center" style={{ marginBottom: 12 }}>
          <label htmlFor="test-skill">{t("算作哪个技能的测试", "A test of the skill")}</label>
          <Select
            id="test-skill"
            value={skill ?? null}
            onChange={(skill: string) => setSkill(skill)}
            options={skills.map((value) => ({ value, label: titleOf(value) }))}
            style={{ minWidth: 200 }}
          />
        </Flex>
      )}
      {work.failed}
      <Loaded of={made}>
        {({ yaml }) => (
          <pre
            tabIndex={0}
            aria-label={t("测试内容", "The test")}
            style={{
              maxHeight: "50vh",
              overflow: "auto",
              margin: 0,
              padding: 12,
              background: token.colorFillQuaternary,
              borderRadius: 6,
              whiteSpace: "pre-wrap",
              overflowWrap: "anywhere",
              fontSize: 12.5,
            }}
          >
            {yaml}
          </pre>
        )}
      </Loaded>
    </Modal>
  );
}
