import type { AxisFormat } from "../../texts/axis.ts";
import type { Tick } from "./axes.ts";
import type { Frame } from "./frame.ts";
import { textWidth } from "./text.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Steps that fall on times people name, in UTC. */
const steps: readonly number[] = [
  ...[5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 5, 10].map((days) => days * dayMs),
];

/** The finest step whose labels keep apart along `length` px. */
export function timeTicks(from: number, to: number, length: number, frame: Frame, axis: AxisFormat): Tick[] {
  const step = steps.find((step) => {
    const widest = textWidth(labelOf(step, axis)(from), frame.label);
    return (length * step) / (to - from) > widest * 1.5;
  });
  const chosen = step ?? dayMs * 10;
  const label = labelOf(chosen, axis);
  const ticks: Tick[] = [];
  for (let time = Math.ceil(from / chosen) * chosen; time <= to; time += chosen) {
    ticks.push({ value: time, text: label(time) });
  }
  return ticks;
}

function labelOf(step: number, { day, hour }: AxisFormat): (time: number) => string {
  return step >= dayMs ? day : hour;
}
