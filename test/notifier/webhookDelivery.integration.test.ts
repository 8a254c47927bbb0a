import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { alertIdOf } from "../../src/alerts/alertId.ts";
import { createNotifier, type Notifier } from "../../src/notifier/notifier.ts";
import { createWebhookSender } from "../../src/notifier/senders/webhook.ts";
import { createAlertLog } from "../../src/store/ledger/alertLog.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import type { RuleAlert } from "../../src/store/contracts/symbols.ts";
import { createOutbox, maxUnknowns } from "../../src/store/ledger/outbox.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { openStore } from "../../src/store/store.ts";
import { createSymbols } from "../../src/store/market/symbols.ts";
import { aCommit, anImbalance } from "../store/builders.ts";
import { listen, readBody } from "../support/listener.ts";
import { patient } from "../support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { content, handClock } from "./builders.ts";
import { subscribed } from "./subscribed.ts";

const escalation = alertIdOf("first", "escalate-1");
const end = alertIdOf("first", "resolve");

let server: TestRedis;
let redis: RedisClient;
let store: Store;
let clock: ReturnType<typeof handClock>;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
  clock = handClock();
  store = {
    ...(await openStore(redis, { log: silentLog })),
    outbox: createOutbox(redis, { now: clock.now }),
    symbols: createSymbols(redis, { now: clock.now }),
  };
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Answer {
  readonly status: number;
  readonly retryAfter?: string;
}

/** Answers in turn; the last answer stays. */
async function receiver(...answers: readonly Answer[]) {
  const posts: { key: unknown; body: Record<string, unknown> }[] = [];
  const listener = await listen(async (request, response) => {
    const body: Record<string, unknown> = JSON.parse((await readBody(request)).toString());
    posts.push({ key: request.headers["idempotency-key"], body });
    const { status, retryAfter } = answers[posts.length - 1] ?? answers.at(-1) ?? { status: 200 };
    response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter }).end();
  });
  closing.push(listener.close);
  return { posts, destination: `webhook:http://127.0.0.1:${listener.port}/hook` };
}

/** Wakes the notifier, and waits until nothing is due and all is written. */
function delivering(): () => Promise<void> {
  const sender = createWebhookSender({ secret: "whsec", allowPrivate: true, timeoutMs: 2_000, clock });
  const pump: Notifier = createNotifier({
    sender,
    store,
    clock,
    log: silentLog,
    nameOf: () => "entry 1 of WEBHOOK_URLS",
    onSettled: () => undefined,
    onRepeat: () => undefined,
    onNotice: () => undefined,
  });
  closing.unshift(async () => pump.stop());
  return async () => {
    pump.wake("BTC");
    await vi.waitFor(async () => {
      await pump.settled();
      expect(await redis.keys("*:claimed:*")).toEqual([]);
    }, patient);
  };
}

async function commit(kind: RuleAlert["kind"], alertId: string, facts: object = {}): Promise<void> {
  const { version, slot } = await store.symbols.read("BTC");
  const stored = JSON.stringify({ ...JSON.parse(content), alertId, ...facts });
  const alert = { alertId, kind, episodeId: "first", content: stored, rule: "up-auto-50-2" };
  const wanted = aCommit({ basedOn: version, slot: slot + 1, at: clock.now(), ruleAlerts: [alert] });
  expect(await store.symbols.commit(wanted)).toBe("committed");
}

async function outcome() {
  const log = createAlertLog(redis);
  const range = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10 };
  const [alert] = await log.alerts("BTC", range);
  return alert === undefined ? undefined : (await log.deliveries(alert))[0];
}

describe("a webhook", () => {
  test("that is busy for a while gets the alert in the end, each time with the same key", async () => {
    const { posts, destination } = await receiver({ status: 503 }, { status: 503 }, { status: 200 });
    await subscribed(store, destination, { kind: "webhook" });
    await commit("push", "first", { imbalance: anImbalance() });
    const deliver = delivering();
    for (let turn = 0; turn < 3; turn++) {
      await deliver();
      clock.advance(10_000);
    }
    await deliver();
    expect(posts).toHaveLength(3);
    expect(new Set(posts.map(({ key }) => key)).size).toBe(1);
    expect(posts[2]?.body).not.toHaveProperty("possibleRepeat");
    expect(posts[2]?.body).toMatchObject({
      alert: { kind: "firing", imbalance: { symbol: "BTC", ratio: 2.597 } },
    });
    expect(await outcome()).toMatchObject({ state: "sent", attempts: 3 });
  });

  test("that comes back after hours still gets the alert itself, no summary", async () => {
    const { posts, destination } = await receiver({ status: 500 }, { status: 200 });
    await subscribed(store, destination, { kind: "webhook" });
    await commit("push", "first");
    const deliver = delivering();
    await deliver();
    clock.advance(23 * 3_600_000);
    await deliver();
    expect(posts[1]?.body).toMatchObject({ alert: { kind: "firing" } });
    expect(await outcome()).toMatchObject({ state: "sent" });
  });

  test("that comes back after a while gets all alerts there were, not the first of them alone", async () => {
    const away = { status: 500 };
    const { posts, destination } = await receiver(away, away, away, { status: 200 });
    await subscribed(store, destination, { kind: "webhook" });
    const deliver = delivering();
    await commit("push", "first");
    await deliver();
    clock.advance(11 * 60_000);
    await commit("push", "second");
    await deliver();
    clock.advance(300_000);
    await deliver();
    const taken = posts.slice(3).map(({ body }) => body["alert"]);
    expect(taken).toMatchObject([{ alertId: "first" }, { alertId: "second" }]);
  });

  test("gets what an escalation has overtaken", async () => {
    const away = { status: 500 };
    const { posts, destination } = await receiver(away, away, { status: 200 });
    await subscribed(store, destination, { kind: "webhook" });
    const deliver = delivering();
    await commit("push", "first");
    await deliver();
    clock.advance(3 * 60_000);
    await commit("push", escalation);
    await deliver();
    clock.advance(5 * 60_000);
    await deliver();
    const taken = posts.slice(2).map(({ body }) => body["alert"]);
    expect(taken).toMatchObject([{ alertId: escalation }, { alertId: "first" }]);
  });

  test.each<Answer & { readonly why: string }>([
    { status: 500, why: "the webhook answered 500" },
    { status: 503, retryAfter: "1", why: "rate limit of the platform" },
  ])(
    "that answers $status (Retry-After: $retryAfter) is tried for a day, and then the alert is dead, with the reason",
    async (answer) => {
      const { posts, destination } = await receiver(answer);
      await subscribed(store, destination, { kind: "webhook" });
      await commit("push", "first");
      const deliver = delivering();
      const committedAt = clock.now();
      let lastState: string | undefined;
      while (lastState !== "dead" && clock.now() - committedAt < 25 * 3_600_000) {
        await deliver();
        lastState = (await outcome())?.state;
        if (lastState !== "dead") clock.advance(300_000);
      }
      expect(clock.now() - committedAt).toBe(24 * 3_600_000);
      expect(await outcome()).toMatchObject({ state: "dead", note: `given up after a day: ${answer.why}` });
      expect(posts.length).toBeLessThan(400);
      const asked = posts.length;
      clock.advance(3_600_000);
      await deliver();
      expect(posts).toHaveLength(asked);
    },
  );

  test("that names a second each time is asked less and less", async () => {
    const { posts, destination } = await receiver({ status: 429, retryAfter: "1" });
    await subscribed(store, destination, { kind: "webhook" });
    await commit("push", "first");
    const deliver = delivering();
    for (let second = 0; second < 60; second++) {
      await deliver();
      clock.advance(1_000);
    }
    // at 0, 2, 6, 14 and 30 s
    expect(posts).toHaveLength(5);
  });

  test("gets what many processes died of too, unmarked: it knows a repeat by its key", async () => {
    const { posts, destination } = await receiver();
    await subscribed(store, destination, { kind: "webhook" });
    await commit("push", "first");
    for (let death = 0; death <= maxUnknowns; death++) {
      expect((await store.outbox.claim("BTC", "webhook", 1)).deliveries).toHaveLength(1);
      clock.advance(10_000);
      await store.outbox.releaseStuck("BTC", "webhook", 10_000);
    }
    await delivering()();
    expect(posts).toHaveLength(1);
    expect(posts[0]?.body).not.toHaveProperty("possibleRepeat");
    expect(await outcome()).toMatchObject({ state: "sent", attempts: maxUnknowns + 2 });
  });

  test("hears of an escalation and of the end, each as a post of its own", async () => {
    const { posts, destination } = await receiver();
    await subscribed(store, destination, { kind: "webhook" });
    const deliver = delivering();
    await commit("push", "first");
    await deliver();
    await commit("push", escalation, { level: 1 });
    await deliver();
    await commit("edit", end, { kind: "resolved", firedAlertId: "first" });
    await deliver();
    expect(posts.map(({ body }) => body["alert"])).toMatchObject([
      { kind: "firing" },
      { kind: "firing", level: 1 },
      { kind: "resolved", firedAlertId: "first" },
    ]);
    expect(new Set(posts.map(({ key }) => key)).size).toBe(3);
  });
});
