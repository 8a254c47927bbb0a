import { setTimeout as sleep } from "node:timers/promises";
import { startLopside } from "../src/main.ts";
import { scaledClock } from "../src/ops/clock.ts";
import { createLifecycle } from "../src/ops/lifecycle.ts";
import type { Store } from "../src/store/contracts.ts";
import type { RedisClient } from "../src/store/script.ts";
import { openStore } from "../src/store/store.ts";
import { type Listener, listen, readBody, sendJson } from "../test/support/listener.ts";
import { testConfig } from "../test/support/lopside.ts";
import { silentLog, startTestRedis } from "../test/support/redis.ts";
import { printTable, quantile } from "./support/print.ts";
import { type ScriptedVenues, startScriptedVenues } from "./support/scriptedVenues.ts";

const samples = 200;
/** The first ones meet code that is not compiled yet. */
const warmUps = 20;
/** The clock runs five times as fast, so that a round comes every 200 ms; nothing is under way in between. */
const speed = 5;

type Hop = "reported" | "woken" | "commit" | "committed" | "claim" | "claimed" | "posted" | "answered";
const hops: readonly [Hop, string][] = [
  ["reported", "answer parsed and reported"],
  ["woken", "recompute woken"],
  ["commit", "read and recomputed"],
  ["committed", "committed"],
  ["claim", "notifier woken"],
  ["claimed", "claimed"],
  ["posted", "rendered and posted"],
  ["answered", "answered"],
];

/**
 * From the last answer text that decides an alert to the answer of its POST, through the whole pipeline in this
 * process: ccxt, Redis, queues, model, rule, ledger, Telegram's sender. Rounds come one at a time.
 */
export async function run(): Promise<void> {
  const clock = scaledClock(speed, Date.now());
  // its timers, which start the rounds, tick ten times as often: 100 ms late would be half a round here
  const redis = await startTestRedis({ config: ["--hz", "100"] });
  const venues = await startScriptedVenues(clock.now);
  const watch = createWatch(venues.lastAnswerAt);
  const sink = await startSink(watch, venues.flip);
  const lifecycle = createLifecycle(silentLog);
  const [commands, queues, workers] = await Promise.all([
    redis.connect("commands"),
    redis.connect("queue"),
    redis.connect("worker"),
  ]);
  await startLopside({
    config: testConfig({
      SYMBOLS: "BTC",
      POLL_INTERVAL: "1s",
      VENUES: "binanceusdm,bybit,okx",
      VENUE_BASE_URL: venues.baseUrl,
      TELEGRAM_BOT_TOKEN: "1:bench",
      TELEGRAM_CHATS: "1",
      TELEGRAM_API_ROOT: `http://127.0.0.1:${sink.port}`,
      ALERT_RATIO: "1.1",
      ALERT_HOLD: "0s",
      ALERT_COOLDOWN: "0s",
      ALERT_WARMUP: "0s",
    }),
    roles: ["poller", "worker", "notifier"],
    clock,
    log: silentLog,
    lifecycle,
    print: () => undefined,
    redis: { commands, queues, workers },
    store: timedStore(await openStore(commands, { log: silentLog }), watch),
    unthrottled: true,
  });
  const floor: number[] = [];
  const bare = { venues, commands, sinkPort: sink.port };
  for (let seen = 0; watch.taken.length < warmUps + samples; seen = watch.taken.length) {
    while (watch.taken.length === seen) await sleep(10);
    // in the quiet half of the round
    await sleep(60);
    floor.push(await bareHop(bare));
  }
  await lifecycle.stopAll();
  await sink.close();
  venues.close();
  await redis.stop();
  report(watch.taken.slice(warmUps), floor.slice(warmUps), watch.early());
}

interface Bare {
  readonly venues: ScriptedVenues;
  readonly commands: RedisClient;
  readonly sinkPort: number;
}

/** The least it could take: an answer read, one write to Redis, one POST answered, in the same rhythm. */
async function bareHop({ venues, commands, sinkPort }: Bare): Promise<number> {
  const answer = await fetch(`${venues.baseUrl}/okx/api/v5/public/funding-rate?instId=BTC-USDT-SWAP`);
  await answer.json();
  await commands.set("bench", "1");
  const posted = await fetch(`http://127.0.0.1:${sinkPort}/bare`, { method: "POST", body: "{}" });
  await posted.text();
  return performance.now() - venues.lastAnswerAt();
}

interface Watch {
  readonly mark: (hop: Hop, at?: number) => void;
  /** A report was handed over; once it is known what it did, the answer is called. */
  readonly reporting: (slot: number) => (result: "waiting" | "complete") => void;
  readonly committing: (slot: number) => void;
  readonly taken: readonly ReadonlyMap<Hop | "start", number>[];
  /** Messages of rounds that a deadline ended, on a busy machine: no answer completed those. */
  readonly early: () => number;
}

function createWatch(lastAnswerAt: () => number): Watch {
  const taken: ReadonlyMap<Hop | "start", number>[] = [];
  let current = new Map<Hop | "start", number>();
  let complete = { slot: -1, answeredAt: 0, at: 0 };
  let early = 0;
  const mark = (hop: Hop, at = performance.now()): void => {
    current.set(hop, at);
    if (hop !== "answered") return;
    if (current.has("start")) taken.push(current);
    else early += 1;
    current = new Map();
  };
  return {
    mark,
    reporting: (slot) => {
      const answeredAt = lastAnswerAt();
      return (result) => {
        if (result === "complete") complete = { slot, answeredAt, at: performance.now() };
      };
    },
    committing: (slot) => {
      mark("commit");
      if (slot !== complete.slot) return;
      current.set("start", complete.answeredAt);
      current.set("reported", complete.at);
    },
    taken,
    early: () => early,
  };
}

async function startSink(watch: Watch, flip: () => void): Promise<Listener> {
  let messages = 0;
  return listen(async (request, response) => {
    const isMessage = request.url?.endsWith("/sendMessage") === true;
    if (isMessage) watch.mark("posted");
    await readBody(request);
    sendJson(response, 200, isMessage ? sentMessage(messages) : bot);
    if (!isMessage) return;
    watch.mark("answered");
    messages += 1;
    // an alert, and then at each turn the end of the old one and a new one
    if (messages % 2 === 1) flip();
  });
}

const bot = { ok: true, result: { id: 1, is_bot: true, first_name: "Bench", username: "bench_bot" } };

function sentMessage(id: number): object {
  return { ok: true, result: { message_id: id + 1, date: 0, chat: { id: 1, type: "private" }, text: "" } };
}

/** The store with the times at which the pipeline's steps come by. */
function timedStore(store: Store, watch: Watch): Store {
  return {
    ...store,
    rounds: {
      ...store.rounds,
      report: async (symbol, said, expected) => {
        const done = watch.reporting(said.slot);
        const result = await store.rounds.report(symbol, said, expected);
        done(result);
        return result;
      },
    },
    symbols: {
      ...store.symbols,
      readVersion: async (symbol) => {
        watch.mark("woken");
        return store.symbols.readVersion(symbol);
      },
      commit: async (commit) => {
        watch.committing(commit.slot);
        const result = await store.symbols.commit(commit);
        watch.mark("committed");
        return result;
      },
    },
    outbox: {
      ...store.outbox,
      claim: async (...args) => {
        const calledAt = performance.now();
        const claimed = await store.outbox.claim(...args);
        if (claimed.deliveries.length === 0) return claimed;
        watch.mark("claim", calledAt);
        watch.mark("claimed");
        return claimed;
      },
    },
  };
}

function report(taken: Watch["taken"], floor: readonly number[], early: number): void {
  const row = (name: string, from: Hop | "start", to: Hop): string[] => {
    const times = taken.map((each) => (each.get(to) ?? Number.NaN) - (each.get(from) ?? Number.NaN));
    return line(name, times);
  };
  printTable([
    [`ms, ${taken.length} messages`, "p50", "p90", "p99", "max"],
    ...hops.map(([hop, name], index) => row(name, hops[index - 1]?.[0] ?? "start", hop)),
    row("last answer to POST answered", "start", "answered"),
    line("floor: an answer, a SET, a POST", floor),
  ]);
  process.stdout.write(`  left out: ${early} of rounds that ended at their deadline\n`);
}

function line(name: string, times: readonly number[]): string[] {
  return [name, ...[0.5, 0.9, 0.99, 1].map((share) => quantile(times, share).toFixed(2))];
}
