// The encoders that are installed: which one runs, what was measured with each, and why one can't be used.
import { Alert, Card, Descriptions, Flex, Typography } from "antd";
import { Mark } from "../frame/mark";
import { Page } from "../frame/page";
import { useGet, usePlace } from "../frame/session";
import { Loaded, Nothing } from "../frame/state";
import { useText } from "../frame/text";
import { Results } from "./models/results";
import type { Schemas } from "../api/client";
import type { Model, Server } from "./models/types";
import { useLanguageNames } from "./models/words";

export default function Models() {
  const t = useText();
  const { tenantPath } = usePlace();
  const models = useGet<Schemas["ModelList"]>(`${tenantPath}/models`);
  return (
    <Page
      title={t("模型", "Models")}
      about={t(
        "听懂消息的小模型，在您自己的机器上运行。这里只查看；在服务器上用 paigong models add、compare、activate 接入、对比和切换，切换时不停服务",
        "The small models that understand messages, on your own machines. To look only: paigong models add, compare and activate on the server take one over, compare it and change to it while it serves",
      )}
    >
      <Loaded of={models}>
        {({ data, servers }) =>
          data.length === 0 ? (
            <Nothing>{t("模型文件夹是空的", "The folder of models is empty")}</Nothing>
          ) : (
            <>
              <Servers of={servers} />
              {[...data]
                .sort((one, other) => Number(other.active) - Number(one.active))
                .map((model) => (
                  <OneModel key={model.name} of={model} />
                ))}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

/** The servers that are about to change to another model, and those that refused it. */
function Servers({ of: servers }: { of: Server[] }) {
  const t = useText();
  return servers.map(({ host, model, progress, problem }) => {
    if (problem) {
      const text = t(
        `服务器 ${host} 拒绝了启用的模型，仍用 ${model}：${problem}`,
        `Server ${host} refused the model that was activated, and goes on with ${model}: ${problem}`,
      );
      return (
        <Alert key={host} type="error" showIcon message={<span style={{ overflowWrap: "anywhere" }}>{text}</span>} />
      );
    }
    const text = t(
      `服务器 ${host} 正在准备另一个模型（${progress}），在此之前仍用 ${model}`,
      `Server ${host} prepares another model (${progress}), and answers with ${model} until then`,
    );
    return progress && <Alert key={host} type="info" showIcon message={text} />;
  });
}

function OneModel({ of: model }: { of: Model }) {
  const t = useText();
  const languageNames = useLanguageNames();
  const facts = [
    [t("语言", "Languages"), languageNames(model.languages)],
    [t("大小", "Size"), model.bytes > 0 ? `${(model.bytes / 1e6).toFixed(1)} MB` : null],
    [t("向量维数", "Dimensions"), model.dimensions],
    [t("每句最多", "Longest text"), model.max_tokens && t(`${model.max_tokens} 个词元`, `${model.max_tokens} tokens`)],
    [t("许可", "Licence"), model.licence],
  ].filter(([, value]) => value);
  return (
    <Card
      title={
        <Flex gap={8} align="center" wrap style={{ paddingBlock: 8 }}>
          <h2 style={{ fontSize: 16, fontWeight: 600, margin: 0, overflowWrap: "anywhere", whiteSpace: "normal" }}>
            {model.name}
          </h2>
          {model.active && <Mark colour="green">{t("正在使用", "running")}</Mark>}
          {model.problem && <Mark colour="red">{t("不能使用", "can’t be used")}</Mark>}
        </Flex>
      }
    >
      <Flex vertical gap={16}>
        {model.problem && (
          <Alert type="error" showIcon message={<span style={{ overflowWrap: "anywhere" }}>{model.problem}</span>} />
        )}
        {facts.length > 0 && (
          <Descriptions
            size="small"
            column={{ xs: 1, sm: 2, lg: 3 }}
            items={facts.map(([label, children]) => ({ key: String(label), label, children }))}
          />
        )}
        {model.results.length > 0 ? (
          <Results of={model.results} name={model.name} />
        ) : (
          !model.problem && (
            <Typography.Text type="secondary">
              {t(
                "这个模型没有附测量结果。可用 paigong eval intents 测量，写进 model.toml 的 [measured]。",
                "Nothing was measured with this model. Do it with paigong eval intents, and write it under [measured] of model.toml.",
              )}
            </Typography.Text>
          )
        )}
      </Flex>
    </Card>
  );
}
