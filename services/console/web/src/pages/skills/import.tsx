// Bringing skills in, each as a draft: a pack as a zip, manifests and tests as files, or what was exported as JSON.
import { DeleteOutlined, InboxOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Form, Modal, Select, Upload } from "antd";
import { useState } from "react";
import { type Schemas, call } from "../../api/client";
import { usePlace, useRefresh } from "../../frame/session";
import { useText } from "../../frame/text";
import { useWork } from "../../frame/work";

type Done = Schemas["ImportView"];

/** A name as the importer knows it: `leave.skill.yaml` or `leave.test.yaml`. */
const known = (name: string): string =>
  name.replace(/(\.(skill|test))?\.ya?ml$/, (end) => (/test/.test(end) ? ".test.yaml" : ".skill.yaml"));

export function ImportSkills({ packs, close }: { packs: string[]; close: () => void }) {
  const t = useText();
  const { path } = usePlace();
  const refresh = useRefresh();
  const [pack, setPack] = useState(packs[0]);
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [zips, setZips] = useState<Record<string, File>>({});
  const [done, setDone] = useState<Done>();
  const { run, busy, failed } = useWork();
  const names = [...Object.keys(zips), ...Object.keys(texts)];
  const take = (file: File) =>
    run(async () => {
      if (file.name.endsWith(".zip")) {
        setZips((zips) => ({ ...zips, [file.name]: file }));
        const named = packs.find((pack) => file.name.startsWith(pack));
        if (named) setPack(named);
        return;
      }
      try {
        const text = await file.text();
        const read: Record<string, string> = file.name.endsWith(".json")
          ? ((JSON.parse(text) as { files?: Record<string, string> }).files ?? {})
          : { [known(file.name)]: text };
        setTexts((texts) => ({ ...texts, ...read }));
      } catch {
        throw new Error(t(`${file.name} 读不懂`, `${file.name} can't be read`));
      }
    });
  const send = () =>
    run(async () => {
      const at = `${path}/skills/import`;
      const parts: Done[] = [];
      for (const file of Object.values(zips)) {
        const headers = { "Content-Type": "application/zip" };
        parts.push(await call<Done>(at, { method: "POST", query: { pack }, body: file, headers }));
      }
      if (Object.keys(texts).length > 0)
        parts.push(await call<Done>(at, { method: "POST", body: { pack, files: texts } }));
      const all = (of: keyof Done) => [...new Set(parts.flatMap((part) => part[of]))];
      setDone({ drafts: all("drafts"), skipped: all("skipped"), tests: all("tests") });
      await refresh(`${path}/skills`);
    });
  return (
    <Modal
      open
      title={t("导入技能", "Import skills")}
      okText={done ? t("好的", "Done") : t("导入为草稿", "Import as drafts")}
      cancelText={t("取消", "Cancel")}
      onCancel={close}
      onOk={() => (done ? close() : void send())}
      okButtonProps={{ disabled: !done && names.length === 0, loading: busy }}
    >
      {done ? (
        <Flex vertical gap={8}>
          <Alert
            type={done.drafts.length > 0 ? "success" : "info"}
            showIcon
            message={t(`${done.drafts.length} 个技能有了草稿`, `${done.drafts.length} skills have a new draft`)}
            description={done.drafts.join(", ")}
          />
          {done.tests.length > 0 && (
            <Alert
              type="success"
              showIcon
              message={t(`${done.tests.length} 个技能有了测试`, `${done.tests.length} skills have tests now`)}
              description={done.tests.join(", ")}
            />
          )}
          {done.skipped.length > 0 && (
            <Alert
              type="warning"
              showIcon
              message={t("有人正在写，没有动", "Left alone, somebody is writing them")}
              description={done.skipped.join(", ")}
            />
          )}
        </Flex>
      ) : (
        <Form layout="vertical">
          <Form.Item label={t("技能包（用哪些表）", "Pack (whose tables they use)")} htmlFor="import-pack">
            <Select
              id="import-pack"
              value={pack}
              onChange={setPack}
              options={packs.map((value) => ({ value, label: value }))}
            />
          </Form.Item>
          <Upload.Dragger
            multiple
            accept=".zip,.yaml,.yml,.json"
            showUploadList={false}
            beforeUpload={(file) => {
              void take(file);
              return false;
            }}
          >
            <InboxOutlined style={{ fontSize: 28 }} />
            <div>
              {t(
                "把技能包 .zip，或多个 .skill.yaml、.test.yaml 文件，或导出的 .json 拖到这里，或点击选择",
                "Drop a pack as .zip, any number of .skill.yaml and .test.yaml files, or an exported .json here, or click",
              )}
            </div>
          </Upload.Dragger>
          {names.length > 0 && (
            <Flex align="start" gap={8} style={{ marginTop: 12 }}>
              <div style={{ overflowWrap: "anywhere", flex: 1, maxHeight: 160, overflow: "auto" }} tabIndex={0}>
                {t(`${names.length} 个文件：`, `${names.length} files: `)}
                {names.join(", ")}
              </div>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t("都不要了", "Take all out again")}
                onClick={() => {
                  setTexts({});
                  setZips({});
                }}
              />
            </Flex>
          )}
          {failed && <div style={{ marginTop: 12 }}>{failed}</div>}
        </Form>
      )}
    </Modal>
  );
}
