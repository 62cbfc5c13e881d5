// What was measured with a model, as a table: each number beside a bar of its length.
import { Table, theme } from "antd";
import { useText } from "../../frame/text";
import type { Result } from "./types";
import { useMeasures } from "./words";

interface Row {
  key: string;
  set: string;
  /** Rows of the same set from here on; 0 where it was named above. */
  span: number;
  measure: string;
  value: number;
}

export function Results({ of: results, name }: { of: Result[]; name: string }) {
  const t = useText();
  const measures = useMeasures();
  const named = results
    .map(({ set, accuracy }) => ({ ...measures(set), key: set, value: accuracy }))
    .sort((one, other) => (one.set === other.set ? one.rank - other.rank : one.set < other.set ? -1 : 1));
  const rows: Row[] = named.map((row, index) => ({
    ...row,
    span: named[index - 1]?.set === row.set ? 0 : named.filter(({ set }) => set === row.set).length,
  }));
  return (
    <Table<Row>
      aria-label={t(`${name} 的测量结果`, `What was measured with ${name}`)}
      rowKey="key"
      size="small"
      bordered
      pagination={false}
      scroll={{ x: 640 }}
      dataSource={rows}
      columns={[
        { title: t("数据", "Data"), dataIndex: "set", onCell: ({ span }) => ({ rowSpan: span }) },
        { title: t("量的是什么", "What was measured"), dataIndex: "measure" },
        { title: t("结果", "Result"), width: 240, render: (_, { value }) => <Bar value={value} /> },
      ]}
    />
  );
}

function Bar({ value }: { value: number }) {
  const { token } = theme.useToken();
  const percent = `${(value * 100).toFixed(1)}%`;
  return (
    <div style={{ display: "flex", alignItems: "center", gap: 8 }}>
      <span style={{ width: 52, textAlign: "end", fontVariantNumeric: "tabular-nums" }}>{percent}</span>
      <span aria-hidden style={{ flex: 1, background: token.colorFillSecondary, borderRadius: 4, height: 8 }}>
        <span
          style={{
            display: "block",
            width: percent,
            maxWidth: "100%",
            background: token.colorPrimary,
            borderRadius: 4,
            height: 8,
          }}
        />
      </span>
    </div>
  );
}
