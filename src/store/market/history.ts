import type { HistoryPoint } from "../contracts/symbols.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const minutesPerDay = 1_440;
const rowBytes = 32;

/** A day's block lives this long after its last minute was written. */
export const historyTtlMs = 31 * dayMs;
const historyDays = 32;

/**
 * Length of a day's block. A symbol has at most 32 of them: 1.5 MB of rows, under 2 MB of Redis however the
 * server rounds its allocations.
 */
export const dayBytes = minutesPerDay * rowBytes;

/** Which block a time falls into, and where in it. */
export function historyPlace(time: number): { day: number; offset: number } {
  const day = Math.floor(time / dayMs);
  return { day, offset: Math.floor((time - day * dayMs) / minuteMs) * rowBytes };
}

/** The days whose blocks hold [from, to], oldest first, never more than are kept. */
export function historyDaysOf(from: number, to: number): readonly number[] {
  const last = Math.floor(to / dayMs);
  const first = Math.max(Math.floor(from / dayMs), last - historyDays + 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** Beside the ms into the minute, which never reach it. */
const reconstructedBit = 0x8000_0000;

/**
 * One minute's row, little-endian: u32 ms into the minute plus one (0: no row here) and the bit of what was
 * reconstructed, float32 ratio and its bounds, float64 mark price and notional. NaN stands for null; the ratios keep
 * seven digits, the rest all.
 */
export function packPoint(point: HistoryPoint): Buffer {
  const row = Buffer.alloc(rowBytes);
  const origin = "reconstructed" in point ? reconstructedBit : 0;
  row.writeUInt32LE((point.time % minuteMs) + 1 + origin, 0);
  row.writeFloatLE(point.ratio ?? Number.NaN, 4);
  row.writeFloatLE(point.ratioLow ?? Number.NaN, 8);
  row.writeFloatLE(point.ratioHigh ?? Number.NaN, 12);
  row.writeDoubleLE(point.markPrice ?? Number.NaN, 16);
  row.writeDoubleLE(point.notionalUsd ?? Number.NaN, 24);
  return row;
}

/** The points of a day's block (which may be shorter than a day), oldest first. */
export function unpackDay(day: number, block: Buffer): readonly HistoryPoint[] {
  const points: HistoryPoint[] = [];
  for (let at = 0; at + rowBytes <= block.length; at += rowBytes) {
    const stamp = block.readUInt32LE(at);
    if (stamp === 0) continue;
    const isReconstructed = stamp >= reconstructedBit;
    const sinceMinute = isReconstructed ? stamp - reconstructedBit : stamp;
    points.push({
      time: day * dayMs + (at / rowBytes) * minuteMs + sinceMinute - 1,
      ratio: rounded(block.readFloatLE(at + 4)),
      ratioLow: rounded(block.readFloatLE(at + 8)),
      ratioHigh: rounded(block.readFloatLE(at + 12)),
      markPrice: orNull(block.readDoubleLE(at + 16)),
      notionalUsd: orNull(block.readDoubleLE(at + 24)),
      ...(isReconstructed && { reconstructed: true as const }),
    });
  }
  return points;
}

// 2.597 comes back from float32 as 2.5969998836517334
function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toPrecision(7));
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Fills rows of one day's block that are empty: KEYS day; ARGV length, ttl, then offset and row of each. */
export const addHistoryScript = {
  name: "lopsideAddHistory",
  keys: 1,
  lua: `
local day, bytes, ttl = KEYS[1], tonumber(ARGV[1]), ARGV[2]
if redis.call('EXISTS', day) == 0 then redis.call('SETRANGE', day, bytes - 1, string.char(0)) end
for at = 3, #ARGV, 2 do
  local offset = tonumber(ARGV[at])
  if redis.call('GETRANGE', day, offset, offset + 3) == string.rep(string.char(0), 4) then
    redis.call('SETRANGE', day, offset, ARGV[at + 1])
  end
end
redis.call('PEXPIRE', day, ttl)
`,
};
