import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { alertContent } from "../src/alerts/content.ts";
import { alertMessage } from "../src/alerts/message.ts";
import { noPushes } from "../src/alerts/pushes.ts";
import type { DestinationRecord } from "../src/alerts/subscription.ts";
import type { Sender } from "../src/notifier/contracts.ts";
import { createNotifier, type Notifier } from "../src/notifier/notifier.ts";
import { createTelegramSender } from "../src/notifier/senders/telegram.ts";
import { renderTelegram } from "../src/notifier/senders/telegramText.ts";
import { systemClock } from "../src/ops/clock.ts";
import type { Store } from "../src/store/contracts/store.ts";
import type { RuleAlert } from "../src/store/contracts/symbols.ts";
import { formatDocument } from "../src/store/destinations/destinationDocument.ts";
import { registerKeys } from "../src/store/keys.ts";
import { createPace } from "../src/store/pace/pace.ts";
import { createPlace } from "../src/store/destinations/rulePages.ts";
import type { RedisClient } from "../src/store/redis/script.ts";
import { openStore } from "../src/store/store.ts";
import { firedUp, referenceImbalance } from "../test/alerts/examples.ts";
import { aCommit } from "../test/store/builders.ts";
import { silentLog, startTestRedis } from "../test/support/redis.ts";
import { atLeast, atMost, median, printTable, printVerdicts, quantile } from "./support/print.ts";
import { forgetPushes } from "./support/forgetPushes.ts";
import { openOwnCost, redisCpuMs, scriptsMs } from "./support/redisCost.ts";
import { type PostSink, startPostSink } from "./support/postSink.ts";

const crowd = 100_000;
const burst = 1_000;
const bursts = 20;
const atOnce = 16;
/** Ten minutes' worth at the free rate. */
const backlog = 15_000;
/** How many times as fast as real time the limits run, here and at the other end. */
const speed = 5;
const freeRate = 25;
/** What Telegram is known to bear. */
const borneRate = 30;

const rule = "up-auto-50-2";
const token = "1:bench";
const content = JSON.stringify(alertContent(referenceImbalance, firedUp));

/**
 * One crossing on its way to very many: what a delivery costs beside a bare POST of the same body, how long a thousand
 * take, and how much of a platform's limit a long backlog uses.
 */
export async function run(): Promise<void> {
  await fanOut();
  await fullQuota();
}

interface Stage {
  readonly redis: RedisClient;
  readonly store: Store;
  readonly sink: PostSink;
  readonly close: () => Promise<void>;
}

async function openStage(limits: { perSecond: number; speed: number }): Promise<Stage> {
  const [server, sink] = await Promise.all([
    startTestRedis({
      config: ["--appendonly", "no", "--slowlog-log-slower-than", "100", "--slowlog-max-len", "20000"],
    }),
    startPostSink(limits),
  ]);
  const redis = await server.connect();
  const store = await openStore(redis, { log: silentLog });
  return {
    redis,
    store: { ...store, pace: createPace(redis, { speed: limits.speed }) },
    sink,
    close: async () => {
      await Promise.all([server.stop(), sink.stop()]);
    },
  };
}

async function fanOut(): Promise<void> {
  const stage = await openStage({ perSecond: 0, speed: 1 });
  const { redis, sink } = stage;
  const notifier = notifierOn(stage, { isLimited: false });
  await subscribe(redis, "BTC", crowd);
  await subscribe(redis, "ETH", burst);
  const body = bodyOf();
  // code that is not compiled yet, on both sides
  await bare(sink.port, body, 5_000);
  for (let turn = 0; turn < 3; turn += 1)
    await deliver(stage, notifier, { symbol: "ETH", count: burst, turn });
  await redis.call("SLOWLOG", "RESET");
  const floors = [await bare(sink.port, body, 30_000)];
  const all = await deliver(stage, notifier, { symbol: "BTC", count: crowd, turn: 0 });
  floors.push(await bare(sink.port, body, 30_000));
  const floor = {
    cpuUs: median(floors.map(({ cpuUs }) => cpuUs)),
    rate: median(floors.map(({ rate }) => rate)),
  };
  printTable([
    ["limits off, 16 at once", "deliveries", "a second", "CPU, µs each"],
    ["bare undici POSTs of the same body", "60000", floor.rate.toFixed(0), floor.cpuUs.toFixed(1)],
    ["one crossing, everybody told", String(crowd), all.rate.toFixed(0), all.cpuUs.toFixed(1)],
  ]);
  const scripts = await scriptsMs(redis);
  const redisUs = (all.redisMs * 1_000) / crowd;
  process.stdout.write(
    `  Redis: ${redisUs.toFixed(1)} µs of CPU each; its scripts took ${median(scripts).toFixed(2)} ms, 99 % of them ` +
      `${quantile(scripts, 0.99).toFixed(2)} ms or less (with what interrupted them)\n`,
  );
  const lastMs: number[] = [];
  for (let turn = 3; turn < 3 + bursts; turn += 1)
    lastMs.push((await deliver(stage, notifier, { symbol: "ETH", count: burst, turn })).lastMs);
  const own = await stepByStep(stage, 3 + bursts);
  printVerdicts([
    atMost("CPU of a delivery beside a bare POST's", all.cpuUs / floor.cpuUs, 1.6),
    atLeast("its rate, % of the bare POSTs'", (100 * all.rate) / floor.rate, 70),
    atMost("the longest that Redis was held up, ms", quantile(scripts, 1), 2),
    atMost("… by a script at its fullest, of Redis' own CPU, ms", quantile(own, 1), 2),
    atMost(`${burst} crossed at once, commit to last POST, ms`, median(lastMs), 200),
    atMost(`… the worst of ${bursts}`, quantile(lastMs, 1), 200),
  ]);
  await notifier.stop();
  await stage.close();
}

/** Claims, reads and settles by hand, as much at once as a notifier does: what Redis spends on each script, in ms. */
async function stepByStep({ redis, store }: Stage, turn: number): Promise<readonly number[]> {
  const { outbox, turns } = store;
  await forgetPushes(redis);
  const cost = openOwnCost(redis);
  await cost.of(async () => commit(store, "ETH", turn));
  while (await cost.of(async () => outbox.expand("ETH")));
  for (let left = burst; left > 0;) {
    const { deliveries } = await cost.of(async () => outbox.claim("ETH", "telegram", left));
    left -= deliveries.length;
    const pushes = JSON.stringify(pushedOnce);
    const outcomes = deliveries.map((delivery) => ({
      delivery,
      result: { kind: "sent", messageId: "1" } as const,
      end: { destination: delivery.destination, pushes },
    }));
    await cost.of(async () =>
      turns.take(
        deliveries.map(({ destination }) => destination),
        "bench",
        4_000,
      ),
    );
    await cost.of(async () => outbox.settle("ETH", "telegram", outcomes, "bench"));
  }
  return cost.each;
}

const pushedOnce = {
  ...noPushes,
  symbols: { ETH: { at: 0, direction: "up", level: 2, episodeId: "ETH-0", breaks: 0 } },
  subscriptions: { 2: 0 },
};

async function fullQuota(): Promise<void> {
  const stage = await openStage({ perSecond: borneRate, speed });
  const { redis, store, sink } = stage;
  const notifier = notifierOn(stage, { isLimited: true });
  await subscribe(redis, "BTC", backlog / 3, 0);
  await subscribe(redis, "ETH", backlog / 3, 1);
  await subscribe(redis, "SOL", backlog / 3, 2);
  // the youngest is woken first: what is older goes first all the same
  for (const symbol of ["SOL", "ETH", "BTC"]) {
    await commit(store, symbol, 0);
    await sleep(100);
  }
  const startedAt = performance.now();
  for (const symbol of ["BTC", "ETH", "SOL"]) notifier.wake(symbol);
  let posts = 0;
  const chats: number[] = [];
  let refused = 0;
  while (posts < backlog && performance.now() - startedAt < 300_000) {
    await sleep(100);
    const seen = await sink.seen();
    posts += seen.posts;
    refused += seen.refused;
    chats.push(...seen.chats);
  }
  const seconds = ((performance.now() - startedAt) / 1_000) * speed;
  const used = (posts - refused) / (freeRate * seconds);
  const order = chats.map((chat) => Math.floor(chat / 10_000_000) - 100);
  const inversions = order.filter((group, index) => index > 0 && group > (order[index - 1] ?? group)).length;
  printTable([
    ["ten minutes' backlog", "posted", "minutes", "of the rate", "refused", "out of order"],
    [
      `at ${freeRate} a second`,
      String(posts),
      (seconds / 60).toFixed(2),
      `${(100 * used).toFixed(1)} %`,
      String(refused),
      String(inversions),
    ],
  ]);
  printVerdicts([
    atLeast("of the allowed rate used, %", 100 * used, 98),
    atMost("refused because of us", refused, 0),
  ]);
  await notifier.stop();
  await stage.close();
}

function notifierOn({ store, sink }: Stage, { isLimited }: { readonly isLimited: boolean }): Notifier {
  const sender = createTelegramSender({
    token,
    apiRoot: `http://127.0.0.1:${sink.port}`,
    timeoutMs: 10_000,
    clock: systemClock,
  });
  const { pace: _limits, ...unlimited } = sender;
  const used: Sender = isLimited ? sender : unlimited;
  return createNotifier({
    sender: used,
    store,
    clock: systemClock,
    log: silentLog,
    nameOf: (destination) => destination,
    onSettled: () => undefined,
    onRepeat: () => undefined,
    onNotice: () => undefined,
  });
}

/** People who want one symbol; ids of the n-th group begin after n times ten million. */
async function subscribe(redis: RedisClient, symbol: string, count: number, group = 0): Promise<void> {
  const place = createPlace(redis);
  const rules = new Map([[rule, "0"]]);
  for (let from = 0; from < count; from += 1_000) {
    const writes: Promise<unknown>[] = [];
    for (let index = from; index < Math.min(count, from + 1_000); index += 1) {
      const destination = `telegram:${1_000_000_000 + group * 10_000_000 + index}`;
      writes.push(
        redis.hset(registerKeys.documents, destination, formatDocument(recordOf(destination))),
        place(symbol, destination, rules),
      );
    }
    await Promise.all(writes);
  }
}

function recordOf(destination: string): DestinationRecord {
  const wish = { ratio: 2, direction: "up", notionalUsd: "auto", confidence: 50, mode: "loud" } as const;
  return {
    version: 1,
    destination,
    settings: { kind: "direct" },
    subscriptions: ["BTC", "ETH", "SOL"].map((symbol, at) => ({ ...wish, id: at + 1, symbol })),
    nextId: 4,
  };
}

async function commit(store: Store, symbol: string, turn: number): Promise<void> {
  const alertId = `${symbol}-${turn}`;
  const alert: RuleAlert = { alertId, kind: "push", episodeId: alertId, content, rule };
  const { version, slot } = await store.symbols.read(symbol);
  const imbalance = { ...referenceImbalance, symbol };
  const wanted = { symbol, basedOn: version, slot: slot + 1, at: Date.now(), imbalance, ruleAlerts: [alert] };
  const result = await store.symbols.commit(aCommit(wanted));
  if (result !== "committed") throw new Error(result);
}

interface Cost {
  /** A second. */
  readonly rate: number;
  /** Of this process, each. */
  readonly cpuUs: number;
  /** From the commit to the last POST's arrival. */
  readonly lastMs: number;
  /** CPU of Redis, all together. */
  readonly redisMs: number;
}

interface Crossing {
  readonly symbol: string;
  readonly count: number;
  readonly turn: number;
}

async function deliver({ redis, store, sink }: Stage, notifier: Notifier, crossing: Crossing): Promise<Cost> {
  const { symbol, count, turn } = crossing;
  await forgetPushes(redis);
  await sink.seen();
  const redisBefore = await redisCpuMs(redis);
  const before = process.cpuUsage();
  const startedAt = performance.timeOrigin + performance.now();
  const committing = commit(store, symbol, turn);
  await committing;
  notifier.wake(symbol);
  await sleep(0);
  for (;;) {
    await notifier.settled();
    if ((await store.outbox.countPending(symbol)) === 0) break;
    await sleep(5);
  }
  const { user, system } = process.cpuUsage(before);
  const redisMs = (await redisCpuMs(redis)) - redisBefore;
  const { posts, lastAt } = await sink.seen();
  if (posts !== count) throw new Error(`${posts} posts instead of ${count}`);
  const lastMs = lastAt - startedAt;
  return { rate: (1_000 * count) / lastMs, cpuUs: (user + system) / count, lastMs, redisMs };
}

/** The least that posting takes: the same body, the same number at once. */
async function bare(port: number, body: string, count: number): Promise<Pick<Cost, "rate" | "cpuUs">> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: atOnce, pipelining: 1 });
  const path = `/bot${token}/sendMessage`;
  const headers = { "content-type": "application/json" };
  let left = count;
  const one = async (): Promise<void> => {
    for (left -= 1; left >= 0; left -= 1) {
      const answer = await pool.request({ path, method: "POST", headers, body });
      await answer.body.text();
    }
  };
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, one));
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  await pool.close();
  return { rate: (1_000 * count) / ms, cpuUs: (user + system) / count };
}

function bodyOf(): string {
  const message = alertMessage(alertContent(referenceImbalance, firedUp), "en");
  const { text, entities } = renderTelegram(message);
  return JSON.stringify({ chat_id: 1, text, entities, link_preview_options: { is_disabled: true } });
}
