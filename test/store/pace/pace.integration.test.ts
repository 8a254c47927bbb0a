import { beforeAll, describe, expect, test } from "vitest";
import type { Booking, Pace, PaceLimits, PaceWish } from "../../../src/store/contracts/pace.ts";
import { paceKeys } from "../../../src/store/keys.ts";
import { createPace } from "../../../src/store/pace/pace.ts";
import { useRedis } from "../../support/useRedis.ts";

const used = useRedis();
let pace: Pace;
/** What stands for Redis' clock. */
let time = 1_795_348_800_000;
const now = (): number => time;

beforeAll(() => {
  pace = createPace(used.redis, { now });
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
  test("let a quarter of the rate go at once, the others follow evenly, and what is too far off asks again", async () => {
    const bookings = await pace.book("telegram", limits, people(0, 30));
    const times = bookings.flatMap((booking) => (booking.kind === "go" ? [booking.inMs] : []));
    expect(times.filter((ms) => ms === 0)).toHaveLength(6);
    expect(Math.max(...times)).toBeLessThanOrEqual(500);
    expect(times.length).toBe(18);
    const [first] = waits(bookings);
    expect(first?.isAll).toBe(true);
    expect(first?.ms).toBeGreaterThan(150);
  });

  test("are used to the full, evenly, and hold in every second, wherever it begins", async () => {
    const startedAt = time;
    const at: number[] = [];
    for (; time < startedAt + 60_000; time += 137)
      for (const booking of await pace.book("telegram", limits, people(at.length, at.length + 16)))
        if (booking.kind === "go") at.push(time + booking.inMs);
    const within = (from: number): number => at.filter((each) => each >= from && each < from + 1_000).length;
    expect(Math.max(...at.map(within))).toBe(25);
    expect(at.length).toBeGreaterThanOrEqual(0.98 * 60 * 25);
  });

  test("hold nobody up for as long as Redis' clock was set back", async () => {
    const wishes = [...people(0, 6), { chat: "-100", isGroup: true }];
    await pace.book("telegram", limits, wishes);
    time -= 3_600_000;
    const bookings = await pace.book("telegram", limits, wishes);
    expect(waits(bookings)).toEqual([]);
    expect(going(await pace.book("telegram", limits, people(100, 130)))).toBeLessThanOrEqual(18);
  });

  test("are shared by all processes", async () => {
    const other = createPace(await used.server.connect(), { now });
    await other.book("telegram", limits, people(0, 15));
    expect(going(await pace.book("telegram", limits, people(100, 120)))).toBe(3);
  });

  test("let a chat have one a second, and cost no other chat anything", async () => {
    const [first, second, other] = await pace.book("telegram", limits, [
      { chat: "1", isGroup: false },
      { chat: "1", isGroup: false },
      { chat: "2", isGroup: false },
    ]);
    expect([first?.kind, second?.kind, other?.kind]).toEqual(["go", "wait", "go"]);
    expect(second).toMatchObject({ isAll: false });
  });

  test("give nobody a place before one that is given already", async () => {
    await pace.pause("telegram", "1", 15);
    const [first, second] = await pace.book("telegram", limits, people(1, 3));
    expect(first).toEqual({ kind: "go", inMs: 15 });
    expect(second).toEqual({ kind: "go", inMs: 15 });
  });

  test("are kept with few more messages than count", async () => {
    for (let round = 0; round < 10; round += 1) {
      await pace.book("telegram", limits, people(0, 16));
      time += 900;
    }
    expect(await used.redis.llen(paceKeys("telegram").all)).toBeLessThan(64);
    expect(await used.redis.llen(`${paceKeys("telegram").chat}0`)).toBeLessThan(64);
  });

  test("let a group have twenty a minute", async () => {
    const group = Array.from({ length: 30 }, () => ({ chat: "-1", isGroup: true }));
    const bookings = await pace.book("telegram", { ...anyRate, chatGapMs: 0 }, group);
    expect(going(bookings)).toBe(20);
    expect(waits(bookings)[0]).toMatchObject({ isAll: false });
    expect(waits(bookings)[0]?.ms).toBeGreaterThan(59_000);
  });

  test("don't count what was given back", async () => {
    await pace.book("telegram", limits, people(0, 25));
    await pace.refund("telegram", ["0", "1", "2"]);
    expect(going(await pace.book("telegram", limits, people(30, 40)))).toBe(3);
  });

  test("of two platforms have nothing to do with each other", async () => {
    await pace.book("telegram", limits, people(0, 25));
    expect(going(await pace.book("discord", limits, people(0, 25)))).toBe(18);
  });
});

describe("patience a platform asks for", () => {
  test("is had to the millisecond, in one chat", async () => {
    await pace.pause("telegram", "1", 7_000);
    const [paused, other] = await pace.book("telegram", limits, people(1, 3));
    expect(other?.kind).toBe("go");
    expect(paused).toMatchObject({ kind: "wait", isAll: false });
    // and may be booked 20 ms before
    expect(waits([paused ?? { kind: "go", inMs: 0 }])[0]?.ms).toBeGreaterThan(6_900);
  });

  test("is had everywhere where it is asked for everywhere, and the longer of two is had", async () => {
    await pace.pause("telegram", undefined, 7_000);
    await pace.pause("telegram", undefined, 1_000);
    const bookings = await pace.book("telegram", limits, people(0, 5));
    expect(waits(bookings).every(({ ms, isAll }) => isAll && ms > 6_400)).toBe(true);
    expect(bookings).toHaveLength(5);
  });

  test("a place is never booked before its end", async () => {
    await pace.pause("telegram", undefined, 450);
    const [booking] = await pace.book("telegram", limits, people(0, 1));
    if (booking?.kind !== "go") throw new Error("450 ms are near enough to be booked");
    expect(booking.inMs).toBeGreaterThan(200);
  });
});

test("too many refused requests in ten minutes stop all for a minute, well before a ban", async () => {
  for (let refused = 0; refused < 2; refused++) await pace.noteInvalid("discord", limits);
  expect(going(await pace.book("discord", limits, people(0, 1)))).toBe(1);
  await pace.noteInvalid("discord", limits);
  const [stopped] = waits(await pace.book("discord", limits, people(1, 2)));
  expect(stopped).toMatchObject({ isAll: true });
  expect(stopped?.ms).toBeGreaterThan(59_000);
});
