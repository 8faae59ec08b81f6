// The one-line account of a run that goes on.
import type { RunProgress } from "@/ipc/generated/RunProgress";
import { count } from "./format";

/** `2,310 of 4,830 - 142/s - about 18 s left - 6 connections`, or `2,310 of 4,830 - Paused`. */
export function progressText(progress: RunProgress): string {
  const parts = [`${count(progress.done)} of ${count(progress.total)}`];
  if (progress.paused) return [...parts, "Paused"].join(" - ");
  if (progress.rate > 0) parts.push(`${rateText(progress.rate)}/s`);
  if (progress.etaSeconds !== null) parts.push(`about ${duration(progress.etaSeconds)} left`);
  parts.push(`${progress.lanes} ${progress.lanes === 1 ? "connection" : "connections"}`);
  return parts.join(" - ");
}

/** `18 s`, `3 min`, `1 h 5 min` */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** From 0 to 1; undefined while the total is not known. */
export function fraction(progress: RunProgress): number | undefined {
  return progress.total === 0 ? undefined : Math.min(1, progress.done / progress.total);
}

function rateText(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : count(Math.round(rate));
}
