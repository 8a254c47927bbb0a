import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { encodeCalibration } from "../../src/model/calibration/snapshot.ts";
import type { Observation } from "../../src/poller/contracts.ts";
import type { Outset, VenueReport } from "../../src/store/contracts/rounds.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import type { Commit, CommitResult, RuleAlert } from "../../src/store/contracts/symbols.ts";
import { halfOf, marketReports, take } from "../model/calibration/support.ts";
import { fakeStore, type FakeStore } from "../support/fakeStore.ts";
import { sameBits } from "../support/market.ts";
import { history, observed, timeIn, watched } from "./feed.ts";
import { type Process, startProcess } from "./harness.ts";

const venues = ["bybit", "okx"] as const;
type Venue = (typeof venues)[number];

/** Passed the gate; a symbol that begins anew uses it at once. */
const learned = encodeCalibration(
  take(marketReports({ seed: 4, days: 12, truth: () => halfOf(2) })).calibration,
);

let store: FakeStore;
let now: number;
let process: Process;
beforeEach(() => {
  store = fakeStore();
  process = startProcess(store, { now: () => now });
});

function heard(observation: Observation): void {
  const { venue } = observation.spec;
  store.records.set(venue, { venue, observation });
}

const reportOf = (observation: Observation, slot: number): VenueReport => ({
  venue: observation.spec.venue,
  slot,
  at: now,
  observation,
});

async function recompute(slot: number, forming: number): Promise<void> {
  now = timeIn(forming) + 3_000;
  await process.recompute({ symbol: "BTC", slot });
}

async function warmUp(): Promise<void> {
  for (const venue of venues) heard(observed(venue, 99, 100));
  store.waiting.push(...venues.map((venue) => history(venue, 0, 100)));
  await recompute(1, 100);
}

describe("what is prepared", () => {
  test("is what the recompute uses: nothing is made twice", async () => {
    await warmUp();
    const { observation, reads } = watched(observed("bybit", 99, 100));
    process.prepare("BTC", reportOf(observation, 2));
    expect(reads()).toBe(1);
    heard(observation);
    await recompute(2, 100);
    expect(reads()).toBe(1);
  });

  test("is nothing for a symbol that was never recomputed here", async () => {
    await warmUp();
    const read: unknown[] = [];
    const report = new Proxy(reportOf(observed("bybit", 99, 100), 2), {
      get: (target, name) => {
        read.push(name);
        return Reflect.get(target, name);
      },
    });
    process.prepare("ETH", report);
    startProcess(store, { now: () => now }).prepare("BTC", report);
    expect(read).toEqual([]);
  });

  test("is nothing for a slot that is over, and where a venue failed", async () => {
    await warmUp();
    const { observation, reads } = watched(observed("bybit", 99, 100));
    process.prepare("BTC", reportOf(observation, 1));
    const failure = { kind: "retry", reason: "HTTP 502" } as const;
    process.prepare("BTC", { venue: "bybit", slot: 2, at: now, failure });
    expect(reads()).toBe(0);
  });

  test("is nothing where it fails, and hinders nobody", async () => {
    await warmUp();
    const broken = {
      ...observed("bybit", 99, 100),
      get closedBars(): never {
        throw new Error("unreadable");
      },
    };
    expect(() => process.prepare("BTC", reportOf(broken, 2))).not.toThrow();
    await recompute(2, 100);
    expect(store.commits).toHaveLength(2);
  });
});

/** One round: how far the market has come, who is prepared and when, and what else happens. */
interface Step {
  readonly bars: number;
  readonly before: readonly Venue[];
  /** As the recompute begins, and again while its commit is under way. */
  readonly during: readonly Venue[];
  /** A history may bring the bars instead of bybit, or bybit may say nothing. */
  readonly event: "nothing" | "conflict" | "learned" | "history" | "silence";
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  bars: fc.nat({ max: 2 }),
  before: fc.subarray([...venues, ...venues]),
  during: fc.subarray([...venues]),
  event: fc.constantFrom("nothing", "nothing", "conflict", "learned", "history", "silence"),
});

/** A store that says when a commit is sent, and when it is answered. */
function noting(kept: Store, note: (what: "sent" | "answered") => void): Store {
  const commit = async (wanted: Commit): Promise<CommitResult> => {
    note("sent");
    const result = await kept.symbols.commit(wanted);
    note("answered");
    return result;
  };
  return { ...kept, symbols: { ...kept.symbols, commit } };
}

/** As over a connection: what is read is another object each time, of which nobody has made anything. */
function readingAnew(kept: Store): Store {
  const outset = async (symbol: string): Promise<Outset> => structuredClone(await kept.rounds.outset(symbol));
  return { ...kept, rounds: { ...kept.rounds, outset } };
}

/** The commits of a process that hears this, each venue's answer in its turn. */
async function run(steps: readonly Step[], prepares: boolean): Promise<readonly Commit[]> {
  let preparing = (): void => undefined;
  store = fakeStore();
  process = startProcess(
    noting(prepares ? store : readingAnew(store), () => preparing()),
    { now: () => now },
    { onHeard: () => preparing() },
  );
  await warmUp();
  let forming = 100;
  for (const [index, { bars, before, during, event }] of steps.entries()) {
    const cursor = forming - 1;
    forming += bars;
    const brought = event === "history" ? forming - 1 : cursor;
    const said = new Map([
      ["bybit", observed("bybit", brought, forming)],
      ["okx", observed("okx", cursor, forming)],
    ]);
    const prepare = (venue: Venue): void => {
      const observation = said.get(venue);
      if (prepares && observation !== undefined) process.prepare("BTC", reportOf(observation, index + 2));
    };
    for (const venue of before) prepare(venue);
    for (const [venue, observation] of said) if (venue === "okx" || event !== "silence") heard(observation);
    if (event === "history") store.waiting.push(history("bybit", 0, forming));
    if (event === "conflict") store.answerNext("conflict");
    if (event === "learned") store.overwrite({ calibration: learned, memory: undefined });
    preparing = () => during.forEach(prepare);
    await recompute(index + 2, forming);
  }
  return store.commits;
}

test("what is prepared, whenever it is, changes nothing of what is committed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 2, maxLength: 6 }), async (steps) => {
      const [plain, prepared] = [await run(steps, false), await run(steps, true)];
      expect(prepared.map(withoutBytes)).toEqual(plain.map(withoutBytes));
      for (const [index, { series }] of plain.entries())
        for (const [venue, bytes] of series)
          expect(sameBits(prepared[index]?.series.get(venue) ?? new Uint8Array(0), bytes)).toBe(true);
    }),
    { numRuns: 12 },
  );
});

const withoutBytes = ({ series, ...commit }: Commit): object => ({ ...commit, series: [...series.keys()] });

describe("a commit with alerts", () => {
  test("is told of with what it says, while it is on its way", async () => {
    const coming: (readonly RuleAlert[])[] = [];
    const said: string[] = [];
    process = startProcess(
      noting(store, (what) => said.push(what)),
      { now: () => now },
      {
        onCommitting: (symbol, alerts) => {
          said.push(`committing ${symbol}`);
          coming.push(alerts);
        },
        onCommitted: (_imbalance, { alerts }) => said.push(`committed ${alerts.length}`),
      },
    );
    await warmUp();
    for (const venue of venues) heard(observed(venue, 99, 101));
    await recompute(2, 101);
    expect(coming).toEqual([store.commits[1]?.ruleAlerts]);
    expect(said.slice(3)).toEqual(["sent", "committing BTC", "answered", "committed 1"]);
  });
});
