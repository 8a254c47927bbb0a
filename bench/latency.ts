import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { startLopside } from "../src/main.ts";
import { scaledClock } from "../src/ops/clock.ts";
import type { Log } from "../src/ops/log.ts";
import { createLifecycle } from "../src/ops/lifecycle.ts";
import type { Store } from "../src/store/contracts/store.ts";
import { createPace } from "../src/store/pace/pace.ts";
import type { RedisClient } from "../src/store/redis/script.ts";
import { openStore } from "../src/store/store.ts";
import { type Listener, listen, readBody, sendJson } from "../test/support/listener.ts";
import { testConfig } from "../test/support/lopside.ts";
import { silentLog, startTestRedis } from "../test/support/redis.ts";
import { forgetPushes } from "./support/forgetPushes.ts";
import { atMost, printTable, printVerdicts, quantile } from "./support/print.ts";
import { type ScriptedVenues, startScriptedVenues } from "./support/scriptedVenues.ts";

const venueIds = ["binanceusdm", "bybit", "okx"];
const samples = 200;
const drawnSamples = 60;
/** The first ones meet code that is not compiled yet. */
const warmUps = 20;
/** The clock runs five times as fast, so that a round comes every 200 ms; nothing is under way in between. */
const speed = 5;

type Hop = "sent" | "text" | "commit" | "committed" | "claim" | "claimed" | "posted" | "answered";
/** Each with its name, from the one before. */
const hops: readonly [Hop, string][] = [
  ["commit", "parsed, recomputed"],
  ["committed", "committed"],
  ["claim", "notifier woken"],
  ["claimed", "claimed"],
  ["posted", "rendered and posted"],
  ["answered", "answered"],
];

interface Variant {
  readonly name: string;
  readonly samples: number;
  /** Every alert has a map of its own, drawn for it. */
  readonly drawn: boolean;
  /** ms */
  readonly targets: { readonly p50?: number; readonly p99: number };
}

const variants: readonly Variant[] = [
  { name: "without a picture", samples, drawn: false, targets: { p50: 3, p99: 15 } },
  { name: "with a picture drawn for it", samples: drawnSamples, drawn: true, targets: { p99: 150 } },
];

/**
 * From the text of the last answer that decides an alert, before it is parsed, to the answer of its POST, through the
 * whole pipeline in this process: ccxt, model, rule, Redis, ledger, Telegram's sender. Rounds come one at a time.
 */
export async function run(): Promise<void> {
  for (const variant of variants) await measure(variant);
}

async function measure(variant: Variant): Promise<void> {
  const clock = scaledClock(speed, Date.now());
  // its timers, which start the rounds, tick ten times as often: 100 ms late would be half a round here
  const redis = await startTestRedis({ config: ["--hz", "100"] });
  const venues = await startScriptedVenues(clock.now);
  const watch = createWatch(venues.lastAnswerAt);
  const stopNoting = noteTexts(venues.lastAnswerPart, watch.text);
  const sink = await startSink(watch, venues.flip);
  const lifecycle = createLifecycle(silentLog);
  const past = pastWatch();
  const [commands, queues, workers] = await Promise.all([
    redis.connect("commands"),
    redis.connect("queue"),
    redis.connect("worker"),
  ]);
  await startLopside({
    config: testConfig({
      SYMBOLS: "BTC",
      POLL_INTERVAL: "1s",
      VENUES: venueIds.join(","),
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
    log: past.log,
    lifecycle,
    print: () => undefined,
    redis: { commands, queues, workers },
    store: timedStore(await storeOn(commands), watch, variant.drawn),
    unthrottled: true,
    chartAssets,
  });
  // seconds of work that a start brings with it, and no later hour
  await past.reconstructed;
  const floor: number[] = [];
  const bare = { venues, commands, sinkPort: sink.port };
  const forgetAndFlip = async (): Promise<void> => {
    await forgetPushes(commands);
    venues.flip();
  };
  const seen = (): number => watch.taken.length + watch.early();
  for (let before = 0; watch.taken.length < warmUps + variant.samples; before = seen()) {
    for (let waits = 1; seen() === before; waits += 1) {
      await sleep(10);
      // on a busy machine an alert may have met the floor after all: the next one won't
      if (waits % 300 === 0) await forgetAndFlip();
    }
    // in the quiet half of the round
    await sleep(60);
    // the next alert is not to be spared them because of this one
    await forgetPushes(commands);
    floor.push(await bareHop(bare));
  }
  await lifecycle.stopAll();
  stopNoting();
  await sink.close();
  venues.close();
  await redis.stop();
  report(variant, { taken: watch.taken.slice(warmUps), floor: floor.slice(warmUps), early: watch.early() });
}

/** Tells when the past has been reconstructed. */
function pastWatch(): { readonly log: Log; readonly reconstructed: Promise<void> } {
  let log = silentLog;
  const reconstructed = new Promise<void>((resolve) => {
    log = {
      ...silentLog,
      info: (_fields, message) => {
        if (message === "past reconstructed") resolve();
      },
      child: () => log,
    };
  });
  return { log, reconstructed };
}

/** A chat's second between two messages is over before the next alert: none waits for its turn. */
const paceSpeed = 50;

async function storeOn(redis: RedisClient): Promise<Store> {
  return { ...(await openStore(redis, { log: silentLog })), pace: createPace(redis, { speed: paceSpeed }) };
}

/** Of the build, as the built bundle uses them. */
const chartAssets = {
  worker: pathToFileURL(resolve("dist/renderer.worker.js")),
  fonts: pathToFileURL(`${resolve("dist/fonts")}/`),
};

interface Bare {
  readonly venues: ScriptedVenues;
  readonly commands: RedisClient;
  readonly sinkPort: number;
}

/** Tells when a text with this in it is there, before anybody has read it: ccxt's next step is to parse it. */
function noteTexts(part: string, onText: () => void): () => void {
  const { parse } = JSON;
  JSON.parse = (...args: Parameters<typeof parse>): unknown => {
    if (args[0].includes(part)) onText();
    return parse(...args);
  };
  return () => {
    JSON.parse = parse;
  };
}

/** The least it could take: an answer's text parsed, one write to Redis, one POST answered, in the same rhythm. */
async function bareHop({ venues, commands, sinkPort }: Bare): Promise<number> {
  const answer = await fetch(`${venues.baseUrl}/okx/api/v5/public/funding-rate?instId=BTC-USDT-SWAP`);
  const text = await answer.text();
  const startedAt = performance.now();
  JSON.parse(text);
  await commands.set("bench", "1");
  const posted = await fetch(`http://127.0.0.1:${sinkPort}/bare`, { method: "POST", body: "{}" });
  await posted.text();
  return performance.now() - startedAt;
}

interface Watch {
  readonly mark: (hop: Hop, at?: number) => void;
  /** The text of a round's last answer is there. */
  readonly text: () => void;
  readonly committing: () => void;
  readonly taken: readonly ReadonlyMap<Hop, number>[];
  /** Messages of rounds that a deadline ended, on a busy machine: no answer completed those. */
  readonly early: () => number;
}

function createWatch(lastAnswerAt: () => number): Watch {
  const taken: ReadonlyMap<Hop, number>[] = [];
  let current = new Map<Hop, number>();
  let last: { readonly sentAt: number; readonly textAt: number } | undefined;
  let early = 0;
  const mark = (hop: Hop, at = performance.now()): void => {
    current.set(hop, at);
    if (hop !== "answered") return;
    if (current.has("text")) taken.push(current);
    else early += 1;
    current = new Map();
  };
  return {
    mark,
    text: () => {
      last = { sentAt: lastAnswerAt(), textAt: performance.now() };
    },
    committing: () => {
      mark("commit");
      if (last === undefined) return;
      current.set("sent", last.sentAt);
      current.set("text", last.textAt);
      // the next commit is of another answer, or of none
      last = undefined;
    },
    taken,
    early: () => early,
  };
}

async function startSink(watch: Watch, flip: () => void): Promise<Listener> {
  let messages = 0;
  return listen(async (request, response) => {
    const isMessage = /\/send(?:Message|Photo)$/.test(request.url ?? "");
    const isEdit = request.url?.includes("/edit") === true;
    if (isMessage) watch.mark("posted");
    await readBody(request);
    sendJson(response, 200, isMessage || isEdit ? sentMessage(messages) : bot);
    if (!isMessage) return;
    watch.mark("answered");
    messages += 1;
    // what was told ends at the turn, and the other side is told of
    flip();
  });
}

const bot = { ok: true, result: { id: 1, is_bot: true, first_name: "Bench", username: "bench_bot" } };

function sentMessage(id: number): object {
  const chat = { id: 1, type: "private" };
  return { ok: true, result: { message_id: id + 1, date: 0, chat, photo: [{ file_id: `photo-${id}` }] } };
}

/** The store with the times at which the pipeline's steps come by. */
function timedStore(store: Store, watch: Watch, drawn: boolean): Store {
  return {
    ...store,
    symbols: {
      ...store.symbols,
      commit: async (commit) => {
        watch.committing();
        const result = await store.symbols.commit(commit);
        watch.mark("committed");
        return result;
      },
      // where there is nothing to draw, pictures are off
      ...(!drawn && { imbalance: async () => undefined }),
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

interface Seen {
  readonly taken: Watch["taken"];
  readonly floor: readonly number[];
  readonly early: number;
}

function report({ name, targets }: Variant, { taken, floor, early }: Seen): void {
  const timesOf = (from: Hop, to: Hop): readonly number[] =>
    taken.map((each) => (each.get(to) ?? Number.NaN) - (each.get(from) ?? Number.NaN));
  const whole = timesOf("text", "answered");
  printTable([
    [`ms, ${taken.length} messages ${name}`, "p50", "p90", "p99", "max"],
    ...hops.map(([hop, step], index) => line(step, timesOf(hops[index - 1]?.[0] ?? "text", hop))),
    line("last answer's text to POST answered", whole),
    line("… from when the venue sent it", timesOf("sent", "answered")),
    line("floor: a text parsed, a SET, a POST", floor),
  ]);
  if (early > 0) process.stdout.write(`  left out: ${early} of rounds that ended at their deadline\n`);
  const times = (quantile(whole, 0.5) / quantile(floor, 0.5)).toFixed(2);
  printVerdicts([
    ...(targets.p50 === undefined ? [] : [atMost("p50, ms", quantile(whole, 0.5), targets.p50)]),
    atMost("p99, ms", quantile(whole, 0.99), targets.p99),
  ]);
  process.stdout.write(`  p50 is ${times} × the floor's\n`);
}

function line(name: string, times: readonly number[]): string[] {
  return [name, ...[0.5, 0.9, 0.99, 1].map((share) => quantile(times, share).toFixed(2))];
}
