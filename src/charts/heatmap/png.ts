import { crc32, deflateSync } from "node:zlib";
import type { Rgb } from "./colours.ts";

const signature = Buffer.from("89504e470d0a1a0a", "hex");
/** 8 bits a pixel, each an index into the palette (PNG specification, colour type 3). */
const indexed = [8, 3, 0, 0, 0];
/** Speed matters more than size here: the picture around it is compressed again. */
const compression = { level: 1 };

/** A picture of palette indices, row after row. Index 0 is transparent. */
export function indexedPng(
  width: number,
  height: number,
  pixels: Uint8Array,
  palette: readonly Rgb[],
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(indexed, 8);
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row += 1) {
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flat())),
    chunk("tRNS", Buffer.from([0])),
    chunk("IDAT", deflateSync(rows, compression)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  bytes.set(body, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
