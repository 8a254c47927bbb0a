import { columnSpans, type HeatmapSpan, type PictureStore } from "../../charts/contracts.ts";
import { columnOffset, packColumn, unpackColumns } from "./columns.ts";
import { packDetail, unpackDetail } from "./detail.ts";
import { pictureKeys } from "../keys.ts";
import type { RedisClient } from "../redis/script.ts";

const dayMs = 24 * 3_600_000;

/** A symbol nobody recomputes any more is forgotten a span after its last column. */
const columnTtlMs: Readonly<Record<HeatmapSpan, number>> = { day: 2 * dayMs, month: 32 * dayMs };
const detailTtlMs = dayMs;

/** What pictures are made of, and the pictures. */
export function createPictureStore(redis: RedisClient): PictureStore {
  return {
    putColumn: async (symbol, span, column) => {
      const key = `${pictureKeys(symbol).columns}${span}`;
      const spec = columnSpans[span];
      await redis.setrange(key, columnOffset(column.time, spec), packColumn(column, spec));
      await redis.pexpire(key, columnTtlMs[span]);
    },
    columns: async (symbol, span, from, to) => {
      const block = await redis.getBuffer(`${pictureKeys(symbol).columns}${span}`);
      return block === null ? [] : unpackColumns(block, columnSpans[span], from, to);
    },
    putDetail: async (symbol, detail) => {
      await redis.set(pictureKeys(symbol).detail, packDetail(detail), "PX", detailTtlMs);
    },
    detail: async (symbol) => {
      const bytes = await redis.getBuffer(pictureKeys(symbol).detail);
      return bytes === null ? undefined : unpackDetail(bytes);
    },
    picture: async (symbol, key) =>
      (await redis.getBuffer(`${pictureKeys(symbol).picture}${key}`)) ?? undefined,
    putPicture: async (symbol, key, png, ttlMs) => {
      await redis.set(`${pictureKeys(symbol).picture}${key}`, asBuffer(png), "PX", ttlMs);
    },
    claimDrawing: async (symbol, key, ttlMs) =>
      (await redis.set(`${pictureKeys(symbol).drawing}${key}`, 1, "PX", ttlMs, "NX")) === "OK",
  };
}

// ioredis sends Buffers as they are and turns every other object into text
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
