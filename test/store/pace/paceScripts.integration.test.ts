import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Sender } from "../../../src/notifier/contracts.ts";
import { createDiscordSender } from "../../../src/notifier/senders/discord.ts";
import { wishOf } from "../../../src/notifier/wishOf.ts";
import { createTelegramSender } from "../../../src/notifier/senders/telegram.ts";
import { systemClock } from "../../../src/ops/clock.ts";
import { noticesPlace } from "../../../src/store/contracts/outbox.ts";
import type { Booking, ChatNames, PaceLimits, PaceWish } from "../../../src/store/contracts/pace.ts";
import { createOutbox } from "../../../src/store/ledger/outbox.ts";
import { createPace } from "../../../src/store/pace/pace.ts";
import { wishLua } from "../../../src/store/pace/paceScripts.ts";
import { asText } from "../../../src/store/redis/reply.ts";
import { useRedis } from "../../support/useRedis.ts";
import { anAlert } from "../builders.ts";

const used = useRedis();
/** What stands for Redis' clock, ms. */
let time = 0;
const now = (): number => time;
beforeEach(() => {
  time = 1_795_348_800_000;
});

const limits: PaceLimits = { perSecond: 25, chatGapMs: 1_000, groupPerMinute: 20, invalidPer10Minutes: 3 };
const names: ChatNames = { before: "telegram:", after: "/", groups: "-@" };

function open(bounds = limits, platform = "telegram") {
  const pace = createPace(used.redis, { now });
  const outbox = createOutbox(used.redis, { now });
  let alerts = 0;
  const wait = async (destinations: readonly string[]): Promise<void> => {
    alerts += 1;
    const alert = anAlert({ alertId: `${platform}${time}-${alerts}`, destinations });
    await outbox.insert(noticesPlace, time, [alert]);
  };
  const line = pace.line(platform, bounds, names);
  // turns that end before the next claim
  const visitor = { holder: `holder of ${platform}`, turnMs: 1, line };
  const claim = async (limit = 192) => outbox.claim(noticesPlace, "telegram", limit, visitor);
  /** What a claim of these, which waited one behind the other, books. */
  const book = async (destinations: readonly string[]): Promise<readonly Booking[]> => {
    for (const destination of destinations) {
      await wait([destination]);
      time += 1;
    }
    const { deliveries, bookings } = await claim();
    expect(deliveries.map(({ destination }) => destination)).toEqual(destinations);
    if (bookings === undefined) throw new Error("nothing was booked");
    return bookings;
  };
  return { pace, wait, claim, book };
}

const people = (count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, index) => `telegram:${from + index}`);

describe("a claim that books", () => {
  test("gives each its place, in their order, and counts it for all others", async () => {
    const { pace, book } = open();
    const bookings = await book(people(8));
    const inMs = bookings.map((booking) => (booking.kind === "go" ? booking.inMs : Number.NaN));
    expect(inMs).toEqual([0, 0, 0, 0, 0, 0, 240, 240]);
    const [next] = await pace.book("telegram", limits, [{ chat: "100", isGroup: false }]);
    expect(next).toEqual({ kind: "go", inMs: 240 });
  });

  test("obeys to the millisecond the patience a chat asked for, and one that all did", async () => {
    const { pace, book } = open();
    await pace.pause("telegram", "-7", 15);
    const first = await book(["telegram:-7/3"]);
    expect(first).toEqual([{ kind: "go", inMs: 14 }]);
    await pace.pause("telegram", undefined, 300);
    expect(await book(["telegram:8"])).toEqual([{ kind: "go", inMs: 299 }]);
    await pace.pause("telegram", "9", 7_000);
    const [paused] = await book(["telegram:9"]);
    expect(paused).toMatchObject({ kind: "wait", isAll: false });
    await pace.pause("telegram", undefined, 7_000);
    expect(await book(["telegram:10"])).toMatchObject([{ kind: "wait", isAll: true }]);
  });

  test("lets a chat have one a second, whatever its topic", async () => {
    const { book } = open();
    const [first, second, other] = await book(["telegram:1/5", "telegram:1/6", "telegram:2"]);
    expect([first?.kind, second?.kind, other?.kind]).toEqual(["go", "wait", "go"]);
    expect(second).toMatchObject({ isAll: false, ms: expect.closeTo(981, 0) });
  });

  test("lets a group have its twenty a minute, and a person more", async () => {
    const { claim, wait } = open({ ...limits, perSecond: Infinity, chatGapMs: 0, groupPerMinute: 3 });
    for (let alert = 0; alert < 5; alert += 1) await wait(["telegram:-1", "telegram:@chan", "telegram:1"]);
    const { deliveries, bookings = [] } = await claim();
    const going = (destination: string): number =>
      deliveries.filter((each, at) => each.destination === destination && bookings[at]?.kind === "go").length;
    expect(["telegram:-1", "telegram:@chan", "telegram:1"].map(going)).toEqual([3, 3, 5]);
  });

  test("says of what is beyond the rate of all how long that lasts", async () => {
    const { pace, book } = open();
    const others = Array.from({ length: 18 }, (_, at): PaceWish => ({ chat: `o${at}`, isGroup: false }));
    await pace.book("telegram", limits, others);
    const [full] = await book(["telegram:1"]);
    expect(full).toEqual({ kind: "wait", isAll: true, ms: expect.closeTo(220, 0) });
  });

  test("of many at once, or of nothing, books nothing", async () => {
    const { claim, wait } = open();
    expect((await claim()).bookings).toBeUndefined();
    await wait(people(33));
    const many = await claim();
    expect([many.deliveries.length, many.found?.size, many.bookings]).toEqual([33, 33, undefined]);
    expect(await used.redis.keys("*pace*")).toEqual([]);
    await wait(people(40, 100));
    expect((await claim(32)).bookings).toHaveLength(32);
  });
});

type Step =
  | { readonly kind: "messages"; readonly isClaim: boolean; readonly chats: readonly string[] }
  | { readonly kind: "pause"; readonly chat: string | undefined; readonly ms: number }
  | { readonly kind: "refund"; readonly chat: string }
  | { readonly kind: "time"; readonly ms: number };

const chat = fc.constantFrom("1", "2", "3", "4", "5", "6", "-1", "-2", "@channel");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("messages"),
      isClaim: fc.boolean(),
      chats: fc.uniqueArray(chat, { minLength: 1 }),
    }),
  },
  fc.record({ kind: fc.constant("pause"), chat: fc.option(chat, { nil: undefined }), ms: fc.nat(1_500) }),
  fc.record({ kind: fc.constant("refund"), chat }),
  fc.record({ kind: fc.constant("time"), ms: fc.constantFrom(1, 40, 300, 2_000) }),
);

describe("booked by claims or asked for by themselves", () => {
  test("the same messages get the same places", async () => {
    const bounds: PaceLimits = { ...limits, perSecond: 6, groupPerMinute: 3 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
        await used.redis.flushall();
        const mixed = open(bounds, "mixed");
        for (const each of steps) {
          const [given, wanted] = await take(each, { ...mixed, bounds });
          expect(given).toEqual(wanted);
        }
        expect(await windowsOf("mixed")).toEqual(await windowsOf("plain"));
      }),
      { numRuns: 40 },
    );
  });
});

type World = ReturnType<typeof open> & { readonly bounds: PaceLimits };

/** In the line where claims book, and in the one where nobody else does than who asks for it. */
async function take(each: Step, { pace, wait, claim, bounds }: World): Promise<readonly [unknown, unknown]> {
  switch (each.kind) {
    case "time":
      time += each.ms;
      return [0, 0];
    case "pause":
      for (const platform of ["mixed", "plain"]) await pace.pause(platform, each.chat, each.ms);
      return [0, 0];
    case "refund":
      for (const platform of ["mixed", "plain"]) await pace.refund(platform, [each.chat]);
      return [0, 0];
    case "messages": {
      if (!each.isClaim) {
        const wishes = each.chats.map(wishFor);
        return [await pace.book("mixed", bounds, wishes), await pace.book("plain", bounds, wishes)];
      }
      await wait(each.chats.map((one) => `telegram:${one}`));
      const { deliveries, bookings } = await claim();
      const wishes = deliveries.map(({ destination }) => wishFor(destination.slice("telegram:".length)));
      if (wishes.length !== each.chats.length) throw new Error("the claim left some behind");
      return [bookings, await pace.book("plain", bounds, wishes)];
    }
  }
}

function wishFor(name: string): PaceWish {
  return { chat: name, isGroup: /^[-@]/.test(name) };
}

async function windowsOf(platform: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { redis } = used;
  const lists: Record<string, readonly string[]> = {};
  for (const key of (await redis.keys(`*{pace:${platform}}*`)).toSorted())
    if ((await redis.type(key)) === "list") lists[key.split("}")[1] ?? ""] = await redis.lrange(key, 0, -1);
  return lists;
}

describe("the chat a destination names", () => {
  const options = { token: "1:t", timeoutMs: 1_000, clock: systemClock };
  const telegram = paceOf(createTelegramSender(options));
  const discord = paceOf(createDiscordSender(options));

  test.each([
    [telegram, "telegram:1", "1", false],
    [telegram, "telegram:-1001", "-1001", true],
    [telegram, "telegram:-1001/17", "-1001", true],
    [telegram, "telegram:@channel", "@channel", true],
    [telegram, "telegram:", "", false],
    [discord, "discord:123456789012345678", "discord:123456789012345678", false],
    [discord, "discord:-1/2", "discord:-1/2", false],
  ])("%# is the same to who sends and to a script", async (pace, destination, name, isGroup) => {
    expect(wishOf(pace.names, destination)).toEqual({ chat: name, isGroup });
    expect(await byScript(pace.names, destination)).toEqual({ chat: name, isGroup });
  });

  test("is the same whatever stands there", async () => {
    const text = fc.string({
      unit: fc.constantFrom("-", "@", "/", ":", "%", ".", "7", "é", "t"),
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(text, async (rest) => {
        for (const [pace, before] of [
          [telegram, "telegram:"],
          [discord, "discord:"],
        ] as const) {
          const destination = `${before}${rest}`;
          expect(await byScript(pace.names, destination)).toEqual(wishOf(pace.names, destination));
        }
      }),
    );
  });
});

function paceOf({ pace }: Pick<Sender, "pace">) {
  if (pace === undefined) throw new Error("a platform without limits");
  return pace;
}

async function byScript({ before, after, groups }: ChatNames, destination: string): Promise<PaceWish> {
  const lua = `${wishLua}
local chat, isGroup = wishOf(ARGV[1], ARGV[2], ARGV[3], ARGV[4])
return (isGroup and '1' or '0') .. chat`;
  const answer = asText(await used.redis.eval(lua, 0, before, after, groups, destination));
  return { chat: answer.slice(1), isGroup: answer.startsWith("1") };
}
