import type { LiquidationMap, MapLevel } from "../../model/types.ts";

/** Two float64: time and mark price (NaN: null); two u32: numbers of long and short levels. */
const headBytes = 24;
const levelBytes = 16;

/** A map in bytes, little-endian: the head, then price and notional of each level as float64, longs first. */
export function packMap({ time, markPrice, long, short }: LiquidationMap): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + (long.length + short.length) * levelBytes);
  // ten times the speed of the buffer's own writers
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setFloat64(0, time, true);
  view.setFloat64(8, markPrice ?? Number.NaN, true);
  view.setUint32(16, long.length, true);
  view.setUint32(20, short.length, true);
  packLevels(view, headBytes, long);
  packLevels(view, headBytes + long.length * levelBytes, short);
  return bytes;
}

function packLevels(view: DataView, from: number, levels: readonly MapLevel[]): void {
  let at = from;
  for (const level of levels) {
    view.setFloat64(at, level[0], true);
    view.setFloat64(at + 8, level[1], true);
    at += levelBytes;
  }
}

export function unpackMap(symbol: string, bytes: Buffer): LiquidationMap {
  const longs = bytes.readUInt32LE(16);
  const shorts = bytes.readUInt32LE(20);
  const level = (index: number): MapLevel => {
    const at = headBytes + index * levelBytes;
    return [bytes.readDoubleLE(at), bytes.readDoubleLE(at + 8)];
  };
  const markPrice = bytes.readDoubleLE(8);
  return {
    symbol,
    time: bytes.readDoubleLE(0),
    markPrice: Number.isNaN(markPrice) ? null : markPrice,
    long: Array.from({ length: longs }, (_, index) => level(index)),
    short: Array.from({ length: shorts }, (_, index) => level(longs + index)),
  };
}
