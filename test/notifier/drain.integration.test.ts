import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sender, SendRequest, SendResult } from "../../src/notifier/contracts.ts";
import { createDrain, type DrainOptions } from "../../src/notifier/drain.ts";
import { createOutbox } from "../../src/store/outbox.ts";
import type { Outbox } from "../../src/store/contracts.ts";
import type { RedisClient } from "../../src/store/script.ts";
import { createSymbols } from "../../src/store/symbols.ts";
import { aCommit } from "../store/builders.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { content, handClock, now } from "./builders.ts";

let server: TestRedis;
let redis: RedisClient;
let outbox: Outbox;
let clock: ReturnType<typeof handClock>;
beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
  outbox = createOutbox(redis);
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
  clock = handClock();
});

async function commitAlerts(alertIds: readonly string[], destinations = ["console"], json = content) {
  const alerts = alertIds.map((alertId) => ({ alertId, content: json, destinations }));
  expect(await createSymbols(redis).commit(aCommit({ at: now, alerts }))).toBe("committed");
}

/** A platform that answers what the test scripts, "sent" when that has run out. */
function fakeSender(answers: readonly SendResult[] = [], platform = "console") {
  const left = [...answers];
  const requests: SendRequest[] = [];
  const sender: Sender = {
    platform,
    send: async (request) => {
      requests.push(request);
      return left.shift() ?? { kind: "sent", messageId: "m" };
    },
  };
  return { sender, requests };
}

function drainTo(sender: Sender, more: Partial<DrainOptions> = {}) {
  const settled: string[] = [];
  const postponed: number[] = [];
  const drain = createDrain({
    outbox,
    sender,
    clock,
    log: silentLog,
    language: "en",
    nameOf: (destination) => destination,
    onSettled: (_platform, outcome) => settled.push(outcome),
    onPostponed: async (_symbol, delayMs) => {
      postponed.push(delayMs);
    },
    ...more,
  });
  return { drain, settled, postponed };
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `a${i}`);

describe("a drain", () => {
  test("sends all that is due, more than it claims at once, each once", async () => {
    await commitAlerts(ids(40));
    const { sender, requests } = fakeSender();
    const { drain, settled } = drainTo(sender);
    await drain("BTC");
    expect(new Set(requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(40);
    expect(requests).toHaveLength(40);
    expect(settled).toEqual(Array.from({ length: 40 }, () => "sent"));
    expect(await outbox.countPending("BTC")).toBe(0);
    await drain("BTC");
    expect(requests).toHaveLength(40);
  });

  test("says what the alert says, in the reader's language, and nothing about a repeat", async () => {
    await commitAlerts(["a"]);
    const { sender, requests } = fakeSender();
    await drainTo(sender).drain("BTC");
    expect(requests[0]).toMatchObject({
      destination: "console",
      possibleRepeat: false,
      message: { kind: "full", headline: expect.stringMatching(/^BTC 2\.6× lopsided up/) },
    });
  });

  test("serves its own platform and leaves the others'", async () => {
    await commitAlerts(["a"], ["console", "telegram:-100"]);
    const { sender, requests } = fakeSender();
    await drainTo(sender).drain("BTC");
    expect(requests.map(({ destination }) => destination)).toEqual(["console"]);
    expect(await outbox.countPending("BTC")).toBe(1);
  });

  test("two at once send each alert once", async () => {
    await commitAlerts(ids(50));
    const senders = [fakeSender(), fakeSender()];
    await Promise.all(senders.map(async ({ sender }) => drainTo(sender).drain("BTC")));
    const keys = senders.flatMap(({ requests }) => requests.map(({ idempotencyKey }) => idempotencyKey));
    expect(keys).toHaveLength(50);
    expect(new Set(keys).size).toBe(50);
  });

  test("what could not be sent waits as long as it must, and is then sent as no repeat", async () => {
    await commitAlerts(["a"]);
    const { sender, requests } = fakeSender([{ kind: "rate-limited", retryAt: now + 30_000 }]);
    const { drain, settled, postponed } = drainTo(sender);
    await drain("BTC");
    expect(postponed).toEqual([30_000]);
    clock.advance(29_999);
    await drain("BTC");
    expect(requests).toHaveLength(1);
    clock.advance(1);
    await drain("BTC");
    expect(settled).toEqual(["postponed", "sent"]);
    expect(requests[1]).toMatchObject({ possibleRepeat: false });
  });

  test("what may have arrived is repeated until an answer comes, and says so", async () => {
    await commitAlerts(["a"]);
    const lost: SendResult = { kind: "unknown-outcome", reason: "no answer" };
    const { sender, requests } = fakeSender([lost, lost]);
    const { drain, settled } = drainTo(sender);
    for (let i = 0; i < 4; i++) {
      await drain("BTC");
      clock.advance(60_000);
    }
    expect(requests.map(({ possibleRepeat }) => possibleRepeat)).toEqual([false, true, true]);
    expect(settled).toEqual(["unknown", "unknown", "sent"]);
    expect(await outbox.countPending("BTC")).toBe(0);
  });

  test("follows a chat that has moved, under the same idempotency key", async () => {
    await commitAlerts(["a"], ["telegram:-1"]);
    const { sender, requests } = fakeSender([{ kind: "migrated", to: "telegram:-100" }], "telegram");
    const { drain, settled } = drainTo(sender);
    await drain("BTC");
    expect(requests.map(({ destination }) => destination)).toEqual(["telegram:-1", "telegram:-100"]);
    expect(new Set(requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(settled).toEqual(["sent"]);
  });

  test("a chat that moves for ever is given up", async () => {
    await commitAlerts(["a"], ["telegram:-1"]);
    const moved: SendResult = { kind: "migrated", to: "telegram:-2" };
    const { sender } = fakeSender([moved, moved], "telegram");
    const { drain, settled } = drainTo(sender);
    await drain("BTC");
    expect(settled).toEqual(["dead"]);
  });

  test("a stored alert that can't be read is given up and holds nobody up", async () => {
    await commitAlerts(["broken"], ["console"], "{}");
    const { sender, requests } = fakeSender();
    const { drain, settled } = drainTo(sender);
    await drain("BTC");
    expect(requests).toEqual([]);
    expect(settled).toEqual(["dead"]);
  });

  test("a bug in one send leaves the others sent, and its own claim to be taken over", async () => {
    await commitAlerts(ids(5));
    const { sender, requests } = fakeSender();
    const faulty: Sender = {
      ...sender,
      send: async (request) => {
        if (request.idempotencyKey.startsWith("a3|")) throw new Error("a bug");
        return sender.send(request);
      },
    };
    await expect(drainTo(faulty).drain("BTC")).rejects.toThrow("a bug");
    expect(requests).toHaveLength(4);
    expect(await outbox.countPending("BTC")).toBe(1);
  });
});

describe("a delivery taken over", () => {
  test("before it was sent is sent by the other one only", async () => {
    await commitAlerts(["a"]);
    const { sender, requests } = fakeSender();
    let stoppedMs = 0;
    const paused: Outbox = {
      ...outbox,
      claim: async (symbol, platform, at, limit) => {
        const claimed = await outbox.claim(symbol, platform, at, limit);
        await outbox.releaseStuck(symbol, platform, at + 20_000, 12_000);
        if (claimed.length > 0) await outbox.claim(symbol, platform, at + 20_000, limit);
        stoppedMs += 20_000;
        return claimed;
      },
    };
    await drainTo(sender, { outbox: paused, monotonicMs: () => stoppedMs }).drain("BTC");
    expect(requests).toEqual([]);
  });

  test("while it was being sent is not settled by who lost it", async () => {
    await commitAlerts(["a"]);
    const { sender } = fakeSender();
    const slow: Sender = {
      ...sender,
      send: async (request) => {
        await outbox.releaseStuck("BTC", "console", now + 20_000, 12_000);
        await outbox.claim("BTC", "console", now + 20_000, 1);
        return sender.send(request);
      },
    };
    const { drain, settled } = drainTo(slow);
    await drain("BTC");
    expect(settled).toEqual([]);
    expect(await outbox.countPending("BTC")).toBe(1);
  });
});
