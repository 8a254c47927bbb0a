import { expect, test } from "vitest";
import { packDetail, unpackDetail } from "../../../src/store/market/detail.ts";
import { lopsidedUp, sampleMarket } from "../../charts/samples.ts";

const { detail } = sampleMarket({ clusters: lopsidedUp, measured: 0.2 });
const band = [[0.01, 0.7, 1.4] as const];
const full = { ...detail, long: { ...detail.long, band }, short: { ...detail.short, band } };

test("a detail comes back, its shares to half a percent", () => {
  const back = unpackDetail(packDetail(full));
  expect(back).toMatchObject({
    time: full.time,
    markPrice: full.markPrice,
    binWidth: full.binWidth,
    leverages: full.leverages,
    venues: full.venues,
    long: { band },
  });
  for (const side of ["long", "short"] as const) {
    for (const part of ["measured", "byLeverage", "byVenue"] as const) {
      const [kept, read] = [full[side][part], back?.[side][part]];
      expect(read?.length).toBe(kept.length);
      expect(Math.max(...kept.map((share, i) => Math.abs(share - (read?.[i] ?? 9))))).toBeLessThan(0.005);
    }
  }
});

test("one of another layout is read as none", () => {
  const head = Buffer.from(JSON.stringify({ version: 0 }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length, 0);
  expect(unpackDetail(Buffer.concat([length, head]))).toBeUndefined();
});
