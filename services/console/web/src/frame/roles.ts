// The roles of a member, in words.
import { type Role } from "./session";
import { useText } from "./text";

export function useRoles(): { value: Role; label: string; may: string }[] {
  const t = useText();
  return [
    {
      value: "viewer",
      label: t("查看者", "Viewer"),
      may: t("查看技能、对话和统计", "Looks at skills, conversations and figures"),
    },
    {
      value: "reviewer",
      label: t("复核员", "Reviewer"),
      may: t("还可处理待办、复核对话", "Also does what is in the inbox and reviews conversations"),
    },
    {
      value: "editor",
      label: t("编辑者", "Editor"),
      may: t("还可修改和发布技能", "Also changes and publishes skills"),
    },
    {
      value: "owner",
      label: t("所有者", "Owner"),
      may: t("还可管理成员、密钥和审计", "Also manages members, keys and the audit log"),
    },
  ];
}
