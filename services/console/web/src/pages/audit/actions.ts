// What the log's actions are called in daily words.
import { useText } from "../../frame/text";

export function useActions() {
  const t = useText();
  const groups: { group: string; label: string; actions: [string, string][] }[] = [
    {
      group: "member",
      label: t("成员", "Members"),
      actions: [
        ["member.invited", t("邀请成员", "Invited somebody")],
        ["member.invitation_withdrawn", t("撤回邀请", "Withdrew an invitation")],
        ["member.joined", t("成员加入", "Joined")],
        ["member.role_changed", t("更改角色", "Changed a role")],
        ["member.removed", t("移出成员", "Removed a member")],
      ],
    },
    {
      group: "key",
      label: t("密钥", "Keys"),
      actions: [
        ["key.created", t("新建密钥", "Made a key")],
        ["key.rotated", t("轮换密钥", "Rotated a key")],
        ["key.revoked", t("吊销密钥", "Revoked a key")],
      ],
    },
    {
      group: "skill",
      label: t("技能", "Skills"),
      actions: [
        ["skill.draft_begun", t("新建草稿", "Began a draft")],
        ["skill.draft_discarded", t("丢弃草稿", "Discarded a draft")],
        ["skill.published", t("发布技能", "Published a skill")],
        ["skill.restored", t("恢复旧版本", "Restored a version")],
        ["skill.withdrawn", t("下线技能", "Withdrew a skill")],
        ["skill.imported", t("导入技能", "Imported skills")],
      ],
    },
    {
      group: "run",
      label: t("执行", "Runs"),
      actions: [
        ["run.resolved", t("判定结果", "Said what became of it")],
        ["run.stopped", t("停止执行", "Stopped it")],
      ],
    },
    {
      group: "inbox",
      label: t("待办", "Inbox"),
      actions: [["inbox.updated", t("处理待办", "Did something in the inbox")]],
    },
    {
      group: "suggestion",
      label: t("建议", "Suggestions"),
      actions: [["suggestion.decided", t("处理建议", "Decided about a suggestion")]],
    },
    {
      group: "knowledge",
      label: t("知识库", "Documents"),
      actions: [
        ["knowledge.put", t("更新文档", "Put a document")],
        ["knowledge.deleted", t("删除文档", "Deleted a document")],
      ],
    },
    {
      group: "model",
      label: t("模型", "Models"),
      actions: [["model.activated", t("启用编码模型", "Activated an encoder")]],
    },
    {
      group: "webhook",
      label: t("事件推送", "Webhooks"),
      actions: [
        ["webhook.created", t("新建推送", "Made a webhook")],
        ["webhook.updated", t("修改推送", "Changed a webhook")],
        ["webhook.deleted", t("删除推送", "Deleted a webhook")],
        ["webhook.secret_replaced", t("更换推送密钥", "Replaced a webhook's secret")],
        ["webhook.replayed", t("重新推送", "Sent an event again")],
      ],
    },
    { group: "app", label: t("应用", "Apps"), actions: [["app.created", t("新建应用", "Made an app")]] },
  ];
  const words = new Map(groups.flatMap(({ actions }) => actions));
  return {
    groups: groups.map(({ group, label, actions }) => ({
      label,
      title: label,
      options: [
        { value: group, label: t(`${label}：全部`, `${label}: all`) },
        ...actions.map(([value, label]) => ({ value, label })),
      ],
    })),
    named: (action: string) => words.get(action) ?? action,
  };
}
