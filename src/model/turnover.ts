import { bookTotal, decayRow, type Book } from "./book.ts";
import { binWidth } from "./grid.ts";
import {
  dispositionRatio,
  dispositionScale,
  halfLifeDays,
  hedgedHalfLifeDays,
  tierCount,
  tierLeverages,
  usualVolumeHalfLifeDays,
} from "./priors.ts";

const dayMs = 86_400_000;

/** Average of traded volume over time that forgets slowly: sum / weightMs is volume per ms. */
export interface UsualVolume {
  sum: number;
  weightMs: number;
}

export function addVolume(usual: UsualVolume, volume: number, intervalMs: number): void {
  const kept = 2 ** (-intervalMs / (usualVolumeHalfLifeDays * dayMs));
  usual.sum = usual.sum * kept + volume;
  usual.weightMs = usual.weightMs * kept + intervalMs;
}

/** How many days of usual volume this volume is. */
export function volumeDays(usual: UsualVolume, volume: number): number {
  return usual.sum > 0 ? (volume * usual.weightMs) / usual.sum / dayMs : 0;
}

/** What one side's holders would close of their own will in a bar. */
export interface SideHazards {
  /** Share of each tier. */
  readonly rates: readonly number[];
  readonly hedgedRate: number;
  /** Mass all rates together would close. */
  readonly wanted: number;
  /** Mass that must close because open interest fell by more than was liquidated. */
  readonly forced: number;
}

/**
 * rate = 1 − 2^(−days · disposition / half-life). `opens` is ΔOI + liquidated: what must be opened before anyone
 * closes. The price is in the side's outward coordinate.
 */
export function hazardsOf(book: Book, price: number, days: number, opens: number): SideHazards {
  const hedgedRate = closingShare(days / hedgedHalfLifeDays);
  let wanted = book.hedged * hedgedRate;
  const rates = tierLeverages.map((leverage, tier) => {
    const gain = ((book.entry[tier] ?? price) - price) * binWidth * leverage;
    const rate = closingShare((days * disposition(gain)) / halfLifeDays(leverage));
    wanted += rate * (book.total[tier] ?? 0);
    return rate;
  });
  return { rates, hedgedRate, wanted, forced: Math.max(0, -opens) };
}

function closingShare(halfLives: number): number {
  return -Math.expm1(-Math.LN2 * halfLives);
}

/** Winners close sooner than losers; `gain` is the tier's mean profit on margin, so the factor is one a row. */
function disposition(gain: number): number {
  return Math.exp(halfLogDisposition * Math.tanh(gain / dispositionScale));
}

const halfLogDisposition = 0.5 * Math.log(dispositionRatio);

/**
 * ΔOI + closed + liquidated of both sides ≤ volume: each trade is one buy and one sell, and each opens or closes.
 * What falling open interest forces to close is not turnover; what hazards want beyond it shares the `spare`
 * volume (volume − ΔOI − liquidated).
 */
export function affordableShare(spare: number, sides: readonly SideHazards[]): number {
  let room = spare;
  let wanted = 0;
  for (const side of sides) {
    room -= side.forced;
    wanted += Math.max(0, side.wanted - side.forced);
  }
  if (wanted === 0 || wanted <= room) return 1;
  return Math.max(0, room) / wanted;
}

/** Closes what the side wants, its part beyond the forced one only by `share`. Returns what was closed. */
export function closeVoluntarily(book: Book, hazards: SideHazards, share: number): number {
  const { rates, hedgedRate, wanted, forced } = hazards;
  if (!(wanted > 0)) return 0;
  const before = bookTotal(book);
  const granted = (Math.min(wanted, forced) + share * Math.max(0, wanted - forced)) / wanted;
  for (let tier = 0; tier < tierCount; tier += 1) decayRow(book, tier, 1 - granted * (rates[tier] ?? 0));
  book.hedged *= 1 - granted * hedgedRate;
  return before - bookTotal(book);
}
