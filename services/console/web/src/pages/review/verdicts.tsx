// The judgements that can be made, each with its key.
import { Button, Flex, Select, Tooltip, Typography } from "antd";
import { usePlace } from "../../frame/session";
import { useText } from "../../frame/text";
import { isMeant, useSkillNames } from "../talk/pages";
import { Key } from "../talk/show";
import type { Item, Verdict } from "./types";

export function Verdicts({
  item,
  candidates,
  busy,
  wanted,
  isSearching,
  setSearching,
  choose,
  right,
}: {
  item: Item;
  candidates: Item["candidates"];
  busy: boolean;
  wanted: Verdict | undefined;
  isSearching: boolean;
  setSearching: (is: boolean) => void;
  choose: (verdict: Verdict) => void;
  right: () => void;
}) {
  const t = useText();
  const { may } = usePlace();
  const { skills, titleOf } = useSkillNames();
  const isEditor = may("editor");
  return (
    <Flex vertical gap={10}>
      <Flex gap={8} wrap>
        <Button type="primary" loading={busy && !wanted} disabled={busy} onClick={right}>
          {t("理解对了", "Right")} <Shortcut>R</Shortcut>
        </Button>
        <Button disabled={busy} onClick={() => choose({ action: "out_of_scope" })}>
          {t("不在能办的范围", "Nothing it can do")} <Key>O</Key>
        </Button>
        <Tooltip
          title={
            isEditor ? undefined : t("新建技能需要编辑者或更高的角色", "New skills need the role editor or higher")
          }
        >
          <Button disabled={busy || !isEditor} onClick={() => choose({ action: "new_skill" })}>
            {t("需要新技能", "Needs a new skill")} <Key>N</Key>
          </Button>
        </Tooltip>
      </Flex>
      <Flex gap={8} wrap align="center">
        <Typography.Text type="secondary">{t("应该是：", "Should have been:")}</Typography.Text>
        {candidates
          .filter(({ skill }) => skill !== item.skill || candidates.length === 1)
          .map(({ skill }) => (
            <Button
              key={skill}
              size="small"
              disabled={busy}
              title={skill}
              type={wanted?.skill === skill ? "primary" : "default"}
              onClick={() => choose({ action: "skill", skill })}
            >
              {titleOf(skill)} <Key>{candidates.findIndex((one) => one.skill === skill) + 1}</Key>
            </Button>
          ))}
        {isSearching ? (
          <Select
            autoFocus
            defaultOpen
            showSearch
            size="small"
            aria-label={t("搜索技能", "Search skills")}
            placeholder={t("输入技能名称", "Type a skill's name")}
            style={{ width: 260 }}
            options={skills}
            filterOption={(word, option) => option !== undefined && isMeant(word, option)}
            onSelect={(skill: string) => choose({ action: "skill", skill })}
            onBlur={() => setSearching(false)}
            onInputKeyDown={(event) => {
              if (event.key === "Escape") setSearching(false);
            }}
          />
        ) : (
          <Button size="small" disabled={busy} onClick={() => setSearching(true)}>
            {t("其他技能…", "Another skill…")} <Key>S</Key>
          </Button>
        )}
      </Flex>
    </Flex>
  );
}

/** A key on a coloured button. */
function Shortcut({ children }: { children: string }) {
  return (
    <span
      style={{
        border: "1px solid currentColor",
        borderRadius: 4,
        padding: "0 5px",
        fontSize: 12,
        marginInlineStart: 4,
      }}
    >
      {children}
    </span>
  );
}
