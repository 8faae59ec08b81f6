import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { type PointerEvent, useState } from "react";
import type { ServerLoad } from "@/ipc/generated/ServerLoad";
import { box, extentOf, filled, moment, outline, places, type Series, seriesOf, ticks } from "./loadSeries";

/** Rate, latency, connections and back-offs one above the other over one time axis. */
export function LoadCharts({ load }: { load: ServerLoad }) {
  const styles = useStyles();
  const xs = places(load.samples);
  const end = load.samples.at(-1)?.atMs ?? 0;
  const marks = ticks(end).map((at) => ({ at, x: end === 0 ? 0 : (at / end) * 100 }));
  const [pointed, setPointed] = useState<number | null>(null);
  const point = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPointed(nearest(xs, ((event.clientX - left) / width) * box.width));
  };
  const at = pointed !== null && pointed < xs.length ? pointed : null;
  return (
    <div className={styles.root}>
      {seriesOf(load).map((series) => (
        <Chart
          key={series.id}
          series={series}
          xs={xs}
          marks={marks.map(({ x }) => x)}
          at={at}
          onPoint={point}
          onLeave={() => setPointed(null)}
        />
      ))}
      <div className={styles.axis} aria-hidden>
        {marks.map((mark) => (
          <span key={mark.at} className={styles.tick} style={{ left: `${mark.x}%` }}>
            {moment(mark.at)}
          </span>
        ))}
      </div>
      <Text size={200} className={styles.axisName}>
        {at === null
          ? "Minutes and seconds since this part of the run began."
          : `At ${moment(load.samples[at]?.atMs ?? 0)} since this part of the run began.`}
      </Text>
    </div>
  );
}

type ChartProps = {
  series: Series;
  xs: readonly number[];
  /** Where the time axis is marked, percent of the width. */
  marks: readonly number[];
  /** The sample under the pointer. */
  at: number | null;
  onPoint: (event: PointerEvent) => void;
  onLeave: () => void;
};

function Chart({ series, xs, marks, at, onPoint, onLeave }: ChartProps) {
  const styles = useStyles();
  const { title, words, top, level } = series;
  const extent = extentOf(series.values);
  const path = outline(series, xs);
  const shown = at === null ? extent?.now : series.values[at];
  const x = at === null ? undefined : xs[at];
  return (
    <figure className={styles.figure} aria-label={title}>
      <figcaption className={styles.caption}>
        <Text weight="semibold">{title}</Text>
        <Text size={500} className={styles.number}>
          {shown === undefined || shown === null ? "–" : words(shown)}
        </Text>
        <Text size={200} className={styles.extent}>
          {extent === null ? "no answer yet" : `${words(extent.least)} to ${words(extent.most)}`}
        </Text>
      </figcaption>
      <div className={styles.scale} aria-hidden>
        <span>{words(top)}</span>
        <span>0</span>
      </div>
      <div className={styles.plot} onPointerMove={onPoint} onPointerLeave={onLeave}>
        <svg
          className={styles.svg}
          viewBox={`0 0 ${box.width} ${box.height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={spoken(series)}
        >
          {marks.map((mark) => (
            <line key={mark} className={styles.grid} x1={mark * 10} x2={mark * 10} y1={0} y2={box.height} />
          ))}
          {level && (
            <line
              className={mergeClasses(styles.grid, styles.level)}
              x1={0}
              x2={box.width}
              y1={box.height * (1 - level.at / top)}
              y2={box.height * (1 - level.at / top)}
            />
          )}
          {series.shape === "area" && <path className={styles.area} d={filled(path, xs)} />}
          <path className={mergeClasses(styles.line, series.shape === "bars" && styles.bars)} d={path} />
          {x !== undefined && <line className={styles.cursor} x1={x} x2={x} y1={0} y2={box.height} />}
        </svg>
        {level && (
          <span className={styles.levelName} style={{ top: `${100 * (1 - level.at / top)}%` }} aria-hidden>
            {level.name}
          </span>
        )}
      </div>
    </figure>
  );
}

/** What the picture says, for those who hear it. */
function spoken({ title, values, words, level }: Series): string {
  const extent = extentOf(values);
  if (extent === null) return `${title}: no answer yet.`;
  const { now, least, most } = extent;
  const limit = level ? `, ${level.name}` : "";
  return `${title}: last ${words(now)}, least ${words(least)}, most ${words(most)}${limit}.`;
}

function nearest(xs: readonly number[], x: number): number | null {
  let best: number | null = null;
  xs.forEach((candidate, index) => {
    if (best === null || Math.abs(candidate - x) < Math.abs((xs[best] ?? 0) - x)) best = index;
  });
  return best;
}

const captionWidth = "168px";
const scaleWidth = "64px";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  figure: {
    display: "grid",
    gridTemplateColumns: `${captionWidth} ${scaleWidth} minmax(0, 1fr)`,
    margin: 0,
    height: "72px",
  },
  caption: { display: "flex", flexDirection: "column", minWidth: 0 },
  number: { fontVariantNumeric: "tabular-nums" },
  extent: { color: tokens.colorNeutralForeground3, fontVariantNumeric: "tabular-nums" },
  scale: {
    display: "flex",
    flexDirection: "column",
    justifyContent: "space-between",
    alignItems: "flex-end",
    paddingInlineEnd: tokens.spacingHorizontalS,
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase100,
    lineHeight: tokens.lineHeightBase100,
    fontVariantNumeric: "tabular-nums",
  },
  plot: {
    position: "relative",
    minWidth: 0,
    borderLeft: `1px solid ${tokens.colorNeutralStroke1}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke1}`,
  },
  svg: { display: "block", width: "100%", height: "100%", overflow: "visible" },
  grid: { stroke: tokens.colorNeutralStroke3, strokeWidth: "1px", vectorEffect: "non-scaling-stroke" },
  level: { stroke: tokens.colorNeutralStrokeAccessible, strokeDasharray: "4 4" },
  levelName: {
    position: "absolute",
    right: 0,
    padding: `0 ${tokens.spacingHorizontalXS}`,
    color: tokens.colorNeutralForeground2,
    backgroundColor: tokens.colorNeutralBackground1,
    fontSize: tokens.fontSizeBase100,
    lineHeight: tokens.lineHeightBase100,
    transform: "translateY(-50%)",
  },
  line: {
    fill: "none",
    stroke: tokens.colorBrandStroke1,
    strokeWidth: "2px",
    strokeLinejoin: "round",
    vectorEffect: "non-scaling-stroke",
    "@media (forced-colors: active)": { stroke: "CanvasText" },
  },
  bars: { stroke: tokens.colorStatusWarningForeground3, strokeWidth: "4px" },
  area: { fill: tokens.colorBrandBackground2, "@media (forced-colors: active)": { fill: "none" } },
  cursor: {
    stroke: tokens.colorNeutralForeground2,
    strokeWidth: "1px",
    vectorEffect: "non-scaling-stroke",
  },
  axis: {
    position: "relative",
    height: "16px",
    marginInlineStart: `calc(${captionWidth} + ${scaleWidth})`,
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase100,
    lineHeight: tokens.lineHeightBase100,
    fontVariantNumeric: "tabular-nums",
  },
  tick: {
    position: "absolute",
    transform: "translateX(-50%)",
    ":last-child": { transform: "translateX(-100%)" },
    ":first-child": { transform: "none" },
  },
  axisName: { color: tokens.colorNeutralForeground3, textAlign: "end" },
});
