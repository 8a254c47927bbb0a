import type { Random } from "./random.ts";
import type { Scene } from "./script.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Forced orders move one step no further: beyond that others wait with orders of their own, or no cascade would end. */
const mostImpact = 0.05;

/** A stretch of a price: where it began, how far it went, where it ended. */
export interface Stretch {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The price all venues of a symbol follow. */
export interface PricePath {
  readonly advance: (scene: Scene, durationMs: number) => Stretch;
  readonly price: () => number;
  /** Forced flow moves the next stretch by `logMove`. */
  readonly push: (logMove: number) => void;
}

/**
 * A Brownian bridge towards each scene's price: dx = (target − x)·dt/remaining + σ·√dt·ε, plus jumps and the
 * impact of forced orders, so that a scripted story arrives and the way there is still a market's.
 */
export function createPath(start: number, anchor: number, random: Random): PricePath {
  let x = Math.log(start);
  let impact = 0;

  const jumpIn = (scene: Scene, durationMs: number): number => {
    const jumps = random.poisson(((scene.phase.jumpsPerDay ?? 0) * durationMs) / dayMs);
    return jumps * 4 * scene.phase.dailyVolatility * Math.sqrt(hourMs / dayMs) * random.normal();
  };

  const advance: PricePath["advance"] = (scene, durationMs) => {
    const sigma = scene.phase.dailyVolatility * Math.sqrt(durationMs / dayMs);
    const pull = Math.min(1, durationMs / scene.remainingMs);
    const before = x;
    x +=
      (Math.log(anchor * scene.priceRatio) - x) * pull +
      sigma * random.normal() +
      jumpIn(scene, durationMs) +
      impact;
    impact = 0;
    const wick = (): number => 0.35 * sigma * Math.abs(random.normal());
    return {
      open: Math.exp(before),
      high: Math.exp(Math.max(before, x) + wick()),
      low: Math.exp(Math.min(before, x) - wick()),
      close: Math.exp(x),
    };
  };

  return {
    advance,
    price: () => Math.exp(x),
    push: (logMove) => {
      impact = Math.min(mostImpact, Math.max(-mostImpact, impact + logMove));
    },
  };
}

/** A stretch on one venue: of its mark and of its last price. */
export interface PriceParts {
  readonly mark: Stretch;
  readonly last: Stretch;
}

/** A venue's own copy of the common price: its basis wanders a few hundredths of a percent and returns. */
export function createVenuePrice(start: number, random: Random) {
  let basis = 0;
  let mark = start;
  let last = start;

  const follow = (common: Stretch, durationMs: number): PriceParts => {
    const hours = durationMs / hourMs;
    basis += -basis * Math.min(1, hours) + 0.0003 * Math.sqrt(hours) * random.normal();
    const shift = Math.exp(basis);
    const close = common.close * shift;
    const markStretch = stretch(mark, close, common.low * shift, common.high * shift);
    const wick = 0.1 * Math.log(common.high / common.low);
    const lastClose = close * (1 + 0.00005 * random.normal());
    const lastStretch = stretch(
      last,
      lastClose,
      markStretch.low * (1 - wick * random.next()),
      markStretch.high * (1 + wick * random.next()),
    );
    mark = close;
    last = lastClose;
    return { mark: markStretch, last: lastStretch };
  };
  return { follow, mark: () => mark, last: () => last };
}

const stretch = (open: number, close: number, low: number, high: number): Stretch => ({
  open,
  close,
  low: Math.min(open, close, low),
  high: Math.max(open, close, high),
});
