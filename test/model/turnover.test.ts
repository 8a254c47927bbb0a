import { describe, expect, it } from "vitest";
import { createBook, type Book } from "../../src/model/book.ts";
import { binWidth } from "../../src/model/grid.ts";
import { halfLifeDays, priorMix, tierCount, tierLeverages } from "../../src/model/priors.ts";
import { addVolume, affordableShare, hazardsOf, volumeDays } from "../../src/model/turnover.ts";

const day = 86_400_000;

describe("volume time", () => {
  it("runs at the pace of the usual volume", () => {
    const usual = { sum: 0, weightMs: 0 };
    for (let i = 0; i < 100; i += 1) addVolume(usual, 50, day / 24);
    expect(volumeDays(usual, 50)).toBeCloseTo(1 / 24, 12);
    expect(volumeDays(usual, 500)).toBeCloseTo(10 / 24, 12);
  });

  it("forgets slowly: after a week half of the average is new", () => {
    const usual = { sum: 0, weightMs: 0 };
    for (let i = 0; i < 24 * 200; i += 1) addVolume(usual, 100, day / 24);
    for (let i = 0; i < 24 * 7; i += 1) addVolume(usual, 300, day / 24);
    expect((usual.sum / usual.weightMs) * (day / 24)).toBeCloseTo(200, 6);
  });

  it("stands still where nothing was ever traded", () => {
    expect(volumeDays({ sum: 0, weightMs: day }, 0)).toBe(0);
  });
});

describe("hazards", () => {
  it("halve each tier over its half-life: 0.05 days at 100×, a day at 5×", () => {
    expect(halfLifeDays(100)).toBeCloseTo(0.05);
    expect(halfLifeDays(5)).toBeCloseTo(1);
    tierLeverages.forEach((leverage, tier) => {
      const { rates } = hazardsOf(aBook(0), 0, halfLifeDays(leverage), 0);
      expect(rates[tier]).toBeCloseTo(0.5, 12);
    });
  });

  it("realise gains half as fast again as losses", () => {
    const brief = 1e-6;
    const far = 1000;
    const [gain = 0] = hazardsOf(aBook(far / binWidth), 0, brief, 0).rates;
    const [loss = 0] = hazardsOf(aBook(-far / binWidth), 0, brief, 0).rates;
    expect(gain / loss).toBeCloseTo(1.5, 4);
  });

  it.each([
    ["fit whole", 100, 30, 0, 1],
    ["share what is left", 30, 30, 0, 0.5],
    ["get nothing where liquidations used the volume up", -5, 30, 0, 0],
    ["give way to what falling open interest forces", 30, 30, 20, 0],
    ["ask for nothing, whatever was liquidated", -5, 0, 0, 1],
    ["are free where they are forced anyway", 80, 30, 40, 1],
  ])("%s", (_name, spare, wanted, forced, expected) => {
    const side = { rates: [], hedgedRate: 0, wanted, forced };
    expect(affordableShare(spare, [side, side])).toBeCloseTo(expected, 12);
  });
});

describe("the prior mix", () => {
  it("shares out each side's whole open interest, and the short side hedges more", () => {
    for (const { hedged, tiers } of [priorMix.long, priorMix.short]) {
      expect(tiers).toHaveLength(tierCount);
      expect(tiers.reduce((sum, share) => sum + share, hedged)).toBeCloseTo(1, 12);
    }
    expect(priorMix.short.hedged).toBeGreaterThan(priorMix.long.hedged);
  });
});

/** Every tier holds one unit, entered there (outward coordinate). */
function aBook(entry: number): Book {
  const book = createBook();
  book.total.fill(1);
  book.entry.fill(entry);
  return book;
}
