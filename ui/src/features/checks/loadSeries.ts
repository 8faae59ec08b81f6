// What the charts of `Server load` draw: numbers into places within a box of 1000 by 100, and into words.
import type { LoadSample } from "@/ipc/generated/LoadSample";
import type { ServerLoad } from "@/ipc/generated/ServerLoad";
import { count } from "@/lib/format";

/** The box every chart is drawn in; it is stretched to the room there is. */
export const box = { width: 1000, height: 100 } as const;

/** One line of numbers over the time of a run. */
export type Series = {
  id: "rate" | "latency" | "lanes" | "backOffs";
  title: string;
  /** `142/s`, `31 ms`. */
  words: (value: number) => string;
  /** How it is drawn: shapes differ, so that no color has to. */
  shape: "area" | "line" | "steps" | "bars";
  values: readonly (number | null)[];
  /** Top of the scale. */
  top: number;
  /** A level to compare with, and its name. */
  level?: { at: number; name: string };
};

/** The four series of a run, in the order they are shown. */
export function seriesOf({ samples, ceiling }: ServerLoad): Series[] {
  const of = (pick: (sample: LoadSample) => number | null) => samples.map(pick);
  const rate = of((sample) => sample.rate);
  const latency = of((sample) => sample.latencyMs);
  const lanes = of((sample) => sample.lanes);
  const backOffs = of((sample) => sample.backOffs);
  const level = ceiling > 0 ? { at: ceiling, name: `limit ${count(ceiling)}` } : undefined;
  return [
    { id: "rate", title: "Mailboxes a second", words: perSecond, shape: "area", values: rate, top: topOf(rate) },
    { id: "latency", title: "Time of an answer", words: inTime, shape: "line", values: latency, top: topOf(latency) },
    {
      id: "lanes",
      title: "Connections",
      words: plain,
      shape: "steps",
      values: lanes,
      top: topOf([...lanes, ceiling]),
      level,
    },
    { id: "backOffs", title: "Back-offs", words: plain, shape: "bars", values: backOffs, top: topOf(backOffs) },
  ];
}

/** The last number there is, the least and the greatest; null: there is none. */
export function extentOf(values: readonly (number | null)[]): { now: number; least: number; most: number } | null {
  const known = values.filter((value) => value !== null);
  const now = known.at(-1);
  if (now === undefined) return null;
  return {
    now,
    least: known.reduce((least, value) => Math.min(least, value)),
    most: known.reduce((most, value) => Math.max(most, value)),
  };
}

/** The next round number at or above all of these: 1, 2, 3, 4, 5, 6, 8, 10, 20 … */
export function topOf(values: readonly (number | null)[]): number {
  const most = values.reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
  if (most <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= most) ?? most;
}

/** Where on the time axis each sample ends, from 0 to the width of the box; the last stands at its right edge. */
export function places(samples: readonly LoadSample[]): number[] {
  const end = samples.at(-1)?.atMs ?? 0;
  return samples.map(({ atMs }) => (end === 0 ? 0 : (atMs / end) * box.width));
}

/** The outline of a series as an SVG path: a line is broken where nothing is known. */
export function outline(
  { shape, values, top }: Pick<Series, "shape" | "values" | "top">,
  xs: readonly number[],
): string {
  const y = (value: number) => round(box.height - (Math.min(value, top) / top) * box.height);
  const parts: string[] = [];
  let pen = false;
  values.forEach((value, index) => {
    const x = round(xs[index] ?? 0);
    if (value === null) pen = false;
    else if (shape === "bars") {
      if (value > 0) parts.push(`M${x} ${box.height}V${y(value)}`);
    } else {
      parts.push(!pen ? `M${x} ${y(value)}` : shape === "steps" ? `H${x}V${y(value)}` : `L${x} ${y(value)}`);
      pen = true;
    }
  });
  return parts.join("");
}

/** The outline of an area closed along the bottom. Only for series without gaps. */
export function filled(path: string, xs: readonly number[]): string {
  const [first, last] = [xs[0], xs.at(-1)];
  if (path === "" || first === undefined || last === undefined) return "";
  return `${path}V${box.height}H${round(first)}Z`;
}

/** Round moments for the time axis, at most six, in milliseconds. */
export function ticks(endMs: number): number[] {
  const seconds = endMs / 1000;
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];
  const step = steps.find((candidate) => seconds / candidate <= 6) ?? Math.ceil(seconds / 6);
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step * 1000);
}

/** A moment of the run: `0:05`, `12:30`, `1:02:30`. */
export function moment(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function perSecond(value: number): string {
  return `${value > 0 && value < 10 ? value.toFixed(1) : count(Math.round(value))}/s`;
}

function inTime(value: number): string {
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${count(Math.round(value))} ms`;
}

function plain(value: number): string {
  return count(value);
}
