// Two people wrote at once: what each changed, part by part, to take mine, theirs or both.
import { Alert, Button, Card, Col, Collapse, Flex, Modal, Radio, Row, Spin, Typography, theme } from "antd";
import dayjs from "dayjs";
import { Suspense, lazy, useMemo, useState } from "react";
import { useText } from "../../frame/text";
import type { Conflict, Draft } from "./draft";
import { type Pick, type Section, lineChanges, merged, sectionsOf } from "./merge";
import { usePlaceName } from "./places";

const Yaml = lazy(() => import("./yaml"));

export function ConflictDialog({ draft, conflict }: { draft: Draft; conflict: Conflict }) {
  const t = useText();
  const { theirs, base } = conflict;
  // The text that both began to part from, as it was when this was opened.
  const [mine] = useState(draft.text);
  const sections = useMemo(() => (theirs ? sectionsOf(base, mine, theirs.text) : null), [base, mine, theirs]);
  const [picks, setPicks] = useState<Record<number, Pick>>({});
  const [byHand, setByHand] = useState<string>();
  const picked = new Map<Section, Pick>();
  sections?.forEach((section, index) => {
    const pick = picks[index] ?? section.pick;
    if (pick) picked.set(section, pick);
  });
  const open = (sections?.length ?? 0) - picked.size;
  const result = byHand ?? (theirs && sections ? merged(base, mine, theirs.text, picked) : mine);
  const choose = (index: number, pick: Pick) => {
    setByHand(undefined);
    setPicks((old) => ({ ...old, [index]: pick }));
  };
  const ready = byHand !== undefined || open === 0;
  return (
    <Modal
      open
      closable={false}
      keyboard={false}
      width="min(1100px, 96vw)"
      title={t("别人也改了这份草稿", "Somebody else changed this draft too")}
      footer={
        <Flex justify="end" gap={8} wrap align="center">
          {!ready && (
            <Typography.Text strong>{t(`还有 ${open} 处要您选`, `${open} still to be chosen`)}</Typography.Text>
          )}
          {theirs && (
            <Button onClick={() => draft.resolve(theirs.text)}>
              {t("全用对方的，丢掉我的", "Take all of theirs, drop mine")}
            </Button>
          )}
          {theirs && (
            <Button onClick={() => draft.resolve(mine)}>
              {t("全用我的，丢掉对方的", "Take all of mine, drop theirs")}
            </Button>
          )}
          <Button type="primary" disabled={!ready} onClick={() => draft.resolve(result)}>
            {theirs ? t("用合并后的", "Use the merged draft") : t("存为新草稿", "Keep mine as a new draft")}
          </Button>
        </Flex>
      }
    >
      <Flex vertical gap={12}>
        <Alert
          type="warning"
          showIcon
          message={
            theirs
              ? t(
                  `对方 ${dayjs(theirs.updated_at).format("HH:mm")} 保存了另一份，两份都没有丢。只有一方改过的已经选好；双方都改了的，请您选。`,
                  `They saved another text at ${dayjs(theirs.updated_at).format("HH:mm")}; nothing is lost. What only one of you changed is chosen already; what both changed is for you to choose.`,
                )
              : t(
                  "这份草稿已被发布或丢弃。您写的还在。",
                  "This draft was published or discarded meanwhile. What you wrote is still here.",
                )
          }
        />
        <div
          style={{ maxHeight: "55vh", overflow: "auto" }}
          tabIndex={0}
          role="region"
          aria-label={t("不同之处", "Differences")}
        >
          <Flex vertical gap={12}>
            {sections?.map((section, index) => (
              <SectionChoice
                key={section.at.join(".")}
                section={section}
                pick={picked.get(section)}
                choose={(pick) => choose(index, pick)}
              />
            ))}
            {theirs && !sections && (
              <Alert
                type="info"
                showIcon
                message={t(
                  "有一份现在读不懂（YAML 有错），不能逐项比较。请在下面的文本里合并。",
                  "One of the texts can't be read as YAML, so they can't be compared part by part. Merge them in the text below.",
                )}
              />
            )}
          </Flex>
        </div>
        <Suspense fallback={<Spin />}>
          <Collapse
            size="small"
            defaultActiveKey={sections ? [] : ["text"]}
            items={[
              {
                key: "text",
                label: t("看文本，也可以直接改", "See the text; it can be changed, too"),
                children: (
                  <Row gutter={12}>
                    <Col span={theirs ? 12 : 24}>
                      <Typography.Text strong>
                        {theirs ? t("合并后的（可以改）", "Merged (can be changed)") : t("我的", "Mine")}
                      </Typography.Text>
                      <Yaml text={result} onChange={setByHand} label={t("合并后的文本", "Merged text")} height="36vh" />
                    </Col>
                    {theirs && (
                      <Col span={12}>
                        <Typography.Text strong>{t("对方的", "Theirs")}</Typography.Text>
                        <Yaml text={theirs.text} readOnly label={t("对方的文本", "Their text")} height="36vh" />
                      </Col>
                    )}
                  </Row>
                ),
              },
            ]}
          />
        </Suspense>
      </Flex>
    </Modal>
  );
}

function SectionChoice({
  section,
  pick,
  choose,
}: {
  section: Section;
  pick: Pick | undefined;
  choose: (pick: Pick) => void;
}) {
  const t = useText();
  const { token } = theme.useToken();
  const name = usePlaceName()(section.at.join("."));
  return (
    <Card
      size="small"
      title={<h3 style={{ fontSize: 14, margin: 0 }}>{name}</h3>}
      style={pick ? {} : { borderColor: token.colorWarning }}
      extra={
        <Radio.Group
          size="small"
          optionType="button"
          buttonStyle="solid"
          aria-label={t(`${name}：用谁的`, `${name}: whose`)}
          value={pick}
          onChange={(event) => choose(event.target.value as Pick)}
          options={[
            { value: "mine", label: t("我的", "Mine") },
            { value: "theirs", label: t("对方的", "Theirs") },
            ...(section.isList ? [{ value: "both", label: t("都要", "Both") }] : []),
          ]}
        />
      }
    >
      <Row gutter={16}>
        <Col xs={24} md={12}>
          <Changes title={t("我改的", "I changed")} before={section.base} after={section.mine} />
        </Col>
        <Col xs={24} md={12}>
          <Changes title={t("对方改的", "They changed")} before={section.base} after={section.theirs} />
        </Col>
      </Row>
    </Card>
  );
}

function Changes({ title, before, after }: { title: string; before: string | null; after: string | null }) {
  const t = useText();
  const { token } = theme.useToken();
  const lines = lineChanges(before, after);
  return (
    <>
      <Typography.Text type="secondary">{title}</Typography.Text>
      {lines.length === 0 && <div>{t("没有改", "Nothing")}</div>}
      {lines.map(({ sign, line }, index) => (
        <div
          key={index}
          style={{
            fontFamily: token.fontFamilyCode,
            fontSize: 13,
            whiteSpace: "pre-wrap",
            overflowWrap: "anywhere",
            paddingInline: 6,
            background: sign === "+" ? token.colorSuccessBg : token.colorErrorBg,
          }}
        >
          <span aria-label={sign === "+" ? t("新增", "added") : t("删除", "removed")}>{sign === "+" ? "+" : "−"}</span>{" "}
          {line}
        </div>
      ))}
    </>
  );
}
