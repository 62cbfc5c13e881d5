// How other systems speak to the assistant: keys, a chat for web pages, code to begin with, and more apps.
import { PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Tooltip } from "antd";
import { useState } from "react";
import { Page } from "../frame/page";
import { usePlace } from "../frame/session";
import { useText } from "../frame/text";
import { CreateApp } from "./integration/app";
import { Embed } from "./integration/embed";
import { Keys } from "./integration/keys";
import { Snippets } from "./integration/snippets";

export default function Integration() {
  const t = useText();
  const { app, may } = usePlace();
  const [creating, setCreating] = useState(false);
  const [widgetKey, setWidgetKey] = useState("");
  const isOwner = may("owner");
  return (
    <Page
      title={t("接入", "Integration")}
      about={t(`让您的系统与应用“${app.name}”对话`, `Let your systems talk to the app “${app.name}”`)}
      actions={
        <>
          <Button href="/openapi.json" target="_blank" rel="noreferrer">
            {t("接口文档（OpenAPI）", "API document (OpenAPI)")}
          </Button>
          <Tooltip title={isOwner ? "" : t("只有所有者可以新建应用", "Only owners may create apps")}>
            <Button icon={<PlusOutlined />} disabled={!isOwner} onClick={() => setCreating(true)}>
              {t("新建应用", "New app")}
            </Button>
          </Tooltip>
        </>
      }
    >
      {isOwner ? (
        <Keys key={app.id} onWidget={setWidgetKey} />
      ) : (
        <Alert
          type="info"
          showIcon
          message={t(
            "密钥由所有者管理，需要密钥请联系所有者",
            "Owners manage the keys; ask one of them if you need one",
          )}
        />
      )}
      <Embed apiKey={widgetKey} setApiKey={setWidgetKey} />
      <Snippets />
      {isOwner && <CreateApp open={creating} onClose={() => setCreating(false)} />}
    </Page>
  );
}
