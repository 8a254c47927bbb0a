import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Booking, PaceLimits, PaceWish } from "../../src/store/contracts.ts";
import { createPace } from "../../src/store/pace.ts";
import type { RedisClient } from "../../src/store/script.ts";
import { startTestRedis, type TestRedis } from "../support/redis.ts";

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
});

const limits: PaceLimits = {
  perSecond: 25,
  chatGapMs: 1_000,
  groupPerMinute: 20,
  invalidPer10Minutes: 3,
};
const anyRate = { ...limits, perSecond: Infinity };
const people = (from: number, to: number): PaceWish[] =>
  Array.from({ length: to - from }, (_, index) => ({ chat: String(from + index), isGroup: false }));

const going = (bookings: readonly Booking[]): number => bookings.filter(({ kind }) => kind === "go").length;
const waits = (bookings: readonly Booking[]): { ms: number; isAll: boolean }[] =>
  bookings.flatMap((booking) => (booking.kind === "wait" ? [{ ms: booking.ms, isAll: booking.isAll }] : []));

describe("a platform's limits", () => {
  test("let so many go a second over all chats, the others wait for the first of them to be a second ago", async () => {
    const bookings = await createPace(redis).book("telegram", limits, people(0, 30));
    expect(going(bookings)).toBe(25);
    const [first] = waits(bookings);
    expect(first?.isAll).toBe(true);
    expect(first?.ms).toBeGreaterThan(900);
    expect(first?.ms).toBeLessThanOrEqual(1_000);
  });

  test("are shared by all processes", async () => {
    const other = createPace(await server.connect());
    await other.book("telegram", limits, people(0, 20));
    expect(going(await createPace(redis).book("telegram", limits, people(100, 120)))).toBe(5);
  });

  test("let a chat have one a second, and cost no other chat anything", async () => {
    const pace = createPace(redis);
    const [first, second, other] = await pace.book("telegram", limits, [
      { chat: "1", isGroup: false },
      { chat: "1", isGroup: false },
      { chat: "2", isGroup: false },
    ]);
    expect([first?.kind, second?.kind, other?.kind]).toEqual(["go", "wait", "go"]);
    expect(second).toMatchObject({ isAll: false });
  });

  test("let a group have twenty a minute", async () => {
    const pace = createPace(redis);
    const group = Array.from({ length: 30 }, () => ({ chat: "-1", isGroup: true }));
    const bookings = await pace.book("telegram", { ...anyRate, chatGapMs: 0 }, group);
    expect(going(bookings)).toBe(20);
    expect(waits(bookings)[0]).toMatchObject({ isAll: false });
    expect(waits(bookings)[0]?.ms).toBeGreaterThan(59_000);
  });

  test("use the whole rate for as long as somebody asks, and never more", async () => {
    const speed = 20;
    const fast = createPace(redis, { speed });
    let gone = 0;
    const startedAt = performance.now();
    while (performance.now() - startedAt < 1_000)
      gone += going(await fast.book("telegram", limits, people(gone, gone + 10)));
    const seconds = ((performance.now() - startedAt) / 1_000) * speed;
    expect(gone).toBeGreaterThanOrEqual(0.98 * 25 * Math.floor(seconds));
    // the first second's come at once, and places are booked 20 ms ahead
    expect(gone).toBeLessThanOrEqual(25 * (Math.ceil(seconds) + 2));
  });

  test("don't count what was given back", async () => {
    const pace = createPace(redis);
    await pace.book("telegram", limits, people(0, 25));
    await pace.refund("telegram", ["0", "1", "2"]);
    expect(going(await pace.book("telegram", limits, people(0, 10)))).toBe(3);
  });

  test("of two platforms have nothing to do with each other", async () => {
    const pace = createPace(redis);
    await pace.book("telegram", limits, people(0, 25));
    expect(going(await pace.book("discord", limits, people(0, 25)))).toBe(25);
  });
});

describe("patience a platform asks for", () => {
  test("is had to the millisecond, in one chat", async () => {
    const pace = createPace(redis);
    await pace.pause("telegram", "1", 7_000);
    const [paused, other] = await pace.book("telegram", limits, people(1, 3));
    expect(other?.kind).toBe("go");
    expect(paused).toMatchObject({ kind: "wait", isAll: false });
    // a place may be booked 20 ms before
    expect(waits([paused ?? { kind: "go", inMs: 0 }])[0]?.ms).toBeGreaterThan(6_900);
  });

  test("is had everywhere where it is asked for everywhere, and the longer of two is had", async () => {
    const pace = createPace(redis);
    await pace.pause("telegram", undefined, 7_000);
    await pace.pause("telegram", undefined, 1_000);
    const bookings = await pace.book("telegram", limits, people(0, 5));
    expect(waits(bookings).every(({ ms, isAll }) => isAll && ms > 6_900)).toBe(true);
    expect(bookings).toHaveLength(5);
  });

  test("a place is never booked before its end", async () => {
    const pace = createPace(redis, { speed: 1_000 });
    await pace.pause("telegram", undefined, 15_000);
    const [booking] = await pace.book("telegram", limits, people(0, 1));
    if (booking?.kind !== "go") throw new Error("15 ms are near enough to be booked");
    expect(booking.inMs).toBeGreaterThan(10);
  });
});

test("too many refused requests in ten minutes stop all for a minute, well before a ban", async () => {
  const pace = createPace(redis);
  for (let refused = 0; refused < 2; refused++) await pace.noteInvalid("discord", limits);
  expect(going(await pace.book("discord", limits, people(0, 1)))).toBe(1);
  await pace.noteInvalid("discord", limits);
  const [stopped] = waits(await pace.book("discord", limits, people(1, 2)));
  expect(stopped).toMatchObject({ isAll: true });
  expect(stopped?.ms).toBeGreaterThan(59_000);
});
