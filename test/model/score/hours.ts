import type { Contract } from "../../../src/model/score/contract.ts";
import { createRandom } from "../../../src/sim/random.ts";
import { aSpec } from "../../support/market.ts";

const hourMs = 3_600_000;
export const days = 16;

/** Hourly bars whose liquidations grow with the square of the reach; `poison` doubles what it is asked about. */
export function aContract(poison: (hour: number) => boolean = () => false): Contract {
  const random = createRandom(11);
  let [close, openInterest] = [60_000, 80_000];
  const hours = Array.from({ length: days * 24 }, (_, hour) => {
    const open = close;
    const [move, up, down] = [
      0.004 * random.normal(),
      0.003 * random.exponential(),
      0.003 * random.exponential(),
    ];
    const change = 0.005 * (random.next() - 0.5);
    const noise = random.exponential();
    const times = poison(hour) ? 3 : 1;
    close = open * Math.exp(move * times);
    openInterest *= 1 + change * times;
    const high = Math.max(open, close) * Math.exp(up);
    const low = Math.min(open, close) * Math.exp(-down);
    const openTime = hour * hourMs;
    const bar = { openTime, open, high, low, close, volume: 9000, openInterest };
    const longLiquidations = times * noise * 2e5 * Math.log(open / low) ** 2;
    const shortLiquidations = times * noise * 2e5 * Math.log(high / open) ** 2;
    return { bar, total: { openTime, longLiquidations, shortLiquidations } };
  });
  return {
    spec: aSpec({ intervalMs: hourMs }),
    bars: hours.map(({ bar }) => bar),
    totals: hours.map(({ total }) => total),
    totalsIntervalMs: hourMs,
  };
}
