import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseNotice } from "../../src/alerts/notices.ts";
import type { DestinationRecord } from "../../src/alerts/subscription.ts";
import { shortHash } from "../../src/ops/shortHash.ts";
import { createBotMemory } from "../../src/store/botMemory.ts";
import { noticesPlace } from "../../src/store/contracts/outbox.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { createForgetting } from "../../src/store/destinations/forgetting.ts";
import { registerKeys } from "../../src/store/keys.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { openStore } from "../../src/store/store.ts";
import { createFeedNotices } from "../../src/worker/feedNotices.ts";
import { handClock } from "../notifier/builders.ts";
import { anImbalance } from "../store/builders.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";

const minuteMs = 60_000;
let server: TestRedis;
let redis: RedisClient;
let store: Store;

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
});
beforeEach(async () => {
  await redis.flushall();
  store = await openStore(redis, { log: silentLog });
});
afterAll(async () => server.stop());

async function subscribe(
  destination: string,
  over: Partial<DestinationRecord["settings"]> = {},
  symbol = "BTC",
) {
  const wish = {
    id: 1,
    symbol,
    ratio: 2,
    direction: "both",
    notionalUsd: "auto",
    confidence: 50,
    mode: "loud",
  } as const;
  await store.destinations.change(destination, () => ({
    kind: "keep",
    record: {
      version: 1,
      destination,
      settings: { kind: "direct", ...over },
      subscriptions: [wish],
      nextId: 2,
    },
  }));
}

/** A worker's process; it forgets everything but what is in Redis. */
async function live(
  minutes: readonly boolean[],
  clock: ReturnType<typeof handClock>,
  { destinations, outbox }: Pick<Store, "destinations" | "outbox"> = store,
): Promise<void> {
  const memory = createBotMemory(redis);
  const notices = createFeedNotices({ destinations, outbox, memory, clock, log: silentLog });
  for (const isStale of minutes) {
    notices.note(anImbalance({ regime: isStale ? "stale" : "balanced" }));
    await notices.settled();
    clock.advance(minuteMs);
  }
}

/** The process is killed when it has written so many notices. */
function dyingAfter(notices: number): Store["outbox"] {
  let left = notices;
  return {
    ...store.outbox,
    insert: async (...asked) => {
      left -= 1;
      if (left < 0) throw new Error("killed");
      return store.outbox.insert(...asked);
    },
  };
}

async function waiting(): Promise<string[]> {
  const { deliveries } = await store.outbox.claim(noticesPlace, "telegram", 100);
  return deliveries.map(({ destination, alert }) => {
    const notice = parseNotice(alert.content);
    return `${destination} ${notice.ok ? notice.value.kind : "?"}`;
  });
}

describe("the loss of data", () => {
  it("is said once to those who asked and watch the symbol, through restarts, and its return once", async () => {
    await subscribe("telegram:1", { feedNotices: true });
    await subscribe("telegram:2");
    await subscribe("telegram:3", { feedNotices: true }, "ETH");
    const clock = handClock();
    await live([false, true, true], clock);
    expect(await waiting()).toEqual([]);
    await live([true, true, true], clock);
    await live([true, false, false, false, false], clock);
    expect((await waiting()).toSorted()).toEqual(["telegram:1 feed-back", "telegram:1 feed-lost"]);
    await live([false, false, false], clock);
    expect(await waiting()).toEqual([]);
  });

  it("is said once although the process died before it remembered", async () => {
    await subscribe("telegram:1", { feedNotices: true });
    const clock = handClock();
    await live([true, true], clock);
    const remembered = await createBotMemory(redis).recall("feed-BTC");
    await live([true], clock);
    await createBotMemory(redis).remember("feed-BTC", remembered ?? "", minuteMs);
    await live([true], clock);
    expect(await waiting()).toEqual(["telegram:1 feed-lost"]);
  });

  it("and its return are said to all, also where the process died over it and the data came back", async () => {
    await subscribe("telegram:1", { feedNotices: true });
    await subscribe("telegram:2", { feedNotices: true });
    const clock = handClock();
    await live([true, true], clock);
    await live([true], clock, { ...store, outbox: dyingAfter(1) });
    await live([false], clock);
    expect((await waiting()).toSorted()).toEqual(["telegram:1 feed-lost", "telegram:2 feed-lost"]);
    await live([false, false], clock, { ...store, outbox: dyingAfter(1) });
    await live([true, true, true, true], clock);
    expect((await waiting()).toSorted()).toEqual(["telegram:1 feed-back", "telegram:2 feed-back"]);
  });

  it("is said to the others where what is kept of one can't be read", async () => {
    await subscribe("telegram:1", { feedNotices: true });
    await subscribe("telegram:2", { feedNotices: true });
    await redis.hset(registerKeys.documents, "telegram:2", "[");
    await live([true, true, true, false, false, false], handClock());
    expect((await waiting()).toSorted()).toEqual(["telegram:1 feed-back", "telegram:1 feed-lost"]);
  });

  it("leaves nothing behind that names, or hashes, who was told and then asked to be forgotten", async () => {
    await subscribe("telegram:1", { feedNotices: true });
    await live([true, true, true, true], handClock());
    expect(await waiting()).toEqual(["telegram:1 feed-lost"]);
    const ofIt = async (): Promise<readonly string[]> => redis.keys(`*feed-lost*${shortHash("telegram:1")}*`);
    expect(await ofIt()).not.toEqual([]);
    const forgetting = createForgetting(redis, { symbols: ["BTC"] });
    await forgetting.forget("telegram:1", async () => store.destinations.forget("telegram:1"));
    expect(await ofIt()).toEqual([]);
  });

  it("is noted anew where what was remembered is nonsense", async () => {
    await subscribe("telegram:1", { feedNotices: true });
    await createBotMemory(redis).remember("feed-BTC", "{", minuteMs);
    await live([true, true, true], handClock());
    expect(await waiting()).toEqual(["telegram:1 feed-lost"]);
  });
});
