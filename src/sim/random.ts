/** A seeded stream of numbers: the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  readonly next: () => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** Exponential with mean 1. */
  readonly exponential: () => number;
  /** How many of a rare event happen where `mean` are expected. */
  readonly poisson: (mean: number) => number;
  /** Index drawn with probability proportional to its weight. */
  readonly pick: (weights: readonly number[]) => number;
}

/** mulberry32 with Box–Muller normals. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  let spare: number | undefined;

  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const exponential = (): number => -Math.log(1 - next());
  const normal = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(2 * exponential());
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const poisson = (mean: number): number => {
    const floor = Math.exp(-mean);
    let product = next();
    let count = 0;
    while (product > floor) {
      product *= next();
      count += 1;
    }
    return count;
  };
  const pick = (weights: readonly number[]): number => {
    let left = next() * weights.reduce((sum, weight) => sum + weight, 0);
    const index = weights.findIndex((weight) => (left -= weight) < 0);
    return index === -1 ? weights.length - 1 : index;
  };
  return { next, normal, exponential, poisson, pick };
}

/** One stream per name, so that a further symbol or venue leaves the others' worlds as they were (FNV-1a). */
export function seedFor(seed: number, ...names: readonly string[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of names.join("/")) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
