import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { scaledClock } from "../../src/ops/clock.ts";
import type { SimulatedExchange } from "../../src/sim/contracts.ts";
import { startSimulatedExchange } from "../../src/sim/exchange.ts";
import type { Outset } from "../../src/store/contracts/rounds.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import type { Commit } from "../../src/store/contracts/symbols.ts";
import { startTestLopside, type TestLopside } from "../support/lopside.ts";
import { patient } from "../support/patience.ts";
import { startTestRedis, type TestRedis } from "../support/redis.ts";
import { history } from "../worker/feed.ts";

const venues = ["binanceusdm", "bybit"];
const calm = { script: { history: [], live: [] }, faults: [] };

/** What is asked of the store, in its order; a round's last report is kept only when its slot is committed. */
interface Watch {
  readonly events: readonly string[];
  readonly commits: readonly Commit[];
  /** Done once, with what the next look has found, before anybody else knows. */
  readonly atNextLook: (work: (seen: Outset) => Promise<void>) => void;
  /** Done once, when the next commit is in Redis. */
  readonly atNextCommit: (work: (commit: Commit) => Promise<void>) => void;
  readonly around: (store: Store) => Store;
}

function createWatch(): Watch {
  const events: string[] = [];
  const commits: Commit[] = [];
  let atLook: ((seen: Outset) => Promise<void>) | undefined;
  let atCommit: ((commit: Commit) => Promise<void>) | undefined;

  const committed = async (slot: number): Promise<void> =>
    vi.waitFor(() => expect(commits.map((commit) => commit.slot)).toContain(slot), patient);

  const report = (store: Store): Store["rounds"]["report"] => {
    return async (symbol, said, expected, wanted) => {
      const kept = store.rounds.report(symbol, said, expected, wanted);
      if (wanted?.outset === true) return kept;
      events.push(`last report of ${said.slot}`);
      const answer = await kept;
      await committed(said.slot);
      return answer;
    };
  };

  const peek = (store: Store): Store["rounds"]["peek"] => {
    return async (symbol) => {
      const seen = await store.rounds.peek(symbol);
      if (seen === undefined) return undefined;
      const work = atLook;
      atLook = undefined;
      await work?.(seen);
      return seen;
    };
  };

  const commit = (store: Store): Store["symbols"]["commit"] => {
    return async (wanted) => {
      events.push(`commit of ${wanted.slot}`);
      const result = await store.symbols.commit(wanted);
      if (result !== "committed") return result;
      const work = atCommit;
      atCommit = undefined;
      await work?.(wanted);
      commits.push(wanted);
      return result;
    };
  };

  return {
    events,
    commits,
    atNextLook: (work) => {
      atLook = work;
    },
    atNextCommit: (work) => {
      atCommit = work;
    },
    around: (store) => ({
      ...store,
      rounds: {
        ...store.rounds,
        report: report(store),
        peek: peek(store),
        outset: async (symbol) => {
          events.push("read");
          return store.rounds.outset(symbol);
        },
      },
      symbols: { ...store.symbols, commit: commit(store) },
    }),
  };
}

describe("rounds of a process that polls and recomputes", () => {
  const clock = scaledClock(60, Date.UTC(2026, 0, 14, 12));
  const watch = createWatch();
  const { events, commits } = watch;
  let redis: TestRedis;
  let exchange: SimulatedExchange;
  let lopside: TestLopside;

  beforeAll(async () => {
    redis = await startTestRedis();
    exchange = await startSimulatedExchange({
      clock,
      seed: 3,
      symbols: ["BTC"],
      venues,
      storyline: calm,
      historyMs: 24 * 3_600_000,
    });
    lopside = await startTestLopside({
      redis,
      clock,
      roles: ["poller", "worker"],
      around: watch.around,
      env: {
        SYMBOLS: "BTC",
        VENUES: venues.join(","),
        VENUE_BASE_URL: exchange.baseUrl,
        // a slot of one second
        POLL_INTERVAL: "60s",
      },
    });
  });
  afterAll(async () => {
    await lopside.stop();
    await exchange.close();
    await redis.stop();
  });

  /** Slots that were committed on what was known: their last report is kept behind that, and nothing was read. */
  const aheadSlots = (): readonly number[] =>
    events
      .flatMap((event, index) => {
        const slot = Number(/^commit of (\d+)$/.exec(event)?.[1]);
        return events[index + 1] === `last report of ${slot}` ? [slot] : [];
      })
      .filter((slot) => commits.some((commit) => commit.slot === slot));

  const moreAhead = async (count: number): Promise<void> => {
    const before = aheadSlots().length;
    await vi.waitFor(() => expect(aheadSlots().length).toBeGreaterThanOrEqual(before + count), patient);
  };

  test("are committed before their last report is kept, each once", async () => {
    await moreAhead(3);
    const slots = commits.map(({ slot }) => slot);
    expect(slots).toEqual([...new Set(slots)].toSorted((a, b) => a - b));
    const statuses = () => commits.at(-1)?.imbalance.venues.map(({ status }) => status);
    await vi.waitFor(() => expect(statuses()).toEqual(["fresh", "fresh"]), patient);
  });

  test("take histories that come in between, and go on as before", async () => {
    const { venue, spec, bars } = history("okx", 0, 100);
    let after = Infinity;
    watch.atNextCommit(async ({ slot }) => {
      after = slot;
      await lopside.store.backfills.put("BTC", venue, spec, bars);
    });
    await vi.waitFor(() => expect(after).toBeLessThan(Infinity), patient);
    const next = await vi.waitFor(() => {
      const later = commits.find(({ slot }) => slot > after);
      expect(later).toBeDefined();
      return later;
    }, patient);
    expect([...(next?.series.keys() ?? [])]).toContain(venue);
    expect((await lopside.store.rounds.outset("BTC")).histories).toEqual([]);
    await moreAhead(1);
  });

  test("see positions that come in between a round later at most", async () => {
    let after = Infinity;
    watch.atNextLook(async ({ slot, records }) => {
      after = slot;
      const quantity = records.find(({ venue }) => venue === "bybit")?.observation?.openInterest ?? 0;
      const position = { side: "long", quantity, observedAt: clock.now() } as const;
      await lopside.store.positions.put("bybit", "BTC", new Map([["0xa", position]]));
    });
    await vi.waitFor(() => expect(after).toBeLessThan(Infinity), patient);
    const found = await vi.waitFor(() => {
      const [, ...seeing] = commits.filter(({ slot }) => slot > after);
      const bybit = seeing.flatMap(({ imbalance }) => imbalance.venues.filter(({ id }) => id === "bybit"));
      // a busy machine may find it stale
      const fresh = bybit.filter(({ status }) => status === "fresh");
      expect(fresh).not.toEqual([]);
      return fresh;
    }, patient);
    expect(found.map(({ method }) => method)).toEqual(found.map(() => "measured"));
  });
});
