// What would change if a judgement were kept: which sentences said before would be understood otherwise, and whether that
// goes against what people said about them. It is saved only from here.
import { Alert, Button, Flex, Skeleton, Table, Typography } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { call } from "../../api/client";
import { usePlace } from "../../frame/session";
import { Failed } from "../../frame/state";
import { useText } from "../../frame/text";
import { Key } from "../talk/show";
import type { Blast, Verdict } from "./types";

export function BlastRadius({
  turn,
  query,
  verdict,
  titleOf,
  busy,
  save,
  cancel,
}: {
  turn: string;
  query: string;
  verdict: Verdict;
  titleOf: (skill: string) => string;
  busy: boolean;
  save: () => void;
  cancel: () => void;
}) {
  const t = useText();
  const { path } = usePlace();
  const isNew = verdict.action === "new_skill";
  const preview = useQuery({
    queryKey: [`${path}/review/${turn}/preview`, verdict],
    queryFn: ({ signal }) => call<Blast>(`${path}/review/${turn}/preview`, { method: "POST", body: verdict, signal }),
    enabled: !isNew,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const button = useRef<HTMLButtonElement>(null);
  const isReady = isNew || preview.data !== undefined;
  // Enter saves: the button has the focus as soon as it may be pressed.
  useEffect(() => {
    if (isReady) button.current?.focus();
  }, [isReady]);
  const name = (skill: string | null) => (skill ? titleOf(skill) : t("帮不上", "nothing"));
  const blast = preview.data;
  return (
    <section aria-live="polite" aria-label={t("保存前看看影响", "What it changes")} style={{ marginTop: 16 }}>
      <Typography.Title level={3} style={{ fontSize: 15 }}>
        {isNew
          ? t(`用“${query}”作第一条例句，新建一个草稿技能`, `Make a draft skill with “${query}” as its first example`)
          : verdict.action === "out_of_scope"
            ? t("教它：这句话不该接", "Teach it: this is nothing it can do")
            : t(
                `教它：这句话是“${name(verdict.skill ?? null)}”`,
                `Teach it: this means “${name(verdict.skill ?? null)}”`,
              )}
      </Typography.Title>
      {isNew && (
        <Typography.Paragraph type="secondary">
          {t(
            "草稿要补全并发布后才会起作用，现在什么都不变。",
            "A draft has no effect until it is completed and published.",
          )}
        </Typography.Paragraph>
      )}
      {!isNew && preview.isFetching && <Skeleton active paragraph={{ rows: 2 }} />}
      {preview.error && <Failed error={preview.error} retry={() => void preview.refetch()} />}
      {blast && (
        <Flex vertical gap={10}>
          <Alert
            type={blast.contradictions > 0 ? "warning" : "info"}
            showIcon
            message={
              blast.flips_total === 0
                ? t(
                    `查了以前说过的 ${blast.checked} 句话，理解都不变`,
                    `Of ${blast.checked} sentences said before, none would be understood otherwise`,
                  )
                : t(
                    `查了以前说过的 ${blast.checked} 句话，有 ${blast.flips_total} 句的理解会变`,
                    `Of ${blast.checked} sentences said before, ${blast.flips_total} would be understood otherwise`,
                  )
            }
            description={
              blast.contradictions > 0
                ? t(
                    `其中 ${blast.contradictions} 句会与已有的复核结论相反，请三思`,
                    `${blast.contradictions} of them would go against what a reviewer said: think twice`,
                  )
                : undefined
            }
          />
          {blast.flips.length > 0 && (
            <Table
              size="small"
              rowKey="utterance"
              pagination={blast.flips.length > 8 ? { pageSize: 8, showSizeChanger: false } : false}
              scroll={{ x: 520 }}
              dataSource={[...blast.flips].sort((a, b) => Number(b.contradicts) - Number(a.contradicts))}
              columns={[
                {
                  title: t("以前说过的话", "Said before"),
                  dataIndex: "utterance",
                  render: (text: string) => <span style={{ overflowWrap: "anywhere" }}>{text}</span>,
                },
                { title: t("次数", "Times"), dataIndex: "times", align: "end" },
                { title: t("现在", "Now"), dataIndex: "from", render: name },
                { title: t("将变成", "Would be"), dataIndex: "to", render: name },
                {
                  title: t("已有结论", "Reviewed as"),
                  dataIndex: "label",
                  render: (label: string | null, flip) =>
                    flip.contradicts ? (
                      <strong>
                        ⚠ {name(label)} {t("（相反）", "(contradicts)")}
                      </strong>
                    ) : label ? (
                      name(label)
                    ) : (
                      "–"
                    ),
                },
              ]}
            />
          )}
          {blast.flips_total > blast.flips.length && (
            <Typography.Text type="secondary">
              {t(`只列出前 ${blast.flips.length} 句`, `Only the first ${blast.flips.length} are listed`)}
            </Typography.Text>
          )}
        </Flex>
      )}
      <Flex gap={8} style={{ marginTop: 12 }}>
        <Button ref={button} type="primary" disabled={!isReady} loading={busy} onClick={save}>
          {isNew ? t("新建", "Make it") : t("保存", "Save")} ↵
        </Button>
        <Button onClick={cancel}>
          {t("不保存", "Don't save")} <Key>Esc</Key>
        </Button>
      </Flex>
    </section>
  );
}
