import type { Texts } from "../../texts/texts.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The time a picture covers: "last 24 h", "last 30 days", and where there is less, since when. */
export function spanText(from: number, to: number, texts: Texts): string {
  const days = (to - from) / dayMs;
  const whole = Math.round(days);
  if (whole < 1 || Math.abs(days - whole) > 0.01)
    return texts.say("chart-span-since", { time: texts.time(from) });
  if (whole === 1) return texts.say("chart-span-day");
  return texts.say("chart-span-days", { count: texts.count(whole) });
}
