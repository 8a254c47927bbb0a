import { describe, expect, test } from "vitest";
import { lineOf, receive, type ReceiveOptions, type Taken } from "../../src/notifier/visits.ts";
import type { Booking, Line, PaceLimits } from "../../src/store/contracts/pace.ts";
import { fakeStore } from "../support/fakeStore.ts";
import { aDelivery } from "./builders.ts";
import { fakeSender } from "./fakeSender.ts";

const limits: PaceLimits = {
  perSecond: 25,
  chatGapMs: 1_000,
  groupPerMinute: 20,
  invalidPer10Minutes: Infinity,
};
const names = { before: "telegram:", after: "/", groups: "-@" };
const platform = "telegram";
const paced = fakeSender([], { platform, pace: { limits, names } }).sender;

const deliveries = ["telegram:1", "telegram:2"].map((destination) => aDelivery({ destination }));
const found: NonNullable<Taken["found"]> = new Map(
  deliveries.map(({ destination }) => [
    destination,
    { turn: { kind: "taken", pushes: undefined, movedTo: undefined }, record: undefined },
  ]),
);
const trip = { askedAt: 100, answeredAt: 103 };

/** At 110 ms it asks for places, at 112 ms it has them. */
function start(sender = paced, bookings: readonly Booking[] = []) {
  const { destinations, turns, pace } = fakeStore();
  let asked = 0;
  let now = 110;
  const options: ReceiveOptions = {
    sender,
    destinations,
    turns,
    pace: {
      ...pace,
      book: async () => {
        asked += 1;
        now = 112;
        return bookings;
      },
    },
    holder: "test",
    monotonicMs: () => now,
    prepare: () => undefined,
  };
  const take = async (taken: Taken) => receive(options, new Map(), { ...taken, trip });
  return { take, asked: () => asked };
}

describe("what a claim brings", () => {
  test("goes where the claim has booked it, never before: Redis said so somewhere in the trip", async () => {
    const { take, asked } = start();
    const bookings: Booking[] = [
      { kind: "go", inMs: 0 },
      { kind: "go", inMs: 40 },
    ];
    const { visits, returned } = await take({ deliveries, found, bookings });
    expect(visits.flatMap(({ rows }) => rows)).toMatchObject([
      { claimedAt: 100, booked: { at: 100, surelyAt: 103 } },
      { claimedAt: 100, booked: { at: 140, surelyAt: 143 } },
    ]);
    expect([returned, asked()]).toEqual([[], 0]);
  });

  test("goes back where the claim found no place: at once for all's sake, and after the chat's own wait", async () => {
    const bookings: Booking[] = [
      { kind: "wait", ms: 900, isAll: false },
      { kind: "wait", ms: 220, isAll: true },
    ];
    const { visits, returned, closedMs } = await start().take({ deliveries, found, bookings });
    expect(returned.map(({ retryInMs }) => retryInMs)).toEqual([900, 0]);
    expect([visits.flatMap(({ rows }) => rows), closedMs]).toEqual([[], 220]);
  });

  test("is booked by itself where the claim didn't", async () => {
    const { take, asked } = start(paced, [
      { kind: "go", inMs: 0 },
      { kind: "go", inMs: 40 },
    ]);
    const { visits } = await take({ deliveries, found });
    expect(visits.flatMap(({ rows }) => rows.map(({ booked }) => booked))).toEqual([
      { at: 110, surelyAt: 112 },
      { at: 150, surelyAt: 152 },
    ]);
    expect(asked()).toBe(1);
  });

  test("is not booked where nothing limits the platform", async () => {
    const { take, asked } = start(fakeSender().sender);
    const { visits } = await take({ deliveries, found });
    expect(visits.flatMap(({ rows }) => rows.map(({ booked }) => booked))).toEqual([undefined, undefined]);
    expect(asked()).toBe(0);
  });
});

describe("a claim books by itself", () => {
  const line: Line = { keys: [], args: () => [], read: () => [] };
  const pace = { line: () => line };
  const free: PaceLimits = { ...limits, perSecond: Infinity, chatGapMs: 0, groupPerMinute: Infinity };

  test.each([
    ["where a platform has limits", { limits, names }, line],
    ["not where nothing limits it", { limits: free, names }, undefined],
  ])("%s", (_where, asked, wanted) => {
    expect(lineOf({ ...paced, pace: asked }, pace)).toBe(wanted);
  });

  test("nor where a platform says nothing of limits", () => {
    expect(lineOf(fakeSender().sender, pace)).toBeUndefined();
  });
});
