import type { LiquidationMap, MapLevel } from "../model/types.ts";

/** Two float64: time and mark price (NaN: null); two u32: numbers of long and short levels. */
const headBytes = 24;
const levelBytes = 16;

/** A map in bytes, little-endian: the head, then price and notional of each level as float64, longs first. */
export function packMap(map: LiquidationMap): Buffer {
  const levels = [...map.long, ...map.short];
  const bytes = Buffer.allocUnsafe(headBytes + levels.length * levelBytes);
  bytes.writeDoubleLE(map.time, 0);
  bytes.writeDoubleLE(map.markPrice ?? Number.NaN, 8);
  bytes.writeUInt32LE(map.long.length, 16);
  bytes.writeUInt32LE(map.short.length, 20);
  for (const [index, [price, notionalUsd]] of levels.entries()) {
    const at = headBytes + index * levelBytes;
    bytes.writeDoubleLE(price, at);
    bytes.writeDoubleLE(notionalUsd, at + 8);
  }
  return bytes;
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
