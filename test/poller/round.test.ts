import { beforeEach, describe, expect, test, vi } from "vitest";
import type { PollOutcome, PollRequest, Venue } from "../../src/poller/contracts.ts";
import { createRound, type RoundOptions } from "../../src/poller/round.ts";
import type { Rounds, VenueReport } from "../../src/store/contracts/rounds.ts";
import { aBar, anObservation, anOutset } from "../store/builders.ts";
import { spokenLog } from "../support/spokenLog.ts";
import { barMs, handClock, type HandClock, hourMs, noon, silentLog } from "./world.ts";

const good: PollOutcome = { ok: true, observation: anObservation() };
const bad: PollOutcome = { ok: false, failure: { kind: "retry", reason: "HTTP 502" } };
const dayMs = 24 * hourMs;

/** One venue in one process, over a Redis whose answers the test scripts. */
interface Scene {
  readonly clock: HandClock;
  readonly cursors: Map<string, number>;
  readonly requests: PollRequest[];
  readonly reports: (VenueReport & { readonly symbol: string })[];
  readonly completed: string[];
  readonly histories: { readonly symbol: string; readonly from: number }[];
  readonly heard: Set<string>;
  readonly round: () => Promise<void>;
}

let slot: number;
beforeEach(() => {
  slot = 1;
});

interface SceneOptions extends Partial<RoundOptions> {
  readonly report?: Rounds["report"];
  readonly poll?: Venue["poll"];
}

function setScene({ report, poll, ...more }: SceneOptions = {}): Scene {
  const clock = handClock(noon);
  const scene = {
    clock,
    cursors: new Map<string, number>(),
    requests: new Array<PollRequest>(),
    reports: new Array<VenueReport & { symbol: string }>(),
    completed: new Array<string>(),
    histories: new Array<{ symbol: string; from: number }>(),
    /** Bars whose liquidations were heard: "BTC bybit 1795348800000". */
    heard: new Set<string>(),
  };
  const venue: Venue = {
    id: "bybit",
    poll: async (requests, onOutcome, signal) => {
      scene.requests.push(...requests);
      if (poll !== undefined) return poll(requests, onOutcome, signal);
      for (const { symbol } of requests) onOutcome(symbol, good);
      return undefined;
    },
    backfill: async () => ({ ok: false, failure: { kind: "retry", reason: "not asked for" } }),
    listed: async () => [],
    forgetsOpenInterest: false,
    liquidationFeeRate: 0,
    close: async () => undefined,
  };
  const round = createRound({
    venue,
    symbols: ["BTC", "ETH"],
    expected: ["bybit", "okx"],
    rounds: {
      cursors: async () => scene.cursors,
      report: async (symbol, said, ...more) => {
        const result = (await report?.(symbol, said, ...more)) ?? "waiting";
        scene.reports.push({ symbol, ...said });
        return result;
      },
    },
    liquidations: {
      putTotals: async () => undefined,
      totals: async (symbol, series, openTimes) =>
        new Map(
          openTimes
            .filter((openTime) => scene.heard.has(`${symbol} ${series} ${openTime}`))
            .map((openTime) => [
              openTime,
              { openTime, until: openTime + barMs, long: 3, short: 0, prints: 1, reportingShare: 0.5 },
            ]),
        ),
      day: async () => new Map(),
      addPrints: async () => undefined,
      prints: async () => [],
    },
    clock,
    log: silentLog,
    troubles: () => undefined,
    slot: () => slot,
    timeoutMs: 10_000,
    stopping: new AbortController().signal,
    barMs,
    onComplete: async (symbol, at, outset) => {
      scene.completed.push(`${symbol} ${at}${outset === undefined ? "" : ` from ${outset.version}`}`);
    },
    onHistoryNeeded: async (symbol, from) => {
      scene.histories.push({ symbol, from });
    },
    onOutcome: () => undefined,
    ...more,
  });
  return { ...scene, round };
}

describe("a round", () => {
  test("asks for what follows each symbol's cursor", async () => {
    const { cursors, requests, round } = setScene();
    cursors.set("BTC", noon - barMs);
    await round();
    expect(requests).toEqual([{ symbol: "BTC", cursor: noon - barMs }, { symbol: "ETH" }]);
  });

  test("reports every symbol for the slot in which it began, well or badly", async () => {
    const { reports, round } = setScene({
      poll: async (_requests, onOutcome) => {
        slot = 2;
        onOutcome("BTC", good);
        onOutcome("ETH", bad);
      },
    });
    await round();
    const inOrder = reports.toSorted((a, b) => a.symbol.localeCompare(b.symbol));
    expect(inOrder).toMatchObject([
      { symbol: "BTC", venue: "bybit", slot: 1, at: noon, observation: { markPrice: 84_230 } },
      { symbol: "ETH", venue: "bybit", slot: 1, at: noon, failure: { kind: "retry" } },
    ]);
  });

  test("fills in what streams heard of closed bars' liquidations", async () => {
    const { heard, reports, round } = setScene();
    heard.add(`BTC bybit ${aBar().openTime}`);
    await round();
    const bars = reports.map((each) => ("observation" in each ? each.observation.closedBars : []));
    expect(bars.flat().map(({ longLiquidations }) => longLiquidations)).toEqual(
      expect.arrayContaining([6, undefined]),
    );
  });

  test("reports a symbol as soon as it is known, without waiting for the slowest", async () => {
    const answers = new Map<string, () => void>();
    let arrived = (): void => undefined;
    const firstReport = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { round } = setScene({
      poll: async (requests, onOutcome) => {
        onOutcome("BTC", good);
        await new Promise<void>((resolve) => answers.set("ETH", resolve));
        onOutcome(requests[1]?.symbol ?? "", good);
      },
      report: async (symbol) => {
        if (symbol === "BTC") arrived();
        return "waiting";
      },
    });
    const running = round();
    await firstReport;
    answers.get("ETH")?.();
    await expect(running).resolves.toBeUndefined();
  });

  test("wakes the recompute of a symbol whose round its report completed, and no other", async () => {
    const { completed, round } = setScene({
      report: async (symbol) => (symbol === "ETH" ? "complete" : "waiting"),
    });
    await round();
    expect(completed).toEqual(["ETH 1"]);
  });

  test("hands on what a recompute of this process sets out from", async () => {
    const report: Rounds["report"] = async (_symbol, _said, _expected, wanted) =>
      wanted?.outset === true ? anOutset({ version: 5 }) : "complete";
    const here = setScene({ report, recomputesHere: true });
    await here.round();
    expect(here.completed).toEqual(["BTC 1 from 5", "ETH 1 from 5"]);
    const elsewhere = setScene({ report });
    await elsewhere.round();
    expect(elsewhere.completed).toEqual(["BTC 1", "ETH 1"]);
  });

  describe("whose outset is known ahead", () => {
    const hear: RoundOptions["hear"] = (symbol) => (symbol === "BTC" ? anOutset({ version: 7 }) : undefined);

    test("is recomputed from that at once, and its report kept behind it", async () => {
      const order: string[] = [];
      const { round } = setScene({
        symbols: ["BTC"],
        hear,
        report: async () => {
          order.push("reported");
          return "complete";
        },
        onComplete: async (_symbol, at, outset) => {
          order.push(`recomputed ${at} from ${outset?.version}`);
          // an alert's way to Redis and back
          await new Promise((resolve) => setImmediate(resolve));
          order.push("claimed");
        },
      });
      await round();
      expect(order).toEqual(["recomputed 1 from 7", "claimed", "reported"]);
    });

    test("has its report kept while the recompute lasts, and where it fails", async () => {
      let kept = (): void => undefined;
      const untilKept = new Promise<void>((resolve) => {
        kept = resolve;
      });
      const log = spokenLog();
      const { reports, round } = setScene({
        symbols: ["BTC"],
        hear,
        log,
        report: async () => {
          kept();
          return "complete";
        },
        onComplete: async () => {
          await untilKept;
          throw new Error("no");
        },
      });
      await round();
      expect(reports).toHaveLength(1);
      expect(log.said).toMatchObject([{ level: "warn" }]);
    });

    test.each(["waiting", "complete", anOutset({ version: 8 })] as const)(
      "is recomputed once, whatever its report is answered",
      async (result) => {
        const { completed, round } = setScene({ hear, report: async () => result, symbols: ["BTC"] });
        await round();
        expect(completed).toEqual(["BTC 1 from 7"]);
      },
    );

    test("asks its report for none, and every other one's for theirs", async () => {
      const wishes: string[] = [];
      const { completed, round } = setScene({
        hear,
        recomputesHere: true,
        report: async (symbol, _said, _expected, wanted) => {
          wishes.push(`${symbol} ${wanted?.outset}`);
          return wanted?.outset === true ? anOutset({ version: 5 }) : "complete";
        },
      });
      await round();
      expect(wishes.toSorted()).toEqual(["BTC false", "ETH true"]);
      expect(completed.toSorted()).toEqual(["BTC 1 from 7", "ETH 1 from 5"]);
    });

    test("is recomputed though Redis does not take its report, which is said as ever", async () => {
      const log = spokenLog();
      const { completed, reports, round } = setScene({
        hear,
        log,
        report: async (symbol) => (symbol === "BTC" ? Promise.reject(new Error("away")) : "complete"),
      });
      await round();
      await vi.waitFor(() => expect(completed.toSorted()).toEqual(["BTC 1 from 7", "ETH 1"]));
      expect(reports.map(({ symbol }) => symbol)).toEqual(["ETH"]);
      expect(log.said).toMatchObject([{ level: "warn", fields: { venue: "bybit", symbol: "BTC" } }]);
    });

    test("has every venue's word heard as it is reported: each series by itself, failures as well", async () => {
      const heard: (VenueReport & { readonly symbol: string })[] = [];
      const { reports, round } = setScene({
        symbols: ["BTC"],
        hear: (symbol, said) => void heard.push({ symbol, ...said }),
        poll: async (_requests, onOutcome) => {
          onOutcome("BTC", good);
          onOutcome("BTC", good, "bybit:inverse");
          onOutcome("ETH", bad);
        },
        report: async () => "waiting",
      });
      await round();
      const names = heard.map(({ symbol, venue }) => `${symbol} ${venue}`).toSorted();
      expect(names).toEqual(["BTC bybit", "BTC bybit:inverse", "ETH bybit"]);
      expect(heard).toEqual(expect.arrayContaining(reports));
    });
  });

  test("goes on when Redis does not take a report while the venue still speaks", async () => {
    const { reports, round } = setScene({
      poll: async (_requests, onOutcome) => {
        onOutcome("BTC", good);
        // time enough for the refusal to be noticed by nobody
        await new Promise((resolve) => setImmediate(resolve));
        onOutcome("ETH", good);
      },
      report: async (symbol) => (symbol === "BTC" ? Promise.reject(new Error("away")) : "waiting"),
    });
    await round();
    expect(reports.map(({ symbol }) => symbol)).toEqual(["ETH"]);
  });

  test("is given up after its time, by a signal the venue is handed", async () => {
    const { round } = setScene({
      timeoutMs: 1,
      poll: async (_requests, _onOutcome, signal) =>
        new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
    });
    await expect(round()).resolves.toBeUndefined();
  });

  test("is left off when the process stops, without calling a venue failing that was cut off", async () => {
    const stopping = new AbortController();
    const { reports, round } = setScene({
      stopping: stopping.signal,
      poll: async (_requests, onOutcome, signal) =>
        new Promise((resolve) => {
          onOutcome("BTC", good);
          signal?.addEventListener("abort", () => {
            onOutcome("ETH", bad);
            resolve();
          });
          stopping.abort();
        }),
    });
    await round();
    expect(reports.map(({ symbol }) => symbol)).toEqual(["BTC"]);
  });
});

describe("history", () => {
  const rounds = async (scene: Scene, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await scene.round();
      slot += 1;
      scene.clock.advance(60_000);
    }
  };

  test("of thirty days is asked for at a cold start", async () => {
    const scene = setScene({ symbols: ["BTC"] });
    await scene.round();
    expect(scene.histories).toEqual([{ symbol: "BTC", from: noon - 30 * dayMs }]);
  });

  test.each([
    ["none when polls reach back to the cursor", 100 * barMs, []],
    ["from the cursor when they don't", 100 * barMs + 1, [noon - 100 * barMs - 1]],
    ["no more than thirty days", 40 * dayMs, [noon - 30 * dayMs]],
  ])("%s", async (_claim, ageMs, from) => {
    const scene = setScene({ symbols: ["BTC"] });
    scene.cursors.set("BTC", noon - ageMs);
    await scene.round();
    expect(scene.histories.map((history) => history.from)).toEqual(from);
  });

  test("is asked for once a gap, and again only after three rounds", async () => {
    const scene = setScene({ symbols: ["BTC"] });
    await rounds(scene, 3);
    expect(scene.histories).toHaveLength(1);
    await rounds(scene, 3);
    expect(scene.histories).toHaveLength(2);
    scene.cursors.set("BTC", scene.clock.now());
    await rounds(scene, 6);
    expect(scene.histories).toHaveLength(2);
  });

  test("of one symbol says nothing about another's", async () => {
    const scene = setScene();
    scene.cursors.set("BTC", noon);
    await rounds(scene, 2);
    expect(scene.histories.map(({ symbol }) => symbol)).toEqual(["ETH"]);
  });
});
