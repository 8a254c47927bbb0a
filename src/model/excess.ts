/**
 * The excess ratio's last thirty days, hour by hour: ln excess ratio, rounded to a thousandth; null where none was
 * known. Plain JSON.
 */
export interface ExcessMemory {
  /** Hour since the epoch of the last entry. */
  readonly hour: number;
  readonly logs: readonly (number | null)[];
}

const hourMs = 3_600_000;
const mostHours = 30 * 24;
/** Fewer hours than a week's are no history to be ranked in. */
const leastHours = 7 * 24;

/** Notes the newest excess ratio: the last known one of an hour stands for it. */
export function rememberExcess(
  memory: ExcessMemory | undefined,
  excessRatio: number | null,
  time: number,
): ExcessMemory {
  const hour = Math.floor(time / hourMs);
  const own = excessRatio === null ? null : logOf(excessRatio);
  if (memory === undefined || hour - memory.hour > mostHours) return { hour, logs: [own] };
  // a clock set back adds nothing
  if (hour < memory.hour || (hour === memory.hour && own === null)) return memory;
  const before = hour === memory.hour ? memory.logs.slice(0, -1) : memory.logs;
  const missed = Array.from({ length: Math.max(0, hour - memory.hour - 1) }, () => null);
  return { hour, logs: [...before, ...missed, own].slice(-mostHours) };
}

function logOf(ratio: number): number {
  // JSON knows no −0
  return Math.round(1000 * Math.log(ratio)) / 1000 + 0;
}

/** Share of the hours before this one whose excess ratio was lower, ties by half; null where they are too few. */
export function percentileOf(memory: ExcessMemory, excessRatio: number | null): number | null {
  if (excessRatio === null) return null;
  const own = logOf(excessRatio);
  let [known, below, equal] = [0, 0, 0];
  // a month of hours at each recompute: in one pass, without copies
  for (let hour = 0; hour < memory.logs.length - 1; hour += 1) {
    const log = memory.logs[hour] ?? null;
    if (log === null) continue;
    known += 1;
    if (log < own) below += 1;
    else if (log === own) equal += 1;
  }
  return known < leastHours ? null : (below + equal / 2) / known;
}
