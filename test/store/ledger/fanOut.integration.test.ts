import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Delivery, DeliveryResult, Outbox } from "../../../src/store/contracts/outbox.ts";
import type { OutboxAlert, RuleAlert, Symbols } from "../../../src/store/contracts/symbols.ts";
import { createAlertLog } from "../../../src/store/ledger/alertLog.ts";
import {
  insertArguments,
  insertScript,
  keyArguments,
  rowsPerScript,
} from "../../../src/store/ledger/fanOut.ts";
import { symbolKeys } from "../../../src/store/keys.ts";
import { createOutbox } from "../../../src/store/ledger/outbox.ts";
import { createPlace, pageFlags } from "../../../src/store/destinations/rulePages.ts";
import { defineScript, type RedisClient } from "../../../src/store/redis/script.ts";
import { createTurns } from "../../../src/store/ledger/turns.ts";
import { createSymbols } from "../../../src/store/market/symbols.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { aCommit, noon } from "../builders.ts";

const rule = "up-auto-50-2";
const stronger = "up-auto-50-3";
let server: TestRedis;
let redis: RedisClient;
let symbols: Symbols;
let outbox: Outbox;
let time = noon;
const now = (): number => time;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  symbols = createSymbols(redis, { now });
  outbox = createOutbox(redis, { now });
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
  time = noon;
});

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

async function subscribe(destinations: readonly string[], flags = 0, toRule = rule): Promise<void> {
  const place = createPlace(redis);
  await Promise.all(destinations.map(async (each) => place("BTC", each, new Map([[toRule, String(flags)]]))));
}

function aPush(over: Partial<RuleAlert> = {}): RuleAlert {
  return { alertId: "a1", kind: "push", episodeId: "a1", content: "fired", rule, ...over };
}

async function commit(...ruleAlerts: readonly RuleAlert[]): Promise<void> {
  const { version, slot } = await symbols.read("BTC");
  const result = await symbols.commit(aCommit({ basedOn: version, slot: slot + 1, ruleAlerts }));
  expect(result).toBe("committed");
}

async function claim(limit = 128, platform = "telegram"): Promise<readonly Delivery[]> {
  return (await outbox.claim("BTC", platform, limit)).deliveries;
}

async function settleAs(deliveries: readonly Delivery[], kind: "sent" | "dead"): Promise<readonly boolean[]> {
  const result = (destination: string) =>
    kind === "sent" ? { kind, messageId: `m-${destination}` } : { kind, reason: "gone" };
  const outcomes = deliveries.map((delivery) => ({ delivery, result: result(delivery.destination) }));
  return outbox.settle("BTC", "telegram", outcomes);
}

/** Everything there is to claim, by alert and destination, in the order of the claims. */
async function claimAll(onClaimed: (deliveries: readonly Delivery[]) => Promise<void>): Promise<string[]> {
  const taken: string[] = [];
  for (;;) {
    const more = await outbox.expand("BTC");
    const deliveries = await claim();
    taken.push(...deliveries.map(({ alert, destination }) => `${alert.alertId} ${destination}`));
    await onClaimed(deliveries);
    if (deliveries.length === 0 && !more) return taken;
  }
}

/** The same, settled as sent at once. */
const drain = async (): Promise<string[]> =>
  claimAll(async (deliveries) => void (await settleAs(deliveries, "sent")));

describe("an alert of a rule", () => {
  test("goes to all who subscribed to it, without another trip when they are few", async () => {
    await subscribe(["telegram:1", "telegram:2"]);
    await subscribe(["telegram:-100", "discord:7"], pageFlags.broadcast);
    await subscribe(["telegram:9"], 0, stronger);
    await commit(aPush());
    const { deliveries, isOpen } = await outbox.claim("BTC", "telegram", 10);
    expect(isOpen).toBe(false);
    expect(deliveries.map(({ destination }) => destination)).toEqual([
      "telegram:-100",
      "telegram:1",
      "telegram:2",
    ]);
    expect(deliveries[0]).toMatchObject({ alert: { alertId: "a1", episodeId: "a1", content: "fired" } });
    expect(await claim(10, "discord")).toHaveLength(1);
  });

  test("that nobody subscribed to is kept, and nothing is sent", async () => {
    await commit(aPush());
    expect(await drain()).toEqual([]);
    expect(await redis.zrange(symbolKeys("BTC").alerts, "0", "-1")).toEqual(["a1"]);
  });

  test("whose rows are written whole at once keeps nothing of how far they were", async () => {
    await subscribe(["telegram:1", "telegram:2"]);
    await commit(aPush());
    expect(await redis.llen(symbolKeys("BTC").fanOuts)).toBe(0);
    const kept = await redis.hgetall(`${symbolKeys("BTC").alert}a1`);
    expect(Object.keys(kept).toSorted()).toEqual("at c e i k m n r t".split(" "));
  });

  test("goes to all also where more are found in its pages than are counted", async () => {
    const people = range(0, rowsPerScript / 3).map((id) => `telegram:${id}`);
    await subscribe(people, pageFlags.several);
    const { rules } = symbolKeys("BTC");
    const [, pages] = ((await redis.hget(rules, rule)) ?? "").split(" ");
    await redis.hset(rules, rule, `1 ${pages}`);
    await commit(aPush());
    expect((await drain()).toSorted()).toEqual(people.map((name) => `a1 ${name}`).toSorted());
  });

  test("waits behind an earlier one whose rows are still being written", async () => {
    const groups = range(0, 2 * rowsPerScript).map((id) => `telegram:-${id}`);
    await subscribe(groups, pageFlags.broadcast);
    await subscribe(["telegram:-1"], pageFlags.broadcast, stronger);
    await commit(aPush());
    time += 1_000;
    await commit(aPush({ alertId: "b", episodeId: "b", rule: stronger }));
    const taken: string[] = [];
    for (let some = await claim(); some.length > 0; some = await claim())
      taken.push(...some.map(({ alert, destination }) => `${alert.alertId} ${destination}`));
    expect(taken.length).toBeLessThan(groups.length);
    taken.push(...(await drain()));
    expect(taken).toHaveLength(groups.length + 1);
    expect(taken.at(-1)).toBe("b telegram:-1");
  });

  test("takes from one script no more than that may write, however many alerts there are", async () => {
    const rules = range(0, 8).map((step) => `up-auto-50-${4 + step}` as const);
    for (const [step, each] of rules.entries())
      await subscribe(
        range(0, rowsPerScript / 3).map((id) => `telegram:${step * rowsPerScript + id}`),
        0,
        each,
      );
    await commit(...rules.map((each) => aPush({ alertId: each, episodeId: each, rule: each })));
    const waiting = await outbox.countPending("BTC");
    expect(waiting).toBeGreaterThan(rowsPerScript / 2);
    expect(waiting).toBeLessThan(rowsPerScript + rules.length);
    expect(await drain()).toHaveLength((rules.length * rowsPerScript) / 3);
  });

  test("is found by its time for 90 days", async () => {
    const known = async (): Promise<readonly string[]> => redis.zrange(symbolKeys("BTC").alerts, "0", "-1");
    await commit(aPush());
    time += (90 * 24 - 1) * 3_600_000;
    await commit();
    expect(await known()).toEqual(["a1"]);
    time += 3_600_000;
    await commit();
    expect(await known()).toEqual([]);
  });

  test("goes to each of very many exactly once", async () => {
    const people = range(0, 2 * rowsPerScript).map((id) => `telegram:${id}`);
    await subscribe(people);
    await commit(aPush());
    const waiting = await outbox.countPending("BTC");
    expect(waiting).toBeGreaterThan(rowsPerScript / 2);
    expect(waiting).toBeLessThanOrEqual(rowsPerScript);
    const taken = await drain();
    expect(taken.toSorted()).toEqual(people.map((person) => `a1 ${person}`).toSorted());
    expect(await outbox.countPending("BTC")).toBe(0);
  });

  test("goes to groups before people also while its rows are still being written", async () => {
    await subscribe(range(0, 2 * rowsPerScript).map((id) => `telegram:${id}`));
    await subscribe(
      range(0, 50).map((id) => `telegram:-${id}`),
      pageFlags.broadcast,
    );
    await commit(aPush());
    const taken = await drain();
    expect(taken.slice(0, 50).every((each) => each.includes(":-"))).toBe(true);
    expect(taken).toHaveLength(2 * rowsPerScript + 50);
  });

  test("is not written twice to those whose page is split meanwhile, nor lost to them", async () => {
    const people = range(0, 2 * rowsPerScript).map((id) => `telegram:${id}`);
    await subscribe(people);
    await commit(aPush());
    await subscribe(range(10_000, 13_000).map((id) => `telegram:${id}`));
    const counts = new Map<string, number>();
    // nothing settled: of what was sent already a second row would be passed over
    for (const each of await claimAll(async () => undefined)) counts.set(each, (counts.get(each) ?? 0) + 1);
    expect([...counts].filter(([, times]) => times > 1)).toEqual([]);
    expect(people.filter((person) => !counts.has(`a1 ${person}`))).toEqual([]);
  });

  test("of several that cross together reaches a destination with the strongest only", async () => {
    await subscribe(["telegram:1"], pageFlags.several, stronger);
    await subscribe(["telegram:1"], pageFlags.several);
    await subscribe(["telegram:2"], pageFlags.several);
    await subscribe(["telegram:3"]);
    await commit(aPush({ alertId: "s", episodeId: "s", rule: stronger }), aPush());
    expect((await drain()).toSorted()).toEqual(["a1 telegram:2", "a1 telegram:3", "s telegram:1"]);
  });

  test("is the strongest only also where that one was sent before the weaker one's rows were written", async () => {
    const people = range(0, 1_000).map((id) => `telegram:-${id}`);
    await subscribe(people, pageFlags.several + pageFlags.broadcast, stronger);
    await subscribe(people, pageFlags.several + pageFlags.broadcast);
    await commit(aPush({ alertId: "s", episodeId: "s", rule: stronger }), aPush());
    expect((await drain()).toSorted()).toEqual(people.map((person) => `s ${person}`).toSorted());
  });

  test("keeps its rows in small hashes", async () => {
    await subscribe(range(0, 2_000).map((id) => `telegram:${id}`));
    await commit(aPush());
    await drain();
    const rows = await redis.keys(`${symbolKeys("BTC").ledger}*`);
    const encodings = await Promise.all(rows.map(async (key) => redis.object("ENCODING", key)));
    expect(encodings.filter((encoding) => encoding !== "listpack").length).toBeLessThan(rows.length / 20);
  });
});

const lost: DeliveryResult = { kind: "dead", reason: "gone" };
const results = ({ destination }: Delivery): readonly DeliveryResult[] => [
  { kind: "sent", messageId: `m-${destination}` },
  { kind: "postponed", retryInMs: 1_000, reason: "HTTP 502" },
  lost,
];

describe("a bundle", () => {
  const dyingSender = async (): Promise<number> => outbox.releaseStuck("BTC", "telegram", 15_000);

  test("that was claimed holds rows being sent for the first time, and then each by itself", async () => {
    await subscribe(["telegram:1", "telegram:2"]);
    await commit(aPush());
    const [one, two] = await claim();
    if (one === undefined || two === undefined) throw new Error("two were to be claimed");
    time += 30_000;
    const unknown = { kind: "unknown", retryInMs: 0, reason: "reset" } as const;
    expect(await outbox.settle("BTC", "telegram", [{ delivery: one, result: unknown }])).toEqual([true]);
    expect(await outbox.countPending("BTC")).toBe(2);
    // since its claim, not since it was settled
    expect(await claim()).toMatchObject([{ destination: "telegram:1", attempt: 2, unknownMs: 30_000 }]);
    await settleAs([two], "sent");
    expect(await outbox.countPending("BTC")).toBe(1);
  });

  test("and rows by themselves are claimed with the turn at each of them", async () => {
    const people = range(0, 100).map((id) => `telegram:${id}`);
    await subscribe(people);
    await subscribe(["telegram:-1", "telegram:-2"], pageFlags.broadcast + pageFlags.several);
    const turns = createTurns(redis, { now });
    const pushed = (destination: string): string => `{${destination}}`;
    await turns.end(
      [...people, "telegram:-2"].map((destination) => ({ destination, pushes: pushed(destination) })),
      "nobody",
    );
    await commit(aPush());
    const visitor = { holder: "one", turnMs: 4_000 };
    const { deliveries, found } = await outbox.claim("BTC", "telegram", 75, visitor);
    const names = deliveries.map(({ destination }) => destination);
    expect(names).toHaveLength(75);
    for (const name of names)
      expect(found?.get(name)?.turn.pushes).toBe(name === "telegram:-1" ? undefined : pushed(name));
    expect(new Set((await turns.take(names, "two", 4_000)).map(({ kind }) => kind))).toEqual(
      new Set(["busy"]),
    );
    const others = people.filter((name) => !names.includes(name));
    expect(new Set((await turns.take(others, "two", 4_000)).map(({ kind }) => kind))).toEqual(
      new Set(["taken"]),
    );
  });

  test("takes no more than there is room for, and nothing younger goes ahead of its rest", async () => {
    const people = range(0, 30).map((id) => `telegram:${id}`);
    await subscribe(people);
    const listed = (alertId: string): OutboxAlert => ({
      alertId,
      content: "{}",
      destinations: range(100, 120).map((id) => `telegram:${id}`),
    });
    await outbox.insert("BTC", noon, [listed("older")]);
    time += 1_000;
    await commit(aPush());
    time += 1_000;
    await outbox.insert("BTC", noon, [listed("younger")]);
    const taken: string[] = [];
    for (const limit of [19, 11, 30, 30]) {
      const deliveries = await claim(limit);
      expect(deliveries.length).toBeLessThanOrEqual(limit);
      taken.push(...deliveries.map(({ alert }) => alert.alertId));
    }
    const times = (alertId: string, count: number): string[] => Array.from({ length: count }, () => alertId);
    expect(taken).toEqual([...times("older", 20), ...times("a1", 30), ...times("younger", 20)]);
  });

  test("is settled once, however often that is said", async () => {
    await subscribe(["telegram:1", "telegram:2"]);
    await commit(aPush());
    const [one] = await claim();
    const result = { kind: "sent", messageId: "m" } as const;
    const outcomes = one === undefined ? [] : [{ delivery: one, result }];
    expect(await outbox.settle("BTC", "telegram", outcomes)).toEqual([true]);
    expect(await outbox.settle("BTC", "telegram", outcomes)).toEqual([false]);
    expect(await outbox.countPending("BTC")).toBe(1);
  });

  test("is settled row by row, sent and failed ones in any order", async () => {
    const people = range(1, 7).map((id) => `telegram:${id}`);
    await subscribe(people);
    await commit(aPush());
    const deliveries = await claim();
    const outcomes = deliveries.map((delivery, at) => ({
      delivery,
      result: results(delivery)[at % 3] ?? lost,
    }));
    const settled = await outbox.settle("BTC", "telegram", outcomes);
    expect(settled).toEqual(people.map(() => true));
    expect(await outbox.countPending("BTC")).toBe(2);
    time += 1_000;
    expect((await claim()).map(({ destination, attempt }) => `${destination} ${attempt}`)).toEqual([
      `${deliveries[1]?.destination} 2`,
      `${deliveries[4]?.destination} 2`,
    ]);
    const alert = { alertId: "a1", symbol: "BTC", episodeId: "a1", rule, content: "", at: noon, shards: 1 };
    const states = new Map(
      (await createAlertLog(redis).deliveries(alert)).map(({ destination, state }) => [destination, state]),
    );
    expect(deliveries.map(({ destination }) => states.get(destination))).toEqual([
      "sent",
      "sending",
      "dead",
      "sent",
      "sending",
      "dead",
    ]);
  });

  test("whose sender died comes back row by row, without those that were settled", async () => {
    await subscribe(["telegram:1", "telegram:2", "telegram:3"]);
    await commit(aPush());
    const deliveries = await claim();
    await settleAs(deliveries.slice(0, 1), "sent");
    time += 15_000;
    expect(await dyingSender()).toBe(2);
    expect(await dyingSender()).toBe(0);
    const again = await claim();
    expect(again).toMatchObject([
      { destination: "telegram:2", attempt: 2, unknowns: 1, unknownMs: 15_000 },
      { destination: "telegram:3", attempt: 2, unknowns: 1, unknownMs: 15_000 },
    ]);
    // the dead one wasn't
    expect(await settleAs(deliveries, "sent")).toEqual([false, true, true]);
    expect(await outbox.countPending("BTC")).toBe(0);
    expect(await settleAs(again, "sent")).toEqual([false, false]);
  });

  test("whose sender died leaves what it gave back to whoever has it by now", async () => {
    await subscribe(["telegram:1", "telegram:2", "telegram:3"]);
    await commit(aPush());
    const deliveries = await claim();
    const given = deliveries.slice(0, 1);
    const result = { kind: "postponed", retryInMs: 12_000, reason: "rate limit" } as const;
    await outbox.settle(
      "BTC",
      "telegram",
      given.map((delivery) => ({ delivery, result })),
    );
    time += 12_000;
    const again = await claim();
    time += 3_000;
    expect(await dyingSender()).toBe(2);
    expect((await claim()).map(({ destination }) => destination)).toEqual(["telegram:2", "telegram:3"]);
    expect(await settleAs(again, "sent")).toEqual([true]);
  });

  test("whose alert is gone meanwhile is nobody's any more", async () => {
    await subscribe(["telegram:1", "telegram:2"]);
    await commit(aPush());
    const deliveries = await claim();
    await redis.del(`${symbolKeys("BTC").alert}a1`);
    expect(await settleAs(deliveries, "sent")).toEqual([false, false]);
    time += 15_000;
    expect(await dyingSender()).toBe(0);
    expect(await outbox.countPending("BTC")).toBe(0);
  });

  test("among very many comes back in its turn: Redis isn't held up by them", async () => {
    await subscribe(range(0, 1_000).map((id) => `telegram:${id}`));
    await commit(aPush());
    for (let claims = 0; claims < 10; claims++) await claim();
    time += 15_000;
    const released = [await dyingSender()];
    while ((released.at(-1) ?? 0) > 0) released.push(await dyingSender());
    expect(Math.max(...released)).toBeLessThan(400);
    expect(released.reduce((sum, some) => sum + some, 0)).toBe(1_000);
  });

  test("gives way to what is newer where nobody takes anything, and says so", async () => {
    await subscribe(range(0, 200).map((id) => `telegram:${id}`));
    await commit(aPush());
    const insert = defineScript(redis, insertScript);
    const alerts = [{ alertId: "newer", content: "{}", destinations: ["telegram:5000"] }];
    const args = [...insertArguments("BTC", { at: noon, alerts }, noon + 1_000)];
    const bound = keyArguments(symbolKeys("BTC"), noon).length - 1;
    args[bound] = 100;
    await insert([symbolKeys("BTC").alerts], args);
    const waiting = await outbox.countPending("BTC");
    expect(waiting).toBeLessThanOrEqual(100);
    expect(waiting).toBeGreaterThan(50);
    const alert = { alertId: "a1", symbol: "BTC", episodeId: "a1", rule, content: "", at: noon, shards: 4 };
    const dropped = await createAlertLog(redis).deliveries(alert);
    expect(dropped).toHaveLength(201 - waiting);
    expect(new Set(dropped.map(({ state }) => state))).toEqual(new Set(["dead"]));
    expect(await drain()).toHaveLength(waiting);
  });
});

describe("an edit", () => {
  const anEdit = (over: Partial<RuleAlert> = {}): RuleAlert =>
    aPush({ alertId: "a2", kind: "edit", content: "ended", ...over });

  test("goes to every message its episode has posted, whoever has subscribed since", async () => {
    await subscribe(["telegram:1", "telegram:2", "telegram:3"]);
    await commit(aPush());
    const deliveries = await claim();
    await settleAs(deliveries.slice(0, 1), "dead");
    await settleAs(deliveries.slice(1), "sent");
    await subscribe(["telegram:4"]);
    await commit(anEdit());
    const edits = await claim();
    expect(edits).toMatchObject([
      {
        destination: "telegram:2",
        messageId: "m-telegram:2",
        ticket: expect.stringMatching(/^2\t/),
        alert: { alertId: "a2", kind: "edit" },
      },
      { destination: "telegram:3", messageId: "m-telegram:3" },
    ]);
    await settleAs(edits, "sent");
    expect(await outbox.countPending("BTC")).toBe(0);
  });

  test("waits behind what is pushed", async () => {
    await subscribe(["telegram:1"]);
    await commit(aPush());
    await settleAs(await claim(), "sent");
    await commit(anEdit());
    time += 1_000;
    await commit(aPush({ alertId: "b1", episodeId: "b1" }));
    expect((await claim()).map(({ alert }) => alert.alertId)).toEqual(["b1", "a2"]);
  });

  test("takes an older one's place: the newest content is shown, once", async () => {
    await subscribe(["telegram:1"]);
    await commit(aPush());
    await settleAs(await claim(), "sent");
    await commit(anEdit({ content: "stronger" }));
    await commit(anEdit({ alertId: "a3", content: "ended" }));
    const edits = await claim();
    expect(edits.map(({ alert }) => alert.content)).toEqual(["ended"]);
    await settleAs(edits, "sent");
    expect(await claim()).toEqual([]);
  });

  test("begins with no failures, however many the one before had", async () => {
    await subscribe(["telegram:1"]);
    await commit(aPush());
    await settleAs(await claim(), "sent");
    await commit(anEdit({ content: "stronger" }));
    for (let failures = 0; failures < 3; failures++) {
      const [delivery] = await claim();
      if (delivery === undefined) throw new Error("nothing to claim");
      expect(delivery.failures).toBe(failures);
      const result = { kind: "postponed", retryInMs: 0, reason: "busy" } as const;
      await outbox.settle("BTC", "telegram", [{ delivery, result }]);
    }
    await settleAs(await claim(), "sent");
    await commit(anEdit({ alertId: "a3", content: "ended" }));
    expect(await claim()).toMatchObject([{ failures: 0, alert: { content: "ended" } }]);
  });

  test("that came while an older one was under way is shown after it", async () => {
    await subscribe(["telegram:1"]);
    await commit(aPush());
    await settleAs(await claim(), "sent");
    await commit(anEdit({ content: "stronger" }));
    const older = await claim();
    await commit(anEdit({ alertId: "a3", content: "ended" }));
    expect(await claim()).toEqual([]);
    await settleAs(older, "sent");
    expect((await claim()).map(({ alert }) => alert.content)).toEqual(["ended"]);
  });

  test.each([
    ["", 1],
    [", in the same moment", 0],
    [", though Redis' clock was set back", -3_600_000],
  ])("never takes the place of a first send: it follows it%s", async (_when, passes) => {
    await subscribe(["telegram:1"]);
    await commit(aPush());
    const [first] = await claim();
    time += passes;
    await commit(anEdit());
    expect(await claim()).toEqual([]);
    if (first === undefined) throw new Error("nothing claimed");
    await settleAs([first], "sent");
    expect((await claim()).map(({ alert }) => alert.alertId)).toEqual(["a2"]);
  });

  test.each([
    ["", 1],
    [" in the same moment", 0],
    [" before Redis' clock was set back", -3_600_000],
  ])("doesn't follow an escalation that was said after it%s", async (_when, passes) => {
    await subscribe(["telegram:1"]);
    await commit(aPush());
    await settleAs(await claim(), "sent");
    await commit(anEdit());
    await settleAs(await claim(), "sent");
    time += passes;
    await commit(aPush({ alertId: "a1x2" }));
    await settleAs(await claim(), "sent");
    expect(await claim()).toEqual([]);
  });

  test("goes to an escalation's message, once there is one", async () => {
    await subscribe(["telegram:1"]);
    await commit(aPush());
    await settleAs(await claim(), "sent");
    await commit(aPush({ alertId: "a1x2" }));
    const [escalation] = await claim();
    if (escalation === undefined) throw new Error("nothing claimed");
    const result = { kind: "sent", messageId: "second" } as const;
    await outbox.settle("BTC", "telegram", [{ delivery: escalation, result }]);
    await commit(anEdit());
    expect(await claim()).toMatchObject([{ messageId: "second" }]);
  });

  const sentAs = (delivery: Delivery | undefined, messageId: string) => {
    if (delivery === undefined) throw new Error("nothing claimed");
    return { delivery, result: { kind: "sent", messageId } as const };
  };

  test("goes to an escalation's message, also where both were noted together", async () => {
    await subscribe(["telegram:1", "telegram:2"]);
    await commit(aPush());
    const back = { kind: "back", retryInMs: 0, reason: "not its turn yet" } as const;
    const outcomes = (await claim()).map((delivery) => ({ delivery, result: back }));
    await outbox.settle("BTC", "telegram", outcomes);
    time += 1_000;
    await commit(aPush({ alertId: "a1x2" }));
    const [first, , escalation] = await claim();
    expect([first?.destination, first?.alert.alertId]).toEqual([escalation?.destination, "a1"]);
    expect(escalation?.alert.alertId).toBe("a1x2");
    await outbox.settle("BTC", "telegram", [sentAs(first, "first"), sentAs(escalation, "second")]);
    await commit(anEdit());
    const edits = await claim();
    const own = edits.find(
      ({ destination, alert }) => destination === first?.destination && alert.kind === "edit",
    );
    expect(own).toMatchObject({ messageId: "second" });
  });

  test("goes to an escalation's message, also where the first one's outcome is said again", async () => {
    await subscribe(["telegram:1", "telegram:2"]);
    await commit(aPush());
    const [first] = await claim();
    await outbox.settle("BTC", "telegram", [sentAs(first, "first")]);
    await commit(aPush({ alertId: "a1x2" }));
    const [escalation] = await claim();
    expect(escalation?.destination).toBe(first?.destination);
    await outbox.settle("BTC", "telegram", [sentAs(escalation, "second")]);
    expect(await outbox.settle("BTC", "telegram", [sentAs(first, "first")])).toEqual([false]);
    await commit(anEdit());
    const edits = await claim();
    expect(edits.find(({ destination }) => destination === first?.destination)).toMatchObject({
      messageId: "second",
    });
  });

  /** An escalation on its way, and an edit of the message before it. */
  async function claimBoth(): Promise<{
    readonly escalation: Delivery | undefined;
    readonly edit: Delivery;
  }> {
    await subscribe(["telegram:1"]);
    await commit(aPush());
    await settleAs(await claim(), "sent");
    await commit(aPush({ alertId: "a1x2" }));
    time += 1_000;
    await commit(anEdit());
    const [escalation, edit] = await claim();
    if (edit === undefined) throw new Error("nothing claimed");
    return { escalation, edit };
  }

  test.each(["sent", "dead"] as const)(
    "goes to an escalation's message, also where it was %s to the one before meanwhile",
    async (kind) => {
      const { escalation, edit } = await claimBoth();
      expect(edit).toMatchObject({ messageId: "m-telegram:1", alert: { alertId: "a2" } });
      await outbox.settle("BTC", "telegram", [sentAs(escalation, "second")]);
      expect(await claim()).toEqual([]);
      await settleAs([edit], kind);
      const again = await claim();
      expect(again).toMatchObject([{ messageId: "second", alert: { content: "ended" } }]);
      await settleAs(again, "sent");
      expect(await claim()).toEqual([]);
    },
  );

  test.each(["sent", "dead"] as const)(
    "goes to an escalation's message, also where it was %s to the one before and both noted together",
    async (kind) => {
      const { escalation, edit } = await claimBoth();
      const result = kind === "sent" ? { kind, messageId: "m-telegram:1" } : { kind, reason: "gone" };
      await outbox.settle("BTC", "telegram", [sentAs(escalation, "second"), { delivery: edit, result }]);
      expect(await claim()).toMatchObject([{ messageId: "second", alert: { content: "ended" } }]);
    },
  );

  const moments = ["before", "after"] as const;
  test.each(moments.flatMap((moment) => (["sent", "dead"] as const).map((kind) => ({ moment, kind }))))(
    "goes to an escalation's message, also where it was given up $moment that came and then $kind after all",
    async ({ moment, kind }) => {
      const { escalation, edit } = await claimBoth();
      const release = async (): Promise<unknown> => outbox.releaseStuck("BTC", "telegram", 10_000);
      const escalate = async (): Promise<unknown> =>
        outbox.settle("BTC", "telegram", [sentAs(escalation, "second")]);
      time += 10_000;
      for (const happen of moment === "before" ? [release, escalate] : [escalate, release]) await happen();
      await settleAs([edit], kind);
      const again = await claim();
      expect(again).toMatchObject([{ messageId: "second", alert: { content: "ended" } }]);
      await settleAs(again, "sent");
      expect(await claim()).toEqual([]);
    },
  );

  test("follows a chat that moved", async () => {
    await subscribe(["telegram:-1"], pageFlags.broadcast);
    await commit(aPush());
    const [delivery] = await claim();
    if (delivery === undefined) throw new Error("nothing claimed");
    const result = { kind: "sent", messageId: "m", destination: "telegram:-100" } as const;
    await outbox.settle("BTC", "telegram", [{ delivery, result }]);
    await commit(anEdit());
    expect(await claim()).toMatchObject([{ destination: "telegram:-100", messageId: "m" }]);
  });

  test("goes to each of very many", async () => {
    const people = range(0, 1_000).map((id) => `telegram:${id}`);
    await subscribe(people);
    await commit(aPush());
    await drain();
    await commit(anEdit());
    expect((await drain()).toSorted()).toEqual(people.map((person) => `a2 ${person}`).toSorted());
  });
});

/** One step of whoever takes part; numbers choose among what is there. */
const step = fc.oneof(
  fc.record({ do: fc.constant("claim" as const), limit: fc.integer({ min: 1, max: 128 }) }),
  fc.record({ do: fc.constant("expand" as const) }),
  fc.record({
    do: fc.constant("settle" as const),
    as: fc.constantFrom("sent" as const, "postponed" as const, "unknown" as const, "back" as const),
    share: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant("crash" as const) }),
  fc.record({ do: fc.constant("release" as const) }),
  fc.record({ do: fc.constant("join" as const), many: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ do: fc.constant("wait" as const) }),
);

test("whatever claims, settles, dies and joins in whatever order: no row is lost, none is doubled", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 0, max: 2_500 }),
      async (steps, members) => {
        await redis.flushall();
        const several = range(0, members / 7).map((id) => `telegram:${7 * id}`);
        const groups = range(1, members / 5).map((id) => `telegram:-${id}`);
        const others = range(0, members).map((id) => `telegram:${7 * id + 1}`);
        const people = [...several, ...groups, ...others];
        await subscribe(several, pageFlags.several);
        await subscribe(groups, pageFlags.broadcast);
        await subscribe(others);
        await commit(aPush());
        let held: Delivery[] = [];
        // with somebody, as far as anybody can know
        const away = new Set<string>();
        const claimMore = async (limit?: number): Promise<readonly Delivery[]> => {
          const deliveries = await claim(limit);
          const names = deliveries.map(({ destination }) => destination);
          expect(names.filter((name) => away.has(name))).toEqual([]);
          for (const name of names) away.add(name);
          return deliveries;
        };
        let joined = 100_000;
        const sent = new Map<string, number>();
        const note = (deliveries: readonly Delivery[], answers: readonly boolean[]): void => {
          deliveries.forEach(({ destination }, index) => {
            away.delete(destination);
            if (answers[index] === true) sent.set(destination, (sent.get(destination) ?? 0) + 1);
          });
        };
        for (const each of steps) {
          if (each.do === "claim") held.push(...(await claimMore(each.limit)));
          if (each.do === "expand") await outbox.expand("BTC");
          if (each.do === "crash") held = [];
          if (each.do === "wait") time += 1_000;
          if (each.do === "release") {
            time += 20_000;
            while ((await outbox.releaseStuck("BTC", "telegram", 15_000)) > 0);
            away.clear();
          }
          if (each.do === "join") {
            await subscribe(range(joined, joined + each.many).map((id) => `telegram:${id}`));
            joined += each.many;
          }
          if (each.do === "settle") {
            const some = held.splice(0, Math.ceil(held.length / each.share));
            const result =
              each.as === "sent"
                ? ({ kind: "sent", messageId: "m" } as const)
                : ({ kind: each.as, retryInMs: 500, reason: "r" } as const);
            const outcomes = some.map((delivery) => ({ delivery, result }));
            const answers = await outbox.settle("BTC", "telegram", outcomes);
            note(some, each.as === "sent" ? answers : []);
          }
        }
        for (let turn = 0; turn < 200; turn++) {
          time += 20_000;
          const more = await outbox.expand("BTC");
          while ((await outbox.releaseStuck("BTC", "telegram", 15_000)) > 0);
          away.clear();
          const deliveries = await claimMore();
          const result = { kind: "sent", messageId: "m" } as const;
          const outcomes = deliveries.map((delivery) => ({ delivery, result }));
          note(deliveries, await outbox.settle("BTC", "telegram", outcomes));
          if (!more && deliveries.length === 0 && (await outbox.countPending("BTC")) === 0) break;
        }
        expect(await outbox.countPending("BTC")).toBe(0);
        const { bundles, beyond } = symbolKeys("BTC");
        expect(await redis.exists(`${bundles}telegram`)).toBe(0);
        expect((await redis.hvals(`${beyond}telegram`)).filter((rows) => rows !== "0")).toEqual([]);
        expect([...sent.values()].filter((times) => times !== 1)).toEqual([]);
        expect(people.filter((person) => !sent.has(person))).toEqual([]);
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
});
