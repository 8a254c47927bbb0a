import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mostAccounts, nextToAsk, surplus, withSeen } from "../../src/poller/registry.ts";
import type { KnownAccount } from "../../src/store/contracts/markets.ts";
import { minuteMs, noon } from "./world.ts";

const account = (address: string, over: Partial<KnownAccount> = {}): KnownAccount => ({
  address,
  notionalUsd: 10_000,
  seenAt: noon,
  polledAt: noon - minuteMs,
  ...over,
});

const names = (accounts: readonly KnownAccount[]): string[] => accounts.map(({ address }) => address);

describe("accounts that were seen trading", () => {
  test("are new, or alive", () => {
    const known = [account("a", { seenAt: 0 }), account("b", { seenAt: 0 })];
    const seen = [
      { address: "b", notionalUsd: 500 },
      { address: "c", notionalUsd: 700 },
    ];
    expect(withSeen(known, seen, noon)).toEqual([
      account("a", { seenAt: 0 }),
      account("b"),
      account("c", { notionalUsd: 700, polledAt: 0 }),
    ]);
  });

  test("count as large as the larger of what they hold and what they trade", () => {
    const [seen] = withSeen([account("a")], [{ address: "a", notionalUsd: 1e6 }], noon);
    expect(seen?.notionalUsd).toBe(1e6);
  });
});

describe("whom to ask next", () => {
  test("of equals the stalest, of equally stale ones the largest", () => {
    const known = [
      account("small", { notionalUsd: 5_000 }),
      account("stale", { polledAt: noon - 10 * minuteMs }),
      account("large", { notionalUsd: 20_000 }),
    ];
    expect(names(nextToAsk(known, 3, noon))).toEqual(["stale", "large", "small"]);
  });

  test("a hundred times larger counts as ten times longer ago", () => {
    const large = account("large", { notionalUsd: 1e7, polledAt: noon - minuteMs });
    const small = (agoMs: number): KnownAccount =>
      account("small", { notionalUsd: 1e5, polledAt: noon - agoMs });
    expect(names(nextToAsk([large, small(9 * minuteMs)], 1, noon))).toEqual(["large"]);
    expect(names(nextToAsk([large, small(11 * minuteMs)], 1, noon))).toEqual(["small"]);
  });

  test("somebody who holds nothing is asked again one day", () => {
    const known = [account("empty", { notionalUsd: 0, polledAt: noon - 60 * minuteMs }), account("b")];
    expect(names(nextToAsk(known, 1, noon))).toEqual(["empty"]);
  });

  test("a quarter of them newcomers, however small their trade was beside what others hold", () => {
    const known = Array.from({ length: 20 }, (_, i) => account(`known ${i}`, { notionalUsd: 1e7 }));
    const newcomers = [3, 1, 2].map((size) => account(`new ${size}`, { notionalUsd: size, polledAt: 0 }));
    const chosen = names(nextToAsk([...known, ...newcomers], 8, noon));
    expect(chosen).toHaveLength(8);
    expect(chosen.slice(0, 2)).toEqual(["new 3", "new 2"]);
    expect(chosen.slice(2).every((name) => name.startsWith("known"))).toBe(true);
  });

  test("newcomers only, while nobody else is known", () => {
    const newcomers = [1, 2].map((size) => account(String(size), { notionalUsd: size, polledAt: 0 }));
    expect(names(nextToAsk(newcomers, 8, noon))).toEqual(["2", "1"]);
    expect(names(nextToAsk(newcomers, 1, noon))).toEqual(["2"]);
  });

  test("nobody where there is no room", () => {
    expect(nextToAsk([account("a")], -3, noon)).toEqual([]);
  });

  test("everybody, in the end: the least of forty is worth a round in 250", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 40, maxLength: 40 }), (sizes) => {
        let known = sizes.map((notionalUsd, i) =>
          account(String(i), { notionalUsd, polledAt: noon - 60 * minuteMs }),
        );
        const seen = new Set<string>();
        for (let round = 0; round < 250; round += 1) {
          const now = noon + round * minuteMs;
          const chosen = new Set(names(nextToAsk(known, 5, now)));
          for (const address of chosen) seen.add(address);
          known = known.map((each) => (chosen.has(each.address) ? { ...each, polledAt: now } : each));
        }
        expect(seen.size).toBe(40);
      }),
      { numRuns: 10 },
    );
  });
});

describe("who has to go", () => {
  test("nobody while there is room", () => {
    expect(surplus([account("a")])).toEqual([]);
  });

  test("the smallest, of equals those longest unseen", () => {
    const known = [
      account("large", { notionalUsd: 1e6 }),
      account("old", { seenAt: noon - minuteMs }),
      account("young"),
      account("small", { notionalUsd: 1 }),
    ];
    expect(surplus(known, 2)).toEqual(["old", "small"]);
  });

  test("of newcomers all but two hundred, and the smallest of the others for each that stays", () => {
    const asked = Array.from({ length: 300 }, (_, i) => account(`asked ${i}`, { notionalUsd: i }));
    const fresh = Array.from({ length: 250 }, (_, i) => account(`new ${i}`, { notionalUsd: i, polledAt: 0 }));
    const gone = surplus([...asked, ...fresh], 400);
    expect(gone.filter((name) => name.startsWith("new"))).toHaveLength(50);
    expect(gone).toContain("new 49");
    expect(gone.filter((name) => name.startsWith("asked"))).toHaveLength(100);
    expect(gone).toContain("asked 99");
  });

  test("as many as are too many", () => {
    const known = Array.from({ length: mostAccounts + 7 }, (_, i) => account(String(i), { notionalUsd: i }));
    expect(surplus(known).toSorted()).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
  });
});
