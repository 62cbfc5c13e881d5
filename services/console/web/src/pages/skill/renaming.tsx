// A slot gets another name, and everything in the skill that says the old one with it.
import { Alert, App, Typography } from "antd";
import { useText } from "../../frame/text";
import { Ask } from "../../frame/ask";
import type { Editing } from "./fields";
import { type Renaming, renameSlot } from "./rename";

/** What slots are called. */
export const SLOT_NAME = /^[a-z][a-z0-9_]*$/;

export function RenameSlot({
  of,
  slot,
  taken,
  done,
  close,
}: {
  of: Editing;
  slot: string;
  taken: string[];
  done: (name: string) => void;
  close: () => void;
}) {
  const t = useText();
  const { message } = App.useApp();
  return (
    <Ask
      title={t(`给“${slot}”改名`, `Rename “${slot}”`)}
      label={t("新名称（小写英文，如 days）", "New name (lower case, such as days)")}
      initial={slot}
      maxLength={40}
      ok={t("改名", "Rename")}
      wrong={(name) =>
        !SLOT_NAME.test(name)
          ? t("以小写字母开头，只用小写字母、数字和下划线", "Begin with a letter; use a–z, 0–9 and _ only")
          : name !== slot && taken.includes(name)
            ? t("已有这个名称", "There is such a name already")
            : undefined
      }
      isFit={(name) => name !== slot}
      below={(name) => <Preview renaming={renameSlot(of.document.clone(), slot, name)} slot={slot} />}
      onOk={(name) => {
        of.edit((document) => renameSlot(document, slot, name));
        done(name);
        void message.success(t(`已改名为 ${name}`, `It is called ${name} now`));
      }}
      close={close}
    />
  );
}

function Preview({ renaming: { changed, doubtful }, slot }: { renaming: Renaming; slot: string }) {
  const t = useText();
  const words: Record<string, (count: number) => string> = {
    examples: (count) => t(`${count} 条例句里的标记`, `examples (${count})`),
    texts: (count) => t(`${count} 处问话和回答`, `texts (${count})`),
    expressions: (count) => t(`${count} 条规则和公式`, `rules and formulas (${count})`),
    statements: (count) => t(`${count} 条语句`, `statements (${count})`),
    names: (count) => t(`${count} 处引用`, `references (${count})`),
  };
  const parts = Object.entries(changed).map(([writing, count]) => words[writing]?.(count) ?? "");
  return (
    <>
      <Alert
        type="info"
        showIcon
        message={
          parts.length > 0
            ? t(`一起改：${parts.join("、")}`, `Changed along with it: ${parts.join(", ")}`)
            : t("别处没有用到它", "Nothing else uses it")
        }
        description={t(
          "测试、其他技能的步骤里若写着旧名称，请另行修改。",
          "Tests, and steps of other skills, that say the old name are to be changed by hand.",
        )}
      />
      {doubtful.length > 0 && (
        <Alert
          type="warning"
          showIcon
          message={t(
            `这几处的 ${slot} 也可能是查询结果的列，没有动，请自己看一下：`,
            `Here ${slot} may as well be a column of the result; left as it is, please look:`,
          )}
          description={doubtful.map((place) => (
            <div key={place}>
              <Typography.Text code>{place}</Typography.Text>
            </div>
          ))}
        />
      )}
    </>
  );
}
