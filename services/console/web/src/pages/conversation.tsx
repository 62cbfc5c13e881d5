// One conversation: what was said like a chat, why each answer was given, what was done, and what may be made of it.
import { ArrowLeftOutlined, DownOutlined, FileTextOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Card, Descriptions, Dropdown, Flex, Switch, Tooltip, Typography } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { call } from "../api/client";
import { More } from "../frame/more";
import { Page } from "../frame/page";
import { restOf } from "../frame/pages-of";
import { usePlace } from "../frame/session";
import { Loaded, Nothing } from "../frame/state";
import { useText } from "../frame/text";
import { Exchange } from "./conversation/exchange";
import { Ledger } from "./conversation/ledger";
import { Erase, useExport } from "./conversation/person";
import { MakeTest } from "./conversation/test";
import type { ConversationPage } from "./conversation/types";
import { SkillTag, StateOf, When } from "./talk/show";
import { languageWords } from "./talk/words";

export default function Conversation() {
  const t = useText();
  const { path, may } = usePlace();
  const { conversation = "" } = useParams();
  const go = useNavigate();
  const [areOpen, setOpen] = useState(false);
  const [isTesting, setTesting] = useState(false);
  const [isErasing, setErasing] = useState(false);
  const place = `${path}/conversations/${encodeURIComponent(conversation)}`;
  const read = useInfiniteQuery({
    queryKey: [place, "turns"],
    queryFn: ({ pageParam, signal }) =>
      call<ConversationPage>(place, { query: { after: pageParam || undefined, limit: 50 }, signal }),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.has_more ? page.turns.at(-1)?.seq : undefined),
  });
  const exporting = useExport();
  const user = read.data?.pages[0]?.user;
  const isOwner = may("owner");
  const why = isOwner
    ? undefined
    : t("只有所有者可以导出或删除个人数据", "Only owners may export or erase personal data");
  return (
    <Page
      title={
        <Flex gap={8} align="center">
          <Tooltip title={t("所有对话", "All conversations")}>
            <Button
              type="text"
              icon={<ArrowLeftOutlined />}
              aria-label={t("所有对话", "All conversations")}
              onClick={() => void go("/conversations")}
            />
          </Tooltip>
          {t("对话", "Conversation")}
        </Flex>
      }
      actions={
        user !== undefined && (
          <>
            <Button icon={<FileTextOutlined />} onClick={() => setTesting(true)}>
              {t("做成测试", "Make a test")}
            </Button>
            <Tooltip title={why}>
              <Dropdown
                disabled={!isOwner}
                trigger={["click"]}
                menu={{
                  items: [
                    {
                      key: "export",
                      label: t("导出此用户的全部数据", "Export all data of this user"),
                      onClick: () => void exporting.save(user),
                    },
                    {
                      key: "erase",
                      danger: true,
                      label: t("删除此用户的全部数据…", "Erase all data of this user…"),
                      onClick: () => setErasing(true),
                    },
                  ],
                }}
              >
                <Button loading={exporting.busy} disabled={!isOwner}>
                  {t("个人数据", "Personal data")} <DownOutlined />
                </Button>
              </Dropdown>
            </Tooltip>
          </>
        )
      }
    >
      <Loaded of={read}>
        {({ pages }) => {
          const head = pages[0];
          if (!head) return null;
          const turns = pages.flatMap((page) => page.turns);
          const runs = [...new Map(pages.flatMap((page) => page.runs).map((run) => [run.id, run])).values()];
          return (
            <>
              <Head head={head} turns={turns.length} isWhole={!read.hasNextPage} />
              {exporting.failed}
              <Flex justify="end" gap={8} align="center">
                <label htmlFor="traces">{t("展开每个回答的原因", "Show why for every answer")}</label>
                <Switch id="traces" checked={areOpen} onChange={setOpen} />
              </Flex>
              {turns.length === 0 && <Nothing>{t("这个对话里没有内容", "Nothing in this conversation")}</Nothing>}
              <ol
                aria-label={t("对话内容", "What was said")}
                style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 20 }}
              >
                {turns.map((turn) => (
                  <li key={turn.id}>
                    <Exchange turn={turn} isOpen={areOpen} />
                  </li>
                ))}
              </ol>
              <More of={restOf(read)}>{t("继续往后看", "Show what follows")}</More>
              <Ledger runs={runs} />
              {isTesting && (
                <MakeTest place={place} id={head.id} skills={head.skills} close={() => setTesting(false)} />
              )}
              {isErasing && <Erase user={head.user} close={() => setErasing(false)} />}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Head({ head, turns, isWhole }: { head: ConversationPage; turns: number; isWhole: boolean }) {
  const t = useText();
  const items = [
    {
      key: "user",
      label: t("用户", "User"),
      children: (
        <Tooltip title={t("看此用户的所有对话", "All conversations of this user")}>
          <Link to={`/conversations?user=${encodeURIComponent(head.user)}`} style={{ overflowWrap: "anywhere" }}>
            {head.user}
          </Link>
        </Tooltip>
      ),
    },
    {
      key: "state",
      label: t("状态", "State"),
      children: <StateOf state={head.state} />,
    },
    { key: "began", label: t("开始", "Began"), children: <When at={head.started_at} /> },
    { key: "last", label: t("最后", "Last"), children: <When at={head.last_at} /> },
    { key: "language", label: t("语言", "Language"), children: head.language ? languageWords(t, head.language) : "–" },
    {
      key: "turns",
      label: t("轮数", "Turns"),
      children: isWhole
        ? turns
        : t(`共 ${head.turn_count ?? "–"}，已显示 ${turns}`, `${head.turn_count ?? "–"}, ${turns} of them shown`),
    },
    {
      key: "skills",
      label: t("技能", "Skills"),
      span: "filled" as const,
      children: (
        <Flex gap={6} wrap>
          {head.skills.length === 0 && "–"}
          {head.skills.map((skill) => (
            <SkillTag key={skill} skill={skill} link />
          ))}
        </Flex>
      ),
    },
    {
      key: "id",
      label: t("编号", "Id"),
      span: "filled" as const,
      children: (
        <Typography.Text copyable={{ tooltips: [t("复制", "Copy"), t("已复制", "Copied")] }} style={{ fontSize: 12 }}>
          {head.id}
        </Typography.Text>
      ),
    },
  ];
  return (
    <Card size="small">
      <Descriptions size="small" column={{ xs: 1, sm: 2, md: 3 }} items={items} />
    </Card>
  );
}
