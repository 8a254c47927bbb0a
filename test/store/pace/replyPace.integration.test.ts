import { beforeAll, describe, expect, test } from "vitest";
import type { Pace, PaceLimits, PaceWish, ReplyPace } from "../../../src/store/contracts/pace.ts";
import { createPace } from "../../../src/store/pace/pace.ts";
import { createReplyPace } from "../../../src/store/pace/replyPace.ts";
import { useRedis } from "../../support/useRedis.ts";

const used = useRedis();
let pace: Pace;
let answers: ReplyPace;
/** What stands for Redis' clock. */
let time = 1_795_348_800_000;
const now = (): number => time;

beforeAll(() => {
  pace = createPace(used.redis, { now });
  answers = createReplyPace(used.redis, { now });
});

const limits: PaceLimits = {
  perSecond: 25,
  chatGapMs: 1_000,
  groupPerMinute: 20,
  invalidPer10Minutes: Infinity,
};
const group: PaceWish = { chat: "-100", isGroup: true };
let strangers = 0;
const somebody = (): PaceWish => ({ chat: String((strangers += 1)), isGroup: false });

async function goes(wish: PaceWish = somebody()): Promise<boolean> {
  return (await answers.take("telegram", limits, wish)).kind === "go";
}

const mostIn = (ms: number, at: readonly number[]): number =>
  Math.max(...at.map((from) => at.filter((each) => each >= from && each < from + ms).length));

/** Fifty people a second ask for `ms`; the times at which they are answered. */
async function fiftyASecond(ms: number, meanwhile: () => Promise<void> = async () => undefined) {
  const at: number[] = [];
  for (const end = time + ms; time < end; time += 20) {
    if (await goes()) at.push(time);
    await meanwhile();
  }
  return at;
}

describe("answers to people", () => {
  test("go at once while few ask", async () => {
    for (let asked = 0; asked < 30; asked += 1, time += 100) expect(await goes()).toBe(true);
  });

  test("go also after Redis' clock was set back", async () => {
    await fiftyASecond(1_000);
    time -= 3_600_000;
    expect(await goes()).toBe(true);
  });

  test("use three fifths of what the platform bears, however many ask", async () => {
    const at = await fiftyASecond(10_000);
    expect(mostIn(1_000, at)).toBe(15);
    expect(at.length).toBeGreaterThanOrEqual(120);
  });

  test("say when to ask again: then one goes", async () => {
    await fiftyASecond(1_000);
    let turn = await answers.take("telegram", limits, somebody());
    while (turn.kind === "go") turn = await answers.take("telegram", limits, somebody());
    expect(turn.kind).toBe("wait");
    time += turn.kind === "wait" ? Math.ceil(turn.ms) : 0;
    expect(await goes()).toBe(true);
  });

  test("leave room for an alert at once, at any moment", async () => {
    const waits: number[] = [];
    let steps = 0;
    await fiftyASecond(10_000, async () => {
      steps += 1;
      if (steps % 25 !== 0) return;
      const [booking] = await pace.book("telegram", limits, [somebody()]);
      waits.push(booking?.kind === "go" ? booking.inMs : Infinity);
    });
    expect(waits).toHaveLength(20);
    expect(Math.max(...waits)).toBe(0);
  });

  test("still come while alerts use all there is, and both together stay below what Telegram refuses", async () => {
    const alerts: number[] = [];
    const startedAt = time;
    const at = await fiftyASecond(10_000, async () => {
      for (const booking of await pace.book("telegram", limits, Array.from({ length: 8 }, somebody)))
        if (booking.kind === "go") alerts.push(time + booking.inMs);
    });
    const inTime = alerts.filter((each) => each < startedAt + 10_000);
    expect(at.length).toBeGreaterThanOrEqual(45);
    expect(inTime.length).toBeGreaterThanOrEqual(190);
    // grammy.dev/advanced/flood: about 30 a second
    expect(mostIn(1_000, [...at, ...inTime])).toBeLessThanOrEqual(30);
  });

  test("take twelve of a group's twenty a minute; the rest is for its alerts", async () => {
    let answered = 0;
    for (let asked = 0; asked < 30; asked += 1, time += 1_000) if (await goes(group)) answered += 1;
    expect(answered).toBe(12);
    expect(await answers.take("telegram", limits, group)).toEqual({ kind: "full" });
    for (let alert = 0; alert < 8; alert += 1, time += 1_000)
      expect(await pace.book("telegram", limits, [group])).toEqual([{ kind: "go", inMs: 0 }]);
    expect(await pace.book("telegram", limits, [group])).toMatchObject([{ kind: "wait" }]);
  });

  test("are followed by the chat's alert, even where somebody writes without a break", async () => {
    const ana = somebody();
    let told: number | undefined;
    const startedAt = time;
    for (; time < startedAt + 3_000 && told === undefined; time += 10) {
      if ((time - startedAt) % 670 === 0) await goes(ana);
      const [booking] = await pace.book("telegram", limits, [ana]);
      if (booking?.kind === "go") told = time + booking.inMs - startedAt;
    }
    expect(told).toBeGreaterThanOrEqual(480);
    expect(told).toBeLessThanOrEqual(670);
  });

  test("wait as long as the platform asked for patience, in a chat or everywhere", async () => {
    const ana = somebody();
    await pace.pause("telegram", ana.chat, 3_000);
    expect([await goes(ana), await goes()]).toEqual([false, true]);
    await pace.pause("telegram", undefined, 2_000);
    expect(await answers.take("telegram", limits, somebody())).toEqual({ kind: "wait", ms: 2_000 });
    time += 2_000;
    expect([await goes(ana), await goes()]).toEqual([false, true]);
  });

  test("are not counted where nothing limits them", async () => {
    const none = { ...limits, perSecond: Infinity, chatGapMs: 0, groupPerMinute: Infinity };
    for (let asked = 0; asked < 50; asked += 1)
      expect(await answers.take("telegram", none, group)).toEqual({ kind: "go" });
    expect(await used.redis.keys("*pace*")).toEqual([]);
  });
});
