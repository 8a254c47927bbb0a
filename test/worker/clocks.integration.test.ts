import { describe, expect, test } from "vitest";
import type { AlertRule } from "../../src/alerts/decision.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { symbolKeys } from "../../src/store/keys.ts";
import { openStore } from "../../src/store/store.ts";
import { silentLog } from "../support/redis.ts";
import { useRedis } from "../support/useRedis.ts";
import { history, polled, timeIn } from "./feed.ts";
import { eagerRule, startProcess } from "./harness.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const venues = ["bybit", "okx"];
const stepMs = 10_000;

const used = useRedis();

/** How far a process' clock is ahead, by the minute of the true time. */
type Clock = (minute: number) => number;

const right: Clock = () => 0;
const off =
  (byMs: number, from = 10): Clock =>
  (minute) =>
    minute >= from && minute < from + 10 ? byMs : 0;

interface Lived {
  /** Committed recomputes, by process. */
  readonly evaluations: readonly number[];
  /** Pushes that were said: of each episode its beginning, and where it grows stronger. */
  readonly alerts: readonly string[];
  /** When they were, in true minutes. */
  readonly minutes: readonly number[];
}

/** Which part of the market's day they live through, by its bars of five minutes, and by which rule. */
interface Day {
  readonly fromBar: number;
  readonly minutes: number;
  readonly rule?: Partial<AlertRule>;
  /** A venue that tells no times: its data are as old as whoever asks it believes. */
  readonly timeless?: string;
}

/**
 * Processes on one Redis: each recomputes when a slot begins by its own clock, and polls its share of the venues then.
 */
async function live(clocks: readonly Clock[], day: Day): Promise<Lived> {
  const { fromBar, minutes, rule, timeless } = day;
  const startsAt = timeIn(fromBar);
  const store: Store = await openStore(used.redis, { log: silentLog });
  for (const venue of venues) {
    const { spec, bars } = history(venue, 0, fromBar);
    await store.backfills.put("BTC", venue, spec, bars);
  }
  let time = startsAt;
  const minuteOf = (at: number): number => (at - startsAt) / minuteMs;
  const nowOf = (clock: Clock): number => time + clock(minuteOf(time));
  const pushes: { readonly alertId: string; readonly minute: number }[] = [];
  const processes = await Promise.all(
    clocks.map(async (clock, index) => {
      const own = await openStore(await used.server.connect(), { log: silentLog });
      const polls = venues.filter((_, venue) => venue % clocks.length === index);
      const more = { rule: { ...eagerRule, ...rule } };
      return { ...startProcess(own, { now: () => nowOf(clock) }, more), clock, polls, slot: -1 };
    }),
  );
  for (; time < startsAt + minutes * minuteMs; time += stepMs) {
    for (const process of processes) {
      const now = nowOf(process.clock);
      const slot = Math.floor(now / minuteMs);
      if (slot === process.slot) continue;
      process.slot = slot;
      for (const venue of process.polls)
        await poll(store, { venue, slot, now, time, observedAt: venue === timeless ? now : time });
      const before = process.decided.length;
      await process.recompute({ symbol: "BTC", slot });
      const alerts = process.decided.slice(before).flatMap((decided) => decided.alerts);
      const said = alerts.filter(({ kind }) => kind === "push");
      pushes.push(...said.map(({ alertId }) => ({ alertId, minute: minuteOf(time) })));
    }
    await passInRedis(stepMs);
  }
  return {
    evaluations: processes.map(({ decided }) => decided.length),
    alerts: pushes.map(({ alertId }) => alertId),
    minutes: pushes.map(({ minute }) => minute),
  };
}

/** Redis' own clock is right, and goes on: what was written there is so much older. */
async function passInRedis(ms: number): Promise<void> {
  const { redis } = used;
  const { state, round } = symbolKeys("BTC");
  if ((await redis.exists(state)) === 1) await redis.hincrby(state, "committedAt", -ms);
  const leftMs = await redis.pttl(round);
  if (leftMs > 0) await redis.pexpire(round, Math.max(1, leftMs - ms));
}

interface Polled {
  readonly venue: string;
  readonly slot: number;
  readonly now: number;
  readonly time: number;
  /** By the venue's own clock, which is right. */
  readonly observedAt: number;
}

async function poll(store: Store, { venue, slot, now, time, observedAt }: Polled): Promise<void> {
  const forming = Math.floor(time / timeIn(0) / 5);
  const cursor = (await store.rounds.cursors(venue, ["BTC"])).get("BTC");
  const { observation } = polled(venue, cursor === undefined ? forming - 3 : cursor / 300_000, forming);
  if (observation === undefined) throw new Error("nothing to tell");
  const said = { ...observation, observedAt, receivedAt: now };
  await store.rounds.report("BTC", { venue, slot, at: now, observation: said }, venues);
}

const sum = (counts: readonly number[]): number => counts.reduce((all, each) => all + each, 0);

/** The first message of an episode; what follows of it has a mark at its end. */
const isFirst = (alertId: string): boolean => /-\d+$/u.test(alertId);

describe("clocks that are wrong", () => {
  const minutes = 30;
  const halfHour = { fromBar: 100, minutes };

  test("a right one evaluates once a minute and says one alert: what the others are held against", async () => {
    const { evaluations, alerts } = await live([right], halfHour);
    expect(evaluations).toEqual([minutes]);
    expect(alerts.filter(isFirst)).toHaveLength(1);
  });

  test.each([
    ["two processes half a minute apart", [right, () => 30_000], minutes],
    ["the other way round", [() => 30_000, right], minutes],
    // the numbers it gave while it was ahead guard against lower ones for five minutes
    ["one whose clock is an hour ahead for ten minutes", [off(hourMs)], minutes - 5],
    ["one whose clock is an hour behind for ten minutes", [off(-hourMs)], minutes - 5],
  ] as const)("%s: one evaluation more at most, and no alert twice", async (_name, clocks, least) => {
    const { evaluations, alerts } = await live(clocks, halfHour);
    expect(sum(evaluations)).toBeGreaterThanOrEqual(least);
    expect(sum(evaluations)).toBeLessThanOrEqual(minutes + 1);
    expect(alerts.filter(isFirst)).toHaveLength(1);
    expect(new Set(alerts).size).toBe(alerts.length);
  });

  test.each([
    ["ahead", off(hourMs)],
    ["behind", off(-hourMs)],
  ])("one an hour %s for ten minutes beside a right one: no alert twice", async (_name, wrong) => {
    const { evaluations, alerts } = await live([right, wrong], halfHour);
    expect(sum(evaluations)).toBeGreaterThanOrEqual(minutes - 5);
    expect(sum(evaluations)).toBeLessThanOrEqual(minutes + 1);
    expect(alerts.filter(isFirst)).toHaveLength(1);
    expect(new Set(alerts).size).toBe(alerts.length);
  });
});

describe("a cooldown under clocks that are wrong", () => {
  /** It fires upwards in the first minutes, ends half an hour later, and would fire again after two hours. */
  const day = { fromBar: 112, minutes: 160, rule: { cooldownMs: 150 * minuteMs } };
  const upwards = /-up-auto-50-1\.1-[^-]+-\d+$/u;

  test.each<readonly [string, readonly Clock[], Partial<Day>]>([
    ["one that is right: what the others are held against", [right], {}],
    ["two half a minute apart", [right, () => 30_000], {}],
    ["one an hour ahead for ten minutes", [off(hourMs, 40)], {}],
    ["one an hour ahead that asks a venue without times", [off(hourMs, 40)], { timeless: "okx" }],
    ["one an hour behind for ten minutes", [off(-hourMs, 40)], {}],
    ["one an hour ahead for ten minutes beside a right one", [right, off(hourMs, 40)], {}],
    ["one an hour behind for ten minutes beside a right one", [right, off(-hourMs, 40)], {}],
  ])("%s: no second push within it, and one right after it", async (_name, clocks, other) => {
    const { alerts, minutes } = await live(clocks, { ...day, ...other });
    const fired = minutes.filter((_, index) => upwards.test(alerts[index] ?? ""));
    expect(fired).toHaveLength(2);
    const [first = Number.NaN, second = Number.NaN] = fired;
    expect(second - first).toBeGreaterThanOrEqual(150);
    expect(second - first).toBeLessThanOrEqual(155);
  });
});
