import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Aggregate } from "../../../src/model/aggregate.ts";
import type { ImbalanceMemory } from "../../../src/model/imbalance.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { brokenLaws } from "./laws/laws.ts";
import { iso } from "./platforms.ts";
import { reportOf } from "./report.ts";
import { simulate } from "./simulate.ts";

/*
 * More of them: SIMULATION_SEEDS=200 SIMULATION_FROM=1000 SIMULATION_STEPS=120 npx vitest run test/notifier/simulation
 * looks at so many seeds from that one on; SIMULATION_VERBOSE=1 tells of a failure all that was done, logged and called.
 */
const { SIMULATION_SEEDS, SIMULATION_FROM = "1", SIMULATION_STEPS = "60" } = process.env;
const steps = Number(SIMULATION_STEPS);
// of the first ones those that see most of what was broken on purpose
const chosen = [4, 5];
const seeds =
  SIMULATION_SEEDS === undefined
    ? chosen
    : Array.from({ length: Number(SIMULATION_SEEDS) }, (_, nth) => Number(SIMULATION_FROM) + nth);

// these are taken from their module, where the world can't replace them
vi.mock("node:timers/promises", () => ({
  setTimeout: async (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms)),
}));

// and so is what the market would have to be played for
vi.mock("../../../src/model/imbalance.ts", async (importOriginal) => {
  const { sighted } = await import("./sightings.ts");
  return {
    ...(await importOriginal<object>()),
    measureImbalance: ({ symbol, time }: Aggregate, memory: ImbalanceMemory) => ({
      imbalance: sighted(symbol, time),
      memory,
    }),
  };
});

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startTestRedis({ config: ["--appendonly", "no"] });
  // by itself: what the project's own connections do about time-outs would wait for the world's time
  redis = new Redis(server.end.kind === "socket" ? server.end.path : "");
  await redis.ping();
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

test.for(seeds)("no law is broken whatever strikes, by seed %i", async (seed) => {
  let report = "";
  await simulate(redis, { seed, steps }, async (stage, moment) => {
    const broken = await brokenLaws(redis, stage, moment);
    if (broken.length > 0 && report === "") report = reportOf({ seed, steps }, stage, broken);
  });
  expect(report).toBe("");
});

test("one seed plays the same play twice", async () => {
  const play = async (): Promise<readonly string[]> => {
    let told: readonly string[] = [];
    await simulate(redis, { seed: 5, steps: 10 }, async ({ history, platforms }) => {
      const calls = platforms.calls.map(({ key, askedAt, answer }) => `${iso(askedAt)} ${key} ${answer}`);
      told = [...history.actions, ...calls];
    });
    return told;
  };
  expect(await play()).toEqual(await play());
});
