// One skill: its draft, a try of it, what was live.
import { HistoryOutlined, MoreOutlined, WarningOutlined } from "@ant-design/icons";
import { Alert, App, Button, Col, Dropdown, Flex, Row, Spin, Tabs, Typography } from "antd";
import { Suspense, lazy, useCallback, useEffect, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { type Schemas, call } from "../api/client";
import { Page } from "../frame/page";
import { useParamsOf } from "../frame/params";
import { useGet, usePlace, useRefresh } from "../frame/session";
import { Loaded, words } from "../frame/state";
import { useSettings, useText } from "../frame/text";
import { ConflictDialog } from "./skill/conflict";
import { documentOf } from "./skill/document";
import { type Saving, useDraft } from "./skill/draft";
import { SkillForm } from "./skill/form";
import { History } from "./skill/history";
import { Findings } from "./skill/findings";
import { type Jump, JumpContext, type Target } from "./skill/jump";
import { Publish } from "./skill/publish";
import { Try } from "./skill/try";
import { useLint } from "./skill/lint";
import { Tag } from "./skill/tag";
import { useTests } from "./skill/testing";
import { TestsPanel } from "./skill/tests";

const Yaml = lazy(() => import("./skill/yaml"));

export default function Skill() {
  const { skill = "" } = useParams();
  const { path } = usePlace();
  const view = useGet<Schemas["SkillView"]>(`${path}/skills/${skill}`);
  // A new one after publishing and discarding: the editor begins again with what is there then.
  const [round, setRound] = useState(0);
  return (
    <Loaded of={view}>
      {(data) => <Workshop key={`${path} ${data.skill} ${round}`} view={data} again={() => setRound(round + 1)} />}
    </Loaded>
  );
}

function Workshop({ view, again }: { view: Schemas["SkillView"]; again: () => void }) {
  const t = useText();
  const { language } = useSettings();
  const { path, may } = usePlace();
  const { message, modal } = App.useApp();
  const refresh = useRefresh();
  const go = useNavigate();
  const draft = useDraft(view, may("editor"));
  const lint = useLint(view.skill, draft);
  const tests = useTests(view.skill);
  const { get, put } = useParamsOf<"view">();
  const tab = ["yaml", "tests"].includes(get("view")) ? get("view") : "form";
  const setTab = useCallback((view: string) => put({ view: view === "form" ? "" : view }), [put]);
  const [drawer, setDrawer] = useState<"publish" | "history">();
  const [target, setTarget] = useState<Target>();
  const jump: Jump = useCallback(
    (view, target) => {
      setDrawer(undefined);
      setTab(view);
      setTarget({ ...target });
    },
    [setTab],
  );
  const title = documentOf(draft.text)?.getIn(["title", language]);
  const at = `${path}/skills/${view.skill}`;
  // What others did meanwhile, as long as nothing is written here.
  const isBehind =
    (draft.saving === "unchanged" && (view.draft !== null || (view.live?.text ?? "") !== draft.text)) ||
    (draft.saving === "saved" && (view.draft?.revision ?? 0) > (draft.revision ?? 0));
  useEffect(() => {
    if (isBehind) again();
  }, [isBehind, again]);
  const errors = lint?.findings.filter(({ severity }) => severity === "error").length ?? 0;

  const withdraw = () =>
    void modal.confirm({
      title: t("把这个技能下线？", "Take this skill out?"),
      content: t(
        "用户马上不能再用它；进行中的对话会办完，历史版本可以恢复。",
        "People can't use it from now on; conversations under way are finished, and its versions can be restored.",
      ),
      okText: t("下线", "Take it out"),
      cancelText: t("取消", "Cancel"),
      okButtonProps: { danger: true },
      onOk: () =>
        call(`${at}/withdraw`, { method: "POST" })
          .then(() => refresh(`${path}/skills`))
          .then(() => void message.success(t("已下线", "It is out")))
          .catch((error: unknown) => void message.error(words(error))),
    });
  const discard = () =>
    void modal.confirm({
      title: t("丢弃草稿？", "Discard the draft?"),
      content: t("草稿里写的会丢失，线上的不变。", "What is written in it is lost; what is live stays as it is."),
      okText: t("丢弃", "Discard"),
      cancelText: t("取消", "Cancel"),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          const revision = await draft.flush();
          if (revision === null) throw new Error(t("草稿还没有保存", "The draft isn't saved yet"));
          await call(`${at}/draft`, { method: "DELETE", headers: { "If-Match": `"${revision}"` } });
          draft.reset();
          if (!view.live && view.versions.length === 0) go("/skills");
          await refresh(`${path}/skills`);
          again();
        } catch (error) {
          void message.error(words(error));
        }
      },
    });

  return (
    <JumpContext.Provider value={jump}>
      <Page
        title={
          <>
            <Link to="/skills" style={{ textDecoration: "underline" }}>
              {t("技能", "Skills")}
            </Link>{" "}
            / {typeof title === "string" ? title : view.skill}
          </>
        }
        about={
          <Flex gap={8} align="center" wrap component="span">
            <Typography.Text code>{view.skill}</Typography.Text>
            {view.live ? (
              <Tag color="green">{t(`线上第 ${view.live.version} 版`, `Version ${view.live.version} is live`)}</Tag>
            ) : (
              <Tag>{t("没有上线", "Not live")}</Tag>
            )}
            {draft.revision !== null && <Tag color="blue">{t("草稿", "Draft")}</Tag>}
            <Saved saving={draft.saving} error={draft.error} />
          </Flex>
        }
        actions={
          <>
            <Button icon={<HistoryOutlined />} onClick={() => setDrawer("history")}>
              {t("历史", "History")}
            </Button>
            {may("editor") && (
              <>
                <Button
                  type="primary"
                  disabled={draft.revision === null}
                  onClick={() => void draft.flush().then(() => setDrawer("publish"))}
                >
                  {t("发布…", "Publish…")}
                </Button>
                <Dropdown
                  trigger={["click"]}
                  menu={{
                    items: [
                      {
                        key: "discard",
                        label: t("丢弃草稿", "Discard the draft"),
                        danger: true,
                        disabled: draft.revision === null,
                        onClick: discard,
                      },
                      {
                        key: "withdraw",
                        label: t("下线", "Take it out"),
                        danger: true,
                        disabled: !view.live,
                        onClick: withdraw,
                      },
                    ],
                  }}
                >
                  <Button icon={<MoreOutlined />} aria-label={t("更多", "More")} />
                </Dropdown>
              </>
            )}
          </>
        }
      >
        {!may("editor") && (
          <Alert
            type="info"
            showIcon
            message={t("您只能查看；编辑者才能修改", "You can look; only editors can change it")}
          />
        )}
        {draft.conflict && <ConflictDialog draft={draft} conflict={draft.conflict} />}
        <Row gutter={[24, 24]}>
          <Col xs={24} lg={15} xl={16}>
            <Tabs
              activeKey={tab}
              onChange={(tab) => {
                setTarget(undefined);
                setTab(tab);
              }}
              destroyOnHidden
              items={[
                {
                  key: "form",
                  label: t("按对话编写", "In conversation order"),
                  children: (
                    <SkillForm
                      text={draft.text}
                      setText={draft.setText}
                      lint={lint}
                      disabled={!may("editor")}
                      target={target}
                    />
                  ),
                },
                {
                  key: "yaml",
                  label: errors > 0 ? t(`YAML（${errors} 处错误）`, `YAML (${errors} to put right)`) : "YAML",
                  children: (
                    <Flex vertical gap={12}>
                      <Suspense fallback={<Spin />}>
                        <Yaml
                          text={draft.text}
                          onChange={draft.setText}
                          findings={lint?.findings ?? NONE}
                          readOnly={!may("editor")}
                          label={t("技能的 YAML 文本", "The skill as YAML")}
                          target={target}
                        />
                      </Suspense>
                      {lint && lint.findings.length > 0 && <Findings findings={lint.findings} />}
                    </Flex>
                  ),
                },
                {
                  key: "tests",
                  label: tests.isChanged ? t("测试 •", "Tests •") : t("测试", "Tests"),
                  children: <TestsPanel skill={view.skill} draft={draft} tests={tests} />,
                },
              ]}
            />
          </Col>
          <Col xs={24} lg={9} xl={8}>
            <div style={{ position: "sticky", top: 16, maxHeight: "calc(100vh - 32px)", overflow: "auto" }}>
              <Try skill={view.skill} draft={draft} />
            </div>
          </Col>
        </Row>
        <Publish
          skill={view.skill}
          draft={draft}
          lint={lint}
          open={drawer === "publish"}
          close={() => setDrawer(undefined)}
          done={again}
        />
        <History view={view} open={drawer === "history"} close={() => setDrawer(undefined)} />
      </Page>
    </JumpContext.Provider>
  );
}

const NONE: Schemas["FindingView"][] = [];

function Saved({ saving, error }: { saving: Saving; error: unknown }) {
  const t = useText();
  const text = {
    unchanged: "",
    saved: t("已保存", "Saved"),
    waiting: t("正在写…", "Writing…"),
    saving: t("正在保存…", "Saving…"),
    failed: t(
      `没有保存：${words(error)}。已留在本机，会再试`,
      `Not saved: ${words(error)}. Kept in this browser; trying again`,
    ),
    conflict: t("没有保存：别人也改了", "Not saved: somebody else changed it too"),
  }[saving];
  return (
    <Typography.Text strong={saving === "failed" || saving === "conflict"} role="status">
      {(saving === "failed" || saving === "conflict") && <WarningOutlined style={{ marginInlineEnd: 4 }} />}
      {text}
    </Typography.Text>
  );
}
