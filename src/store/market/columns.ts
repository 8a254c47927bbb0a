import type { ColumnSpan } from "../../charts/contracts.ts";
import type { MapColumn } from "../../model/column.ts";

/** Two float64: time and mark price; an int32: the lowest bin. */
const headBytes = 20;

/** Notional as a u16: 0 for none, else the logarithm in these steps; 0.05 % exact, up to 10^14 dollars. */
const codesPerLog = 2_000;
const mostCode = 0xffff;

/** Length of one column. All of a span lie in one string, each at a place of its own, so that it never grows. */
export function columnBytes({ bins }: ColumnSpan): number {
  return headBytes + 2 * bins;
}

/** Where a column lies: the newest one overwrites the one that is a whole span older. */
export function columnOffset(time: number, span: ColumnSpan): number {
  return (Math.floor(time / span.columnMs) % span.columns) * columnBytes(span);
}

/** A column in bytes, little-endian. Bins more than the span has are left out. */
export function packColumn({ time, markPrice, firstBin, notionalUsd }: MapColumn, span: ColumnSpan): Buffer {
  const bytes = Buffer.alloc(columnBytes(span));
  bytes.writeDoubleLE(time, 0);
  bytes.writeDoubleLE(markPrice, 8);
  bytes.writeInt32LE(firstBin, 16);
  for (let bin = 0; bin < Math.min(span.bins, notionalUsd.length); bin += 1) {
    const code = Math.round(codesPerLog * Math.log1p(notionalUsd[bin] ?? 0));
    bytes.writeUInt16LE(Math.min(mostCode, code), headBytes + 2 * bin);
  }
  return bytes;
}

/** The columns of a span's string that begin in [from, to], oldest first. */
export function unpackColumns(block: Buffer, span: ColumnSpan, from: number, to: number): MapColumn[] {
  const columns: MapColumn[] = [];
  for (let at = 0; at + columnBytes(span) <= block.length; at += columnBytes(span)) {
    const time = block.readDoubleLE(at);
    const markPrice = block.readDoubleLE(at + 8);
    // a place that was never written has no price
    if (markPrice > 0 && time >= from && time <= to) columns.push(unpackColumn(block, at, span));
  }
  return columns.toSorted((a, b) => a.time - b.time);
}

function unpackColumn(block: Buffer, at: number, { bins, binWidth }: ColumnSpan): MapColumn {
  const notionalUsd = Float32Array.from({ length: bins }, (_, bin) =>
    Math.expm1(block.readUInt16LE(at + headBytes + 2 * bin) / codesPerLog),
  );
  const [time, markPrice] = [block.readDoubleLE(at), block.readDoubleLE(at + 8)];
  return { time, markPrice, binWidth, firstBin: block.readInt32LE(at + 16), notionalUsd };
}
