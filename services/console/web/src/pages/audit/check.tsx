// Checking that the log is what was written.
import { SafetyCertificateOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Typography } from "antd";
import { useState } from "react";
import { type Schemas, call } from "../../api/client";
import { Copyable } from "../../frame/once";
import { usePlace } from "../../frame/session";
import { Failed } from "../../frame/state";
import { useText } from "../../frame/text";

export function ChainCheck() {
  const t = useText();
  const { tenantPath } = usePlace();
  const [result, setResult] = useState<Schemas["AuditCheck"]>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    setError(undefined);
    setResult(undefined);
    try {
      setResult(await call<Schemas["AuditCheck"]>(`${tenantPath}/audit/check`));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Flex vertical gap={12} align="stretch">
      <div>
        <Button icon={<SafetyCertificateOutlined />} loading={busy} onClick={() => void check()}>
          {t("检查完整性", "Check the chain")}
        </Button>
        <Typography.Text type="secondary" style={{ marginInlineStart: 12 }}>
          {t("逐条核对全部记录", "Goes through every entry")}
        </Typography.Text>
      </div>
      {error !== undefined && <Failed error={error} />}
      {result?.whole && (
        <Alert
          type="success"
          showIcon
          closable
          role="status"
          onClose={() => setResult(undefined)}
          message={t(
            `完整：${result.position} 条记录均未被改动`,
            `Whole: none of ${result.position} entries was changed`,
          )}
          description={
            result.head && (
              <Flex vertical gap={6}>
                <span>
                  {t(
                    "把下面的校验值记在别处，以后可据此发现末尾的记录是否被删。",
                    "Note this value elsewhere: it tells later whether entries were removed from the end.",
                  )}
                </span>
                <Copyable text={result.head} label={t("校验值", "Check value")} />
              </Flex>
            )
          }
        />
      )}
      {result && !result.whole && (
        <Alert
          type="error"
          showIcon
          role="alert"
          message={t(
            `第 ${result.position} 条记录对不上，记录可能被改动`,
            `Entry ${result.position} does not hold: the log may have been changed`,
          )}
          description={
            <Flex vertical gap={6}>
              <span>{result.why}</span>
              {result.entry && <Copyable text={result.entry} label={t("记录编号", "Id of the entry")} />}
              <span>
                {t(
                  "请联系管理数据库的同事，对照备份查找原因。",
                  "Ask whoever runs the database to look for the cause, with a backup at hand.",
                )}
              </span>
            </Flex>
          }
        />
      )}
    </Flex>
  );
}
