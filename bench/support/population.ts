import { wishKey } from "../../src/alerts/edits.ts";
import { onGrid } from "../../src/alerts/rules.ts";
import type { DestinationRecord, Subscription } from "../../src/alerts/subscription.ts";
import { createRandom } from "../../src/sim/random.ts";

/** Made-up people who subscribe: most to what is offered first, some to what nobody else wants. */
export interface Population {
  readonly destinations: number;
  readonly subscriptions: number;
  readonly record: (index: number) => DestinationRecord;
}

const symbols = ["BTC", "BTC", "BTC", "ETH", "ETH", "SOL", "XRP", "DOGE", "BNB", "LINK"];
const ratios = [1.5, 2, 2, 2, 2.5, 2.5, 3, 4, 5];

/** About ten subscriptions over every three destinations; the same for the same index. */
export function population(subscriptions: number): Population {
  const destinations = Math.ceil(subscriptions * 0.3);
  return {
    destinations,
    subscriptions,
    record: (index) => {
      const share = Math.floor(((index + 1) * subscriptions) / destinations);
      const before = Math.floor((index * subscriptions) / destinations);
      return recordOf(index, share - before);
    },
  };
}

function recordOf(index: number, count: number): DestinationRecord {
  const { next } = createRandom(index);
  const isTelegram = next() < 0.7;
  const destination = isTelegram
    ? `telegram:${1_000_000_000 + index * 7_919}`
    : `discord:${1_200_000_000_000_000_000n + BigInt(index) * 7_919_000_003n}`;
  const wishes = new Map<string, Omit<Subscription, "id">>();
  while (wishes.size < count) {
    const wish = aWish(next);
    wishes.set(wishKey(wish), wish);
  }
  return {
    version: 1,
    destination,
    settings: { kind: isTelegram ? "direct" : "channel" },
    subscriptions: [...wishes.values()].map((wish, at) => ({ ...wish, id: at + 1 })),
    nextId: count + 1,
  };
}

function aWish(next: () => number): Omit<Subscription, "id"> {
  const pick = <T>(from: readonly T[], otherwise: T): T =>
    from[Math.floor(next() * from.length)] ?? otherwise;
  const isUsual = next() < 0.8;
  return {
    symbol: pick(symbols, "BTC"),
    ratio: isUsual ? pick(ratios, 2) : onGrid(1.1 + next() * 10),
    direction: next() < 0.7 ? "both" : pick(["up", "down"], "up"),
    notionalUsd: next() < 0.9 ? "auto" : 1_100_000_000,
    confidence: next() < 0.7 ? 50 : pick([80, 80, 90], 80),
    mode: next() < 0.9 ? "loud" : "silent",
  };
}
