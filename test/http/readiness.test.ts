import { describe, expect, test } from "vitest";
import { readiness } from "../../src/http/readiness.ts";
import { exampleTime, referenceImbalance } from "../alerts/examples.ts";
import { sourcesOf } from "./sources.ts";

const allKnown = { imbalance: async (symbol: string) => ({ ...referenceImbalance, symbol }) };
const failing = (state: Awaited<ReturnType<typeof readiness>>) =>
  state.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);

describe("readiness", () => {
  test("is there when Redis answers, every symbol is recomputed and data is fresh", async () => {
    const state = await readiness(sourcesOf(60_000, allKnown));
    expect(state.ready).toBe(true);
    expect(state.checks.map(({ name }) => name)).toEqual(["redis", "queues", "worker", "data"]);
  });

  test("waits for the first recompute of every symbol, by name", async () => {
    const state = await readiness(sourcesOf());
    expect(state.ready).toBe(false);
    expect(failing(state)).toEqual(["worker: no recent recompute of ETH"]);
  });

  test("goes when the worker stops, whatever it last said", async () => {
    const state = await readiness(sourcesOf(180_001, allKnown));
    expect(failing(state)).toEqual([
      "worker: no recent recompute of BTC, ETH",
      "data: no fresh data of any symbol",
    ]);
  });

  test("needs the fresh data of one symbol, and names those without", async () => {
    const now = exampleTime + 60_000;
    const imbalance = async (symbol: string) =>
      symbol === "BTC"
        ? { ...referenceImbalance, time: now }
        : { ...referenceImbalance, symbol, time: now, regime: "stale" as const, ageMs: null };
    const one = await readiness(sourcesOf(60_000, { imbalance }));
    expect(one.ready).toBe(true);
    expect(one.checks[3]?.detail).toBe("stale: ETH");
    const none = await readiness(sourcesOf(60_000, { imbalance: async () => imbalance("ETH") }));
    expect(failing(none)).toEqual(["data: no fresh data of any symbol"]);
  });

  test("without Redis says so and asks it nothing more", async () => {
    const state = await readiness(
      sourcesOf(0, {
        ping: async () => Promise.reject(new Error("connect ECONNREFUSED")),
        imbalance: async () => Promise.reject(new Error("asked all the same")),
      }),
    );
    expect(failing(state)).toEqual(["redis: does not answer: connect ECONNREFUSED"]);
  });

  test("names the queues this process has stopped to consume", async () => {
    const state = await readiness(
      sourcesOf(0, { symbols: ["BTC"], silentQueues: () => ["deliver-telegram"] }),
    );
    expect(state.ready).toBe(false);
    expect(failing(state)).toEqual(["queues: not consumed by this process: deliver-telegram"]);
  });
});
