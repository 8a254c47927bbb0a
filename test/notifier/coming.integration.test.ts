import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createNotifier, type Notifier } from "../../src/notifier/notifier.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import type { CommitResult } from "../../src/store/contracts/symbols.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { openStore } from "../../src/store/store.ts";
import { aCommit } from "../store/builders.ts";
import { silentLog as log, startTestRedis, type TestRedis } from "../support/redis.ts";
import { content, handClock } from "./builders.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { subscribed } from "./subscribed.ts";

let server: TestRedis;
let redis: RedisClient;
let store: Store;
let notifier: Notifier;
let sent: () => readonly string[];

beforeAll(async () => {
  server = await startTestRedis();
  redis = await server.connect();
});
afterAll(async () => server.stop());
beforeEach(async () => {
  await redis.flushall();
  store = await openStore(redis, { log });
  await subscribed(store, "console:1");
  const { sender, requests } = fakeSender();
  sent = () => requests.map(({ destination }) => destination);
  notifier = createNotifier({
    sender,
    store,
    clock: handClock(),
    log,
    nameOf: () => "somebody",
    onSettled: () => undefined,
    onRepeat: () => undefined,
    onNotice: () => undefined,
  });
});
afterEach(async () => notifier.stop());

/** An alert's commit on top of this version, and the delivery that is begun before Redis has answered. */
async function commitAndDeliver(basedOn: number): Promise<CommitResult> {
  const alerts = [aPush("a", { content })];
  const committing = store.symbols.commit(aCommit({ basedOn, slot: 1, ruleAlerts: alerts }));
  notifier.wake("BTC", alerts);
  const result = await committing;
  await notifier.settled();
  return result;
}

test("an alert is sent once to who is subscribed, begun before its commit is answered", async () => {
  expect(await commitAndDeliver(0)).toBe("committed");
  expect(sent()).toEqual(["console:1"]);
  notifier.wake("BTC");
  await notifier.settled();
  expect(sent()).toEqual(["console:1"]);
});

test("an alert whose commit is refused in the end is sent to nobody", async () => {
  expect(await commitAndDeliver(7)).toBe("conflict");
  expect(sent()).toEqual([]);
});
