// Bringing skills in, each as a draft: manifests as files, or what was exported.
import { InboxOutlined } from "@ant-design/icons";
import { Alert, Form, Modal, Select, Upload } from "antd";
import { useState } from "react";
import { type Schemas, call } from "../../api/client";
import { usePlace, useRefresh } from "../../frame/session";
import { Failed } from "../../frame/state";
import { useText } from "../../frame/text";

export function ImportSkills({ packs, close }: { packs: string[]; close: () => void }) {
  const t = useText();
  const { path } = usePlace();
  const refresh = useRefresh();
  const [pack, setPack] = useState(packs[0]);
  const [files, setFiles] = useState<Record<string, string>>({});
  const [done, setDone] = useState<Schemas["ImportView"]>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const names = Object.keys(files);
  const take = async (file: File) => {
    try {
      const text = await file.text();
      const read: Record<string, string> = file.name.endsWith(".json")
        ? (((JSON.parse(text) as Partial<Schemas["ExportView"]>).files ?? {}) as Record<string, string>)
        : { [file.name.replace(/(\.skill)?\.ya?ml$/, ".skill.yaml")]: text };
      setFiles((files) => ({ ...files, ...read }));
      setError(undefined);
    } catch {
      setError(new Error(t(`${file.name} 读不懂`, `${file.name} can't be read`)));
    }
  };
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setDone(await call<Schemas["ImportView"]>(`${path}/skills/import`, { method: "POST", body: { pack, files } }));
      await refresh(`${path}/skills`);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
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
        <>
          <Alert
            type="success"
            showIcon
            message={t(`${done.drafts.length} 个技能有了草稿`, `${done.drafts.length} skills have a new draft`)}
            description={done.drafts.join(", ")}
          />
          {done.skipped.length > 0 && (
            <Alert
              style={{ marginTop: 8 }}
              type="warning"
              showIcon
              message={t("有人正在写，没有动", "Left alone, somebody is writing them")}
              description={done.skipped.join(", ")}
            />
          )}
        </>
      ) : (
        <Form layout="vertical">
          <Form.Item label={t("技能包", "Pack")} htmlFor="import-pack">
            <Select
              id="import-pack"
              value={pack}
              onChange={setPack}
              options={packs.map((value) => ({ value, label: value }))}
            />
          </Form.Item>
          <Upload.Dragger
            multiple
            accept=".yaml,.yml,.json"
            showUploadList={false}
            beforeUpload={(file) => {
              void take(file);
              return false;
            }}
          >
            <InboxOutlined style={{ fontSize: 28 }} />
            <div>
              {t(
                "把 .skill.yaml 或导出的 .json 拖到这里，或点击选择",
                "Drop .skill.yaml files or an exported .json here, or click",
              )}
            </div>
          </Upload.Dragger>
          {names.length > 0 && (
            <p style={{ overflowWrap: "anywhere" }}>
              {t(`${names.length} 个文件：`, `${names.length} files: `)}
              {names.join(", ")}
            </p>
          )}
          {error !== undefined && <Failed error={error} />}
        </Form>
      )}
    </Modal>
  );
}
