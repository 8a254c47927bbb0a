import { describe, expect, test } from "vitest";
import type { VenueRecord } from "../../src/store/contracts/rounds.ts";
import { scaledClock } from "../../src/ops/clock.ts";
import { createPatience } from "../../src/worker/patience.ts";
import { createSlots } from "../../src/worker/slots.ts";
import { polled } from "./feed.ts";

const minute = 60_000;
const grace = 900;

describe("patience", () => {
  test("before anything is known a round waits for the slots' deadline", () => {
    expect(world().patience.deadlineMs("BTC")).toBe(10_000);
  });

  test("a venue that hangs is waited for less than a second longer than the slowest of the others came", () => {
    const { patience, round } = world();
    round({ okx: 3_000, bybit: 800 });
    expect(patience.deadlineMs("BTC")).toBe(3_000 + grace);
    // bybit hangs from here on: the records keep its last word
    round({ okx: 3_100 });
    expect(patience.deadlineMs("BTC")).toBe(3_100 + grace);
  });

  test.each([
    ["the slowest one itself", { okx: 3_000, bybit: 800 }, { bybit: 900 }],
    ["another one", { okx: 3_000, bybit: 800 }, { okx: 2_900 }],
  ])("%s hanging, no round waits a second longer than it did before", (_which, before, after) => {
    const { patience, round } = world();
    round(before);
    for (let slot = 0; slot < 20; slot += 1) {
      round(after);
      expect(patience.deadlineMs("BTC")).toBeLessThan(3_000 + 1_000);
    }
  });

  test("who came too late for its round is waited for in the next ones", () => {
    const { patience, round } = world();
    round({ okx: 1_000 });
    // read at 1,900 ms of the slot after
    round({ okx: 5_000 }, minute + 1_900);
    expect(patience.deadlineMs("BTC")).toBe(5_000 + grace);
  });

  test("five rounds are remembered, so that a bar's late candles are waited for when the next one closes", () => {
    const { patience, round } = world();
    round({ okx: 7_000 });
    for (let later = 0; later < 4; later += 1) round({ okx: 1_000 });
    expect(patience.deadlineMs("BTC")).toBe(7_000 + grace);
    round({ okx: 1_000 });
    expect(patience.deadlineMs("BTC")).toBe(1_000 + grace);
  });

  test("no round waits longer than the slots' deadline, however slow a venue is", () => {
    const { patience, round } = world();
    round({ okx: 42_000 });
    expect(patience.deadlineMs("BTC")).toBe(10_000);
  });

  test("a symbol's rounds wait for its own venues only", () => {
    const { patience, round } = world();
    round({ okx: 3_000 });
    expect(patience.deadlineMs("ETH")).toBe(10_000);
  });

  test("waiting is in real time, on a clock of whatever speed", () => {
    const slots = createSlots(scaledClock(2, 0), 2 * minute, () => 5_000);
    const clock = { now: () => 1_000_000, realMs: (ms: number) => ms / 2 };
    const patience = createPatience(slots, clock);
    patience.note("BTC", [heard("okx", 1_000_000 - 6_000)]);
    expect(patience.deadlineMs("BTC")).toBe(5_000 - 3_000 + grace);
  });
});

function heard(venue: string, receivedAt: number): VenueRecord {
  const { observation } = polled(venue, 0, 1);
  return observation === undefined ? { venue } : { venue, observation: { ...observation, receivedAt } };
}

/** Rounds of a minute, each read when its last venue has come unless said otherwise. */
function world() {
  let now = 100 * minute;
  let slot = 100;
  const slots = createSlots({ realMs: (ms) => ms, now: () => now, sleep: async () => {} }, minute, () => now);
  const patience = createPatience(slots, { now: () => now, realMs: (ms) => ms });
  const records = new Map<string, VenueRecord>();
  const round = (came: Readonly<Record<string, number>>, readAt?: number): void => {
    slot += 1;
    const startedAt = slot * minute;
    for (const [venue, lateMs] of Object.entries(came)) records.set(venue, heard(venue, startedAt + lateMs));
    now = startedAt + (readAt ?? Math.max(...Object.values(came)));
    patience.note("BTC", [...records.values()]);
  };
  return { patience, round };
}
