import { afterEach, beforeEach, expect, test } from "vitest";
import { history, polled, timeIn } from "../worker/feed.ts";
import { newest, slot, type StartedWorker, startedWorker } from "./startedWorker.ts";

let worker: StartedWorker;

beforeEach(async () => {
  worker = await startedWorker("bybit");
});
afterEach(async () => worker.stop());

async function recomputed(): Promise<Readonly<Record<string, number>>> {
  const { values } = await worker.metrics.recomputes.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels["outcome"], value]));
}

/** What the report that completed the round of a slot handed over; nobody else can read its histories again. */
async function handedOver(late: number) {
  const { observation } = polled("bybit", newest - 1, newest);
  if (observation === undefined) throw new Error("the feed has nothing to say");
  const report = { venue: "bybit", slot: late, at: timeIn(newest), observation };
  const outset = await worker.store.rounds.report("BTC", report, ["bybit"], { outset: true });
  if (typeof outset === "string") throw new Error("nothing was handed over");
  return outset;
}

test("a job from while no worker ran is left", async () => {
  await worker.handlers.recompute?.({ symbol: "BTC", slot: slot - 2 }, await handedOver(slot - 2));
  expect(await recomputed()).toEqual({ "too-late": 1 });
  expect(await worker.store.symbols.imbalance("BTC")).toBeUndefined();
});

test("but not with the histories it was handed: nobody else has them", async () => {
  const { venue, spec, bars } = history("bybit", 0, newest);
  await worker.store.backfills.put("BTC", venue, spec, bars);
  await worker.handlers.recompute?.({ symbol: "BTC", slot: slot - 2 }, await handedOver(slot - 2));
  expect(await recomputed()).toEqual({ committed: 1 });
  const cursors = await worker.store.rounds.cursors("bybit", ["BTC"]);
  expect(cursors.get("BTC")).toBe(bars.at(-1)?.openTime);
  expect((await worker.store.rounds.outset("BTC")).histories).toEqual([]);
});

test("the job of the slot before is in time", async () => {
  await worker.handlers.recompute?.({ symbol: "BTC", slot: slot - 1 }, await handedOver(slot - 1));
  expect(await recomputed()).toEqual({ committed: 1 });
});
