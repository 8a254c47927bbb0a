import type { Bar, SeriesSpec } from "../../model/types.ts";
import { formatStored, parseStored, storedSpec } from "../json.ts";

/** Fields every bar has, in the order they are packed. */
const given = ["openTime", "open", "high", "low", "close", "volume"] as const;
/** Fields a bar may lack; bit n of a bar's mask says whether the nth is there. */
const optional = [
  "takerBuyVolume",
  "openInterest",
  "markHigh",
  "markLow",
  "longShortRatio",
  "fundingRate",
  "longLiquidations",
  "shortLiquidations",
] as const;

/** Mask, the given fields and all the optional ones. */
const largestBar = 2 + 8 * (given.length + optional.length);

/**
 * A series' bars in bytes, little-endian: u32 length of the spec, the spec as JSON, u32 number of bars, then per
 * bar a u16 mask and float64 values: 50 bytes and 8 for each optional field that is there, exact to the last bit.
 */
export function packBars(spec: SeriesSpec, bars: readonly Bar[]): Buffer {
  const head = Buffer.from(formatStored(spec), "utf8");
  const bytes = Buffer.allocUnsafe(8 + head.length + bars.length * largestBar);
  let at = bytes.writeUInt32LE(head.length, 0);
  at += head.copy(bytes, at);
  at = bytes.writeUInt32LE(bars.length, at);
  for (const bar of bars) at = packBar(bytes, at, bar);
  return bytes.subarray(0, at);
}

export function unpackBars(bytes: Buffer): { spec: SeriesSpec; bars: readonly Bar[] } {
  const headLength = bytes.readUInt32LE(0);
  const spec = parseStored(bytes.toString("utf8", 4, 4 + headLength), storedSpec, "series spec");
  const count = bytes.readUInt32LE(4 + headLength);
  const bars: Bar[] = [];
  let at = 8 + headLength;
  for (let index = 0; index < count; index++) {
    const next = unpackBar(bytes, at);
    bars.push(next.bar);
    at = next.end;
  }
  return { spec, bars };
}

function packBar(bytes: Buffer, start: number, bar: Bar): number {
  let mask = 0;
  let at = start + 2;
  for (const field of given) at = bytes.writeDoubleLE(bar[field], at);
  for (const [bit, field] of optional.entries()) {
    const value = bar[field];
    if (value === undefined) continue;
    mask |= 1 << bit;
    at = bytes.writeDoubleLE(value, at);
  }
  bytes.writeUInt16LE(mask, start);
  return at;
}

function unpackBar(bytes: Buffer, start: number): { bar: Bar; end: number } {
  const mask = bytes.readUInt16LE(start);
  let at = start + 2;
  const next = (): number => {
    at += 8;
    return bytes.readDoubleLE(at - 8);
  };
  const needed = { openTime: next(), open: next(), high: next(), low: next(), close: next(), volume: next() };
  const known: { -readonly [field in (typeof optional)[number]]?: number } = {};
  for (const [bit, field] of optional.entries()) if ((mask & (1 << bit)) !== 0) known[field] = next();
  return { bar: { ...needed, ...known }, end: at };
}
