import { crc32, deflateSync } from "node:zlib";
import type { Rgb } from "../heatmap/colours.ts";

const signature = Buffer.from("89504e470d0a1a0a", "hex");

/** 8 bits a pixel, each an index into the palette; 8 bits a channel, three channels (PNG specification, 11.2.2). */
const indexed = [8, 3, 0, 0, 0];
const trueColour = [8, 2, 0, 0, 0];

/** The picture around it is compressed again. */
const embedded = { level: 1 };

/**
 * A picture of opaque pixels, four bytes each. Rows go unfiltered: flat areas and repeated shapes then compress to
 * two thirds of what resvg's own encoder makes of them, in the same time.
 */
export function opaquePng(width: number, height: number, rgba: Uint8Array): Buffer {
  const rows = rowsOf((3 * width + 1) * height);
  let to = 0;
  for (let from = 0; from < rgba.length; from += 4) {
    // each row begins with the number of its filter, 0
    if (from % (4 * width) === 0) {
      rows[to] = 0;
      to += 1;
    }
    rows[to] = rgba[from] ?? 0;
    rows[to + 1] = rgba[from + 1] ?? 0;
    rows[to + 2] = rgba[from + 2] ?? 0;
    to += 3;
  }
  return encode(width, height, trueColour, [chunk("IDAT", deflateSync(rows))]);
}

let scratch = Buffer.alloc(0);

/** The same megabytes for every picture; `opaquePng` is done with them before anyone can call it again. */
function rowsOf(bytes: number): Buffer {
  if (scratch.length < bytes) scratch = Buffer.alloc(bytes);
  return scratch.subarray(0, bytes);
}

/** A picture of palette indices, row after row. Index 0 is transparent. */
export function indexedPng(
  width: number,
  height: number,
  pixels: Uint8Array,
  palette: readonly Rgb[],
): Buffer {
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row += 1) {
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return encode(width, height, indexed, [
    chunk("PLTE", Buffer.from(palette.flat())),
    chunk("tRNS", Buffer.from([0])),
    chunk("IDAT", deflateSync(rows, embedded)),
  ]);
}

function encode(width: number, height: number, kind: readonly number[], chunks: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(kind, 8);
  return Buffer.concat([signature, chunk("IHDR", header), ...chunks, chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  bytes.set(body, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
