import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DestinationRecord, Subscription } from "../../../src/alerts/subscription.ts";
import type { Destinations } from "../../../src/store/contracts/destinations.ts";
import { createDestinations } from "../../../src/store/destinations/destinations.ts";
import { registerKeys } from "../../../src/store/keys.ts";
import { placementOf } from "../../../src/store/destinations/rulePages.ts";
import type { RedisClient } from "../../../src/store/redis/script.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { pageContents } from "./pageContents.ts";
import { aRecord, aSubscription } from "./subscriptions.ts";

let server: TestRedis;
let redis: RedisClient;
let destinations: Destinations;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  destinations = createDestinations(redis);
});
afterAll(async () => server.stop());

const symbols = ["BTC", "ETH"];
const names = Array.from({ length: 60 }, (_, index) => `telegram:${index}`);

const subscription: fc.Arbitrary<Subscription> = fc
  .record({
    symbol: fc.constantFrom(...symbols),
    ratio: fc.constantFrom(2, 2.5),
    direction: fc.constantFrom("both", "up", "down"),
    notionalUsd: fc.constantFrom("auto" as const, 1_100_000_000),
    mode: fc.constantFrom("loud", "off"),
    fromConfig: fc.constantFrom(true as const, undefined),
  })
  .map(({ fromConfig, ...wish }) => aSubscription({ ...wish, ...(fromConfig && { fromConfig }) }));

const settings = fc.record(
  {
    kind: fc.constantFrom("direct" as const, "group" as const),
    guild: fc.constantFrom("7", "8"),
  },
  { requiredKeys: ["kind"] },
);

type Step = (destination: string, other: string) => Promise<unknown>;

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ subscriptions: fc.array(subscription, { maxLength: 3 }), settings }).map(
    (part): Step =>
      async (destination) =>
        destinations.change(destination, () => ({ kind: "keep", record: aRecord({ ...part, destination }) })),
  ),
  fc.constant<Step>(async (destination) => destinations.disable(destination, "blocked", 1)),
  fc.constant<Step>(async (destination) => destinations.enable(destination)),
  fc.constant<Step>(async (destination) => destinations.forget(destination)),
  fc.constant<Step>(async (destination, other) => destinations.move(destination, other)),
);

const edits = fc.array(fc.tuple(steps, fc.constantFrom(...names), fc.constantFrom(...names)), {
  minLength: 1,
  maxLength: 120,
});

async function everyRecord(): Promise<readonly DestinationRecord[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await destinations.list(cursor, 10);
    found.push(...page.destinations);
    cursor = page.next;
  } while (cursor !== undefined);
  const records = await destinations.getMany(found);
  return records.map((record, index) => record ?? fail(`${found[index]} is listed and has no document`));
}

function fail(reason: string): never {
  throw new Error(reason);
}

function pagesOf(records: readonly DestinationRecord[], symbol: string): readonly string[] {
  return records
    .flatMap((record) =>
      [...(placementOf(record).get(symbol) ?? [])].map(
        ([rule, flags]) => `${rule} ${record.destination} ${flags}`,
      ),
    )
    .toSorted();
}

async function expectAgreement(): Promise<void> {
  const records = await everyRecord();
  expect(await redis.hlen(registerKeys.documents)).toBe(records.length);
  for (const symbol of symbols) expect(await pageContents(redis, symbol)).toEqual(pagesOf(records, symbol));
  const fromConfig = records.filter(({ subscriptions }) =>
    subscriptions.some((one) => one.fromConfig === true),
  );
  expect((await destinations.configured()).toSorted()).toEqual(
    fromConfig.map((one) => one.destination).toSorted(),
  );
  for (const guild of ["7", "8"]) {
    const its = records.filter((record) => record.settings.guild === guild);
    expect((await destinations.ofGuild(guild)).toSorted()).toEqual(
      its.map((one) => one.destination).toSorted(),
    );
  }
}

test("after any edits, one by one or at once, pages, servers and the register say what the documents say", async () => {
  await fc.assert(
    fc.asyncProperty(edits, fc.integer({ min: 1, max: 30 }), async (script, together) => {
      await redis.flushall();
      for (let at = 0; at < script.length; at += together) {
        await Promise.all(
          script.slice(at, at + together).map(async ([step, one, other]) => step(one, other)),
        );
      }
      await expectAgreement();
      expect(await redis.hlen("lopside:{destinations}:unfinished")).toBe(0);
    }),
    { numRuns: 40 },
  );
});

/** A connection that breaks at its nth command, as a process that is killed there. */
function dyingAfter(commands: number): RedisClient {
  let left = commands;
  return new Proxy(redis, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function" || name === "defineCommand") return member;
      return async (...args: unknown[]) => {
        left -= 1;
        if (left < 0) throw new Error("killed");
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}

test("wherever a process dies within a change, a repair makes pages and documents agree", async () => {
  await fc.assert(
    fc.asyncProperty(edits, fc.integer({ min: 0, max: 9 }), async (script, commands) => {
      await redis.flushall();
      for (const [step, one, other] of script.slice(1)) await step(one, other);
      const [last] = script;
      if (last === undefined) return;
      const whole = destinations;
      destinations = createDestinations(dyingAfter(commands), { now: () => 0 });
      await last[0](last[1], last[2]).catch(() => undefined);
      destinations = whole;
      expect(await destinations.repair(60_000)).toBeLessThanOrEqual(2);
      await expectAgreement();
    }),
    { numRuns: 60 },
  );
});
