import { beforeEach, describe, expect, test } from "vitest";
import type { BackfillOutcome } from "../../src/poller/contracts.ts";
import { createHistory } from "../../src/poller/history.ts";
import { fakeStore, type FakeStore } from "../support/fakeStore.ts";
import { aBar, aSpec } from "../store/builders.ts";
import { handClock, hourMs, noon, silentLog } from "./world.ts";

const wholeFrom = noon - 30 * 24 * hourMs;
const read: BackfillOutcome = { ok: true, spec: aSpec(), bars: [aBar()] };
const failed: BackfillOutcome = { ok: false, failure: { kind: "retry", reason: "HTTP 502" } };

let store: FakeStore;
let stopping: AbortController;
let spans: { readonly from: number; readonly to: number }[];
beforeEach(() => {
  store = fakeStore();
  spans = [];
  stopping = new AbortController();
});

function reader(answer: () => BackfillOutcome | Promise<BackfillOutcome>, heard = () => {}) {
  const clock = handClock(noon);
  return createHistory({
    venue: {
      id: "bybit",
      poll: async () => undefined,
      backfill: async (_symbol, from, to, { signal } = {}) => {
        signal?.addEventListener("abort", () => heard());
        spans.push({ from, to });
        // a history takes a while
        clock.advance(60_000);
        return answer();
      },
      listed: async () => [],
      forgetsOpenInterest: false,
      liquidationFeeRate: 0,
      close: async () => undefined,
    },
    backfills: store.backfills,
    rounds: store.rounds,
    clock,
    log: silentLog,
    troubles: () => undefined,
    timeoutMs: 10_000,
    stopping: stopping.signal,
  });
}

describe("a history", () => {
  test("is read up to now and handed over", async () => {
    await reader(() => read)("BTC", wholeFrom);
    expect(spans).toEqual([{ from: wholeFrom, to: noon }]);
    expect(store.waiting).toEqual([{ venue: "bybit", spec: aSpec(), bars: [aBar()] }]);
  });

  test("that could not be read hands nothing over", async () => {
    await reader(() => failed)("BTC", wholeFrom);
    expect(store.waiting).toEqual([]);
  });

  test("that goes on from a cursor is handed over while the cursor stands", async () => {
    store.cursors.set("bybit", noon - 9 * hourMs);
    await reader(() => read)("BTC", noon - 9 * hourMs);
    expect(store.waiting).toHaveLength(1);
  });

  test("is not handed over when what it goes on from was dropped meanwhile: it would pass for the whole", async () => {
    store.cursors.set("bybit", noon - 9 * hourMs);
    await reader(() => {
      store.cursors.clear();
      return read;
    })("BTC", noon - 9 * hourMs);
    expect(store.waiting).toEqual([]);
  });

  test("is left off when the process stops, and what came of it is forgotten", async () => {
    let heard = false;
    const read30Days = reader(
      () => {
        stopping.abort();
        return read;
      },
      () => {
        heard = true;
      },
    );
    await read30Days("BTC", wholeFrom);
    expect(heard).toBe(true);
    expect(store.waiting).toEqual([]);
  });
});
