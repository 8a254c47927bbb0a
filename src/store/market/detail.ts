import { z } from "zod";
import type { MapDetail, SideDetail } from "../../model/detail.ts";

/** Counts changes of the layout; another one is read as if there were none. */
const version = 1;

const band = z.array(z.tuple([z.number(), z.number(), z.number()]));
const head = z.object({
  version: z.literal(version),
  time: z.number(),
  markPrice: z.number().positive(),
  binWidth: z.number().positive(),
  leverages: z.array(z.number()),
  venues: z.array(z.string()),
  bins: z.object({ long: z.number().int(), short: z.number().int() }),
  band: z.object({ long: band, short: band }),
});

type Head = z.infer<typeof head>;

const full = 255;

/** A u32: length of the head; the head as JSON; then every share as a byte, longs first. */
export function packDetail({ long, short, ...common }: MapDetail): Buffer {
  const bins = { long: long.measured.length, short: short.measured.length };
  const text = JSON.stringify({ version, ...common, bins, band: { long: long.band, short: short.band } });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(text), 0);
  return Buffer.concat([length, Buffer.from(text), ...sharesOf(long), ...sharesOf(short)]);
}

function sharesOf({ measured, byLeverage, byVenue }: SideDetail): Buffer[] {
  return [measured, byLeverage, byVenue].map((shares) =>
    Buffer.from(shares.map((share) => share * full + 0.5)),
  );
}

/** Undefined when the bytes are of another layout: pictures do without. */
export function unpackDetail(bytes: Buffer): MapDetail | undefined {
  const headEnd = 4 + bytes.readUInt32LE(0);
  const parsed = head.safeParse(JSON.parse(bytes.toString("utf8", 4, headEnd)));
  if (!parsed.success) return undefined;
  const { bins, band, leverages, venues } = parsed.data;
  let at = headEnd;
  const take = (count: number): Float32Array => {
    const shares = Float32Array.from(bytes.subarray(at, at + count), (byte) => byte / full);
    at += count;
    return shares;
  };
  const side = (which: keyof Head["bins"]): SideDetail => ({
    measured: take(bins[which]),
    byLeverage: take(bins[which] * leverages.length),
    byVenue: take(bins[which] * venues.length),
    band: band[which],
  });
  const { time, markPrice, binWidth } = parsed.data;
  return { time, markPrice, binWidth, leverages, venues, long: side("long"), short: side("short") };
}
