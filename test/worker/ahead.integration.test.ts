import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outset, Rounds, VenueReport } from "../../src/store/contracts/rounds.ts";
import { createRounds } from "../../src/store/market/rounds.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { createSymbols } from "../../src/store/market/symbols.ts";
import { createAhead } from "../../src/worker/ahead.ts";
import { aCommit, anObservation, noon } from "../store/builders.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";

let server: TestRedis;
let redis: RedisClient;
let rounds: Rounds;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  rounds = createRounds(redis, silentLog);
});
afterAll(async () => server.stop());

const expected = ["bybit", "okx"];

/** Of the slot that runs, or late by so many. */
interface Said {
  readonly venue: string;
  readonly isGood: boolean;
  readonly lateBy: number;
}
type Step = Said | "commit and look" | "next slot";

const saying = fc.record({
  venue: fc.constantFrom(...expected, "okx:inverse"),
  isGood: fc.boolean(),
  lateBy: fc.constantFrom(0, 0, 0, 1),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: saying },
  { weight: 2, arbitrary: fc.constant("commit and look" as const) },
  { weight: 1, arbitrary: fc.constant("next slot" as const) },
);

function reportOf({ venue, isGood, lateBy }: Said, slot: number, markPrice: number): VenueReport {
  const common = { venue, slot: slot - lateBy, at: noon };
  if (isGood) return { ...common, observation: anObservation({ markPrice }) };
  return { ...common, failure: { kind: "retry", reason: `no answer for ${markPrice}` } };
}

/** Whatever was known ahead, each beside what is read once its report is kept. */
async function play(steps: readonly Step[]): Promise<readonly (readonly [Outset, Outset])[]> {
  await redis.flushall();
  const symbols = createSymbols(redis);
  const ahead = createAhead({ expected, rounds, log: silentLog });
  const known: (readonly [Outset, Outset])[] = [];
  let slot = 1;
  for (const [index, each] of steps.entries()) {
    if (each === "next slot") slot += 1;
    else if (each === "commit and look") {
      const basedOn = await symbols.read("BTC");
      await symbols.commit(aCommit({ slot, basedOn: basedOn.version }));
      await ahead.look("BTC");
      slot += 1;
    } else {
      const report = reportOf(each, slot, index + 1);
      const outset = ahead.hear("BTC", report);
      await rounds.report("BTC", report, expected, { outset: false });
      if (outset !== undefined) known.push([outset, await rounds.outset("BTC")]);
    }
  }
  return known;
}

test("what is known ahead is what Redis says afterwards, whatever was said in whatever order", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
      const known = await play(steps);
      count += known.length;
      expect(known.map(([ahead]) => ahead)).toEqual(known.map(([, afterwards]) => afterwards));
    }),
    { numRuns: 60 },
  );
  expect(count).toBeGreaterThan(20);
});
