// A chart by day: bars or a line with its figures written beside it, or the same as a table. Nothing is told by colour alone.
import { BarChartOutlined, TableOutlined } from "@ant-design/icons";
import { Button, Card, Table, Tooltip, Typography, theme } from "antd";
import { useEffect, useRef, useState } from "react";
import { useText } from "../../frame/text";
import { type Measure, written } from "./measures";

export interface Point {
  day: string;
  value: number | null;
}

const HEIGHT = 170;
const TOP = 24;
const BOTTOM = 24;
const LEFT = 8;
const RIGHT = 64;

export function DayChart({ measure, points, kind }: { measure: Measure; points: Point[]; kind: "line" | "bar" }) {
  const t = useText();
  const [isTable, setTable] = useState(false);
  const [width, setWidth] = useState(520);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(Math.max(240, element.clientWidth)));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const swap = isTable ? t("看图", "Show as a chart") : t("看表格", "Show as a table");
  return (
    <Card
      size="small"
      title={
        <h2 style={{ fontSize: 15, margin: 0 }}>
          {measure.title} {t("（按天）", "by day")}
        </h2>
      }
      extra={
        <Tooltip title={swap}>
          <Button
            type="text"
            size="small"
            aria-label={`${measure.title}: ${swap}`}
            icon={isTable ? <BarChartOutlined /> : <TableOutlined />}
            onClick={() => setTable(!isTable)}
          />
        </Tooltip>
      }
    >
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>
        {measure.about}
      </Typography.Text>
      <div ref={box} style={{ minWidth: 0 }}>
        {isTable ? (
          <Table
            size="small"
            rowKey="day"
            scroll={{ y: HEIGHT }}
            pagination={false}
            dataSource={points}
            columns={[
              { title: t("日期", "Day"), dataIndex: "day" },
              {
                title: measure.title,
                dataIndex: "value",
                align: "end",
                render: (value: number | null) => written(measure, value),
              },
            ]}
          />
        ) : (
          <Drawing measure={measure} points={points} kind={kind} width={width} />
        )}
      </div>
    </Card>
  );
}

function Drawing({
  measure,
  points,
  kind,
  width,
}: {
  measure: Measure;
  points: Point[];
  kind: "line" | "bar";
  width: number;
}) {
  const t = useText();
  const { token } = theme.useToken();
  const [at, setAt] = useState<number>();
  const known = points.flatMap(({ value }, index) => (value === null ? [] : [{ index, value }]));
  const last = known.at(-1);
  if (!last) return <Typography.Text>{t("这段时间没有数据", "No data in this period")}</Typography.Text>;
  const most = known.reduce((best, one) => (one.value > best.value ? one : best));
  const top = most.value > 0 ? most.value : 1;
  const step = (width - LEFT - RIGHT) / points.length;
  const x = (index: number) => LEFT + step * (index + 0.5);
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const short = (day: string | undefined) => (day ?? "").slice(5).replace("-", "/");
  // A day without data interrupts the line.
  const path = points
    .map(({ value }, index) =>
      value === null
        ? ""
        : `${index === 0 || points[index - 1]?.value === null ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join("");
  const text = { fontSize: 12, fill: token.colorText };
  const shown = at === undefined ? undefined : points[at];
  const label = t(
    `${measure.title}：最高 ${written(measure, most.value)}（${points[most.index]?.day}），最近 ${written(measure, last.value)}（${points[last.index]?.day}）`,
    `${measure.title}: highest ${written(measure, most.value)} (${points[most.index]?.day}), latest ${written(measure, last.value)} (${points[last.index]?.day})`,
  );
  const anchor = (index: number) => (x(index) < 50 ? "start" : x(index) > width - RIGHT - 40 ? "end" : "middle");
  return (
    <svg
      width={width}
      height={HEIGHT}
      role="img"
      aria-label={label}
      style={{ display: "block", maxWidth: "100%" }}
      onMouseMove={(event) => {
        const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
        setAt(Math.min(points.length - 1, Math.max(0, Math.floor((left - LEFT) / step))));
      }}
      onMouseLeave={() => setAt(undefined)}
    >
      <line x1={LEFT} x2={width - RIGHT} y1={y(0)} y2={y(0)} stroke={token.colorBorder} />
      {kind === "bar" ? (
        known.map(({ index, value }) => (
          <rect
            key={index}
            x={x(index) - Math.max(1, step * 0.36)}
            y={y(value)}
            width={Math.max(2, step * 0.72)}
            height={Math.max(0, y(0) - y(value))}
            rx={2}
            fill={token.colorPrimary}
            opacity={at === undefined || at === index ? 1 : 0.55}
          />
        ))
      ) : (
        <>
          <path d={path} fill="none" stroke={token.colorPrimary} strokeWidth={2} strokeLinejoin="round" />
          {known.map(({ index, value }) => (
            <circle
              key={index}
              cx={x(index)}
              cy={y(value)}
              r={at === index || index === last.index || index === most.index ? 4 : 1.8}
              fill={token.colorPrimary}
            />
          ))}
        </>
      )}
      {shown === undefined && (
        <text x={x(most.index)} y={y(most.value) - 8} textAnchor={anchor(most.index)} style={text}>
          {written(measure, most.value)}
        </text>
      )}
      {(most.index !== last.index || shown !== undefined) && (
        <text x={x(last.index) + step / 2 + 6} y={y(last.value) + 4} style={{ ...text, fontWeight: 600 }}>
          {written(measure, last.value)}
        </text>
      )}
      {shown !== undefined && at !== undefined && (
        <>
          <line x1={x(at)} x2={x(at)} y1={TOP - 6} y2={y(0)} stroke={token.colorTextTertiary} strokeDasharray="3 3" />
          <text x={x(at)} y={14} textAnchor={anchor(at)} style={{ ...text, fontWeight: 600 }}>
            {short(shown.day)} · {written(measure, shown.value)}
          </text>
        </>
      )}
      {[0, Math.floor((points.length - 1) / 2), points.length - 1]
        .filter((index, place, all) => all.indexOf(index) === place)
        .map((index) => (
          <text
            key={index}
            x={x(index)}
            y={HEIGHT - 6}
            textAnchor={anchor(index)}
            style={{ ...text, fill: token.colorTextSecondary }}
          >
            {short(points[index]?.day)}
          </text>
        ))}
    </svg>
  );
}
