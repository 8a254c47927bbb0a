import { priorMix, tierCount } from "./priors.ts";
import { partCount, priorWeights } from "./stack.ts";
import type { Side } from "./types.ts";

/**
 * What the map could be as well: each draw multiplies the parts of each side by factors of its own. Parts, in order:
 * the side's tiers, the mirrored side, the far and the near kernel, and what is measured and stands as it is.
 */
export const mirroredPart = tierCount;
export const farPart = tierCount + 1;
export const nearPart = tierCount + 2;
export const certainPart = tierCount + 3;
export const drawnParts = tierCount + 4;

/** A table of factors, `factors[side][draw * drawnParts + part]`. */
export interface Draws {
  readonly count: number;
  readonly factors: Readonly<Record<Side, Float64Array>>;
}

/**
 * Standard deviations of the logarithms, so wide that 80 % bands hold what was really liquidated, long against short
 * over six hours, in eight of ten cases; the true ratio of simulated markets, whose positions are known, lies in them as
 * often (docs/model.md, "How sure"). Closing hazards aren't drawn by themselves: what they change is which tiers' mass is
 * near.
 */
const spreads = {
  /** Of the share of a side that can be liquidated at all: how much is hedged. */
  side: 0.53,
  /** Of a tier's share, on both sides alike. */
  tier: 0.7,
  /** Of a tier's share, on one side only. */
  tierOfSide: 0.85,
  /** Of a stack weight. */
  weight: 0.7,
} as const;

/**
 * Draws come in pairs with the sides swapped, so that a mirrored market has mirrored bands. The tiers' factors keep
 * their shares' sum, the weights' factors the weights'.
 */
export function createDraws(count: number, seed: number): Draws {
  const normal = normals(seed);
  const factors = {
    long: new Float64Array(count * drawnParts),
    short: new Float64Array(count * drawnParts),
  };
  for (let draw = 0; draw < count; draw += 2) {
    const common = Array.from({ length: tierCount }, () => spreads.tier * normal());
    const weights = kept(
      priorWeights.map(() => Math.exp(spreads.weight * normal())),
      priorWeights,
    );
    const one = sideFactors(normal, common, weights);
    const other = sideFactors(normal, common, weights);
    factors.long.set(one, draw * drawnParts);
    factors.short.set(other, draw * drawnParts);
    if (draw + 1 === count) break;
    factors.long.set(other, (draw + 1) * drawnParts);
    factors.short.set(one, (draw + 1) * drawnParts);
  }
  return { count, factors };
}

function sideFactors(normal: () => number, common: readonly number[], weights: readonly number[]): number[] {
  const side = Math.exp(spreads.side * normal());
  const tiers = kept(
    common.map((own) => Math.exp(own + spreads.tierOfSide * normal())),
    priorMix.long.tiers,
  );
  const [filter = 1, ...others] = weights;
  return [
    ...tiers.map((factor) => factor * side * filter),
    ...others.slice(0, partCount - 1).map((weight) => weight * side),
    1,
  ];
}

/** Scaled so that Σ share × factor stays Σ share. */
function kept(factors: readonly number[], shares: readonly number[]): number[] {
  const before = shares.reduce((sum, share) => sum + share, 0);
  const after = shares.reduce((sum, share, i) => sum + share * (factors[i] ?? 0), 0);
  return factors.map((factor) => (factor * before) / after);
}

/** Standard normal figures, the same for the same seed: Box and Muller over a multiplicative congruence (Lehmer). */
function normals(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  const uniform = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Those that every map is read with: an even number, so that each has its mirror. */
export const mapDraws = createDraws(200, 20_260_113);
