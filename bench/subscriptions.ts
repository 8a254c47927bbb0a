import { decideRules } from "../src/alerts/decide.ts";
import { freshEpisodeMemory } from "../src/alerts/episode.ts";
import { indexRules, type RuleIndex } from "../src/alerts/ruleIndex.ts";
import type { RuleKey } from "../src/alerts/rules.ts";
import type { DestinationRecord } from "../src/alerts/subscription.ts";
import { formatDocument } from "../src/store/destinations/destinationDocument.ts";
import { registerKeys, symbolKeys } from "../src/store/keys.ts";
import { createOutbox } from "../src/store/ledger/outbox.ts";
import { createRegister } from "../src/store/destinations/register.ts";
import { createPlace, createRules, placementOf } from "../src/store/destinations/rulePages.ts";
import type { RedisClient } from "../src/store/redis/script.ts";
import { createSymbols } from "../src/store/market/symbols.ts";
import { imbalanceOf } from "../test/alerts/examples.ts";
import { aCommit, anImbalance } from "../test/store/builders.ts";
import { startTestRedis } from "../test/support/redis.ts";
import { type BareClaim, openBareClaim } from "./support/bareClaim.ts";
import { population } from "./support/population.ts";
import { openOwnCost, type OwnCost, redisCpuMs, scriptsMs } from "./support/redisCost.ts";
import { atMost, median, printTable, printVerdicts, quantile } from "./support/print.ts";

const many = 1_000_000;
const few = 10_000;
/** Crossed at once; each is a rule of a symbol of its own, so that nothing else crosses with it. */
const crowds = [
  ["AAA", 1_000],
  ["BBB", 100_000],
] as const;
const crowdRule: RuleKey = "up-auto-50-19";
const rounds = 20;

/**
 * What a million subscriptions over 300,000 destinations take in Redis, and how long it takes to find those that are
 * crossed and to claim them: which rules are in use, which of them are beyond their threshold, and a row in the outbox
 * for everybody who subscribed to them.
 */
export async function run(): Promise<void> {
  const servers = [await startTestRedis(unsaved), await startTestRedis(unsaved)];
  try {
    const [small, large] = await Promise.all(servers.map(async (server) => server.connect()));
    if (small === undefined || large === undefined) return;
    printTable([
      ["subscriptions", "destinations", "documents, B each", "index, B each", "together"],
      await fill(small, few),
      await fill(large, many),
    ]);
    const [one, ...others] = crowds;
    const searches = [
      await openSearch(small, few, one),
      await openSearch(large, many, one),
      ...(await Promise.all(others.map(async (crowded) => openSearch(large, many, crowded)))),
    ];
    await report(searches, await openBareClaim(small));
  } finally {
    await Promise.all(servers.map(async (server) => server.stop()));
  }
}

const unsaved = { config: ["--appendonly", "no"] };

async function report(searches: readonly Search[], bare: BareClaim): Promise<void> {
  const bareMs: number[] = [];
  // interleaved, so that all meet the same noise
  for (let round = 0; round < rounds; round += 1) {
    for (const search of searches) await search.look(round);
    bareMs.push(await bare.claim(crowds[0][1]));
  }
  printTable([
    [
      "crossed",
      "of subscriptions",
      "rules in use, µs",
      "decide, µs",
      "committed and in the outbox, ms",
      "all: ms of CPU, Redis' too",
    ],
    ...searches.map((search) => search.row()),
  ]);
  const [small, same] = searches.map((search) => search.cost());
  const [, one = Number.NaN, all = Number.NaN] = searches.map((search) => search.wholeMs());
  const last = searches.at(-1);
  const blocked = last === undefined ? [] : await scriptsMs(last.redis);
  const own = (await last?.ownMs()) ?? [];
  const [usual, most] = [quantile(blocked, 0.5), quantile(blocked, 0.99)];
  process.stdout.write(
    `  scripts that held Redis up for a tenth of a millisecond or more: ${blocked.length}, half of them ` +
      `${usual.toFixed(2)} ms or less, 99 % ${most.toFixed(2)} ms or less (with what interrupted them)\n`,
  );
  process.stdout.write(
    `  floor: ${crowds[0][1]} members of a sorted set moved into a stream by one script, ${median(bareMs).toFixed(2)} ms; ` +
      `found and claimed take ${(one / median(bareMs)).toFixed(2)} × that\n`,
  );
  printVerdicts([
    atMost(`${crowds[0][1]} of ${many} found and claimed, ms`, one, 2.5),
    atMost(`${crowds[1][1]} of ${many} found and claimed, ms`, all, 200),
    atMost(`… among ${many} beside among ${few}, CPU`, (same ?? Number.NaN) / (small ?? Number.NaN), 1.3),
    atMost("the longest that Redis was held up, ms", quantile(blocked, 1), 2),
    atMost("… of its own CPU, ms", quantile(own, 1), 2),
  ]);
}

/** Documents first, then the index, so that each is weighed by itself. */
async function fill(redis: RedisClient, subscriptions: number): Promise<readonly string[]> {
  const people = population(subscriptions);
  const place = createPlace(redis);
  const register = createRegister(redis);
  const empty = await usedBytes(redis);
  await each(people.destinations, async (index) => keepDocument(redis, people.record(index)));
  const documents = await usedBytes(redis);
  await each(people.destinations, async (index) => {
    const record = people.record(index);
    const placed = [...placementOf(record)];
    await Promise.all([
      register.note(record.destination, true),
      ...placed.map(async ([symbol, rules]) => place(symbol, record.destination, rules)),
    ]);
  });
  const all = await usedBytes(redis);
  const per = (bytes: number): string => (bytes / subscriptions).toFixed(1);
  return [
    String(subscriptions),
    String(people.destinations),
    per(documents - empty),
    per(all - documents),
    per(all - empty),
  ];
}

async function keepDocument(redis: RedisClient, record: DestinationRecord): Promise<void> {
  await redis.hset(registerKeys.documents, record.destination, formatDocument(record));
}

const chunk = 1_000;

async function each(count: number, work: (index: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < count; at += chunk) {
    const size = Math.min(chunk, count - at);
    await Promise.all(Array.from({ length: size }, async (_, index) => work(at + index)));
  }
}

async function crowd(redis: RedisClient, symbol: string, members: number): Promise<void> {
  const place = createPlace(redis);
  const rules = new Map([[crowdRule, "0"]]);
  await each(members, async (index) => place(symbol, `telegram:${5_000_000_000 + index * 3}`, rules));
}

async function usedBytes(redis: RedisClient): Promise<number> {
  const info = await redis.info("memory");
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}

interface Search {
  readonly redis: RedisClient;
  readonly look: (round: number) => Promise<void>;
  readonly row: () => readonly string[];
  /** ms of CPU */
  readonly cost: () => number;
  /** From the question to the last row in the outbox, ms. */
  readonly wholeMs: () => number;
  /** Of Redis' CPU, for each of the scripts that write a crowd's rows. */
  readonly ownMs: () => Promise<readonly number[]>;
}

async function openSearch(
  redis: RedisClient,
  subscriptions: number,
  [symbol, crossed]: (typeof crowds)[number],
): Promise<Search> {
  await crowd(redis, symbol, crossed);
  const rules = createRules(redis);
  const known = await rules.inUse(symbol);
  const all = await rules.inUse("BTC");
  const index = indexRules([...known.members.keys(), ...all.members.keys()]);
  const fanOut = openFanOut(redis, symbol, crossed);
  await redis.config("SET", "slowlog-log-slower-than", "100");
  await redis.config("SET", "slowlog-max-len", "20000");
  await redis.slowlog("RESET");
  const times = {
    inUse: [] as number[],
    decide: [] as number[],
    fanOut: [] as number[],
    cpu: [] as number[],
  };
  const cost = (): number => median(times.cpu);
  const lookOnce = async (round: number): Promise<void> => {
    times.inUse.push(await elapsed(async () => rules.inUse(symbol, known)));
    times.decide.push(await elapsed(async () => decide(index, round)));
    times.fanOut.push(await elapsed(async () => fanOut.tell()));
  };
  return {
    redis,
    cost,
    wholeMs: () => median(times.inUse) + median(times.decide) + median(times.fanOut),
    ownMs: async () => {
      const cost = openOwnCost(redis);
      await fanOut.tell(cost.of);
      return cost.each;
    },
    look: async (round) => {
      const before = await cpuMs(redis);
      await lookOnce(round);
      times.cpu.push((await cpuMs(redis)) - before);
      await fanOut.clear();
    },
    row: () => [
      String(crossed),
      String(subscriptions),
      (median(times.inUse) * 1_000).toFixed(0),
      `${(median(times.decide) * 1_000).toFixed(0)} (${index.reduce((sum, one) => sum + one.rules.length, 0)} rules)`,
      median(times.fanOut).toFixed(2),
      cost().toFixed(2),
    ],
  };
}

/** ms of CPU that this process and Redis have taken so far: other work on the machine lengthens times, not these. */
async function cpuMs(redis: RedisClient): Promise<number> {
  const own = process.cpuUsage();
  return (await redisCpuMs(redis)) + (own.user + own.system) / 1_000;
}

function decide(index: RuleIndex, round: number): void {
  const imbalances = new Map([["auto" as const, imbalanceOf(2.2 + (round % 2) / 10)]]);
  const settings = { holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 0 };
  decideRules(freshEpisodeMemory(0), { symbol: "BTC", imbalances }, index, settings, 60_000);
}

/** Commits one alert to the crowd, and writes its rows into the outbox as the notifier would. */
function openFanOut(redis: RedisClient, symbol: string, expected: number) {
  const symbols = createSymbols(redis);
  const outbox = createOutbox(redis);
  const keys = symbolKeys(symbol);
  const [lane, beyond] = [`${keys.outbox}telegram:1`, `${keys.beyond}telegram`];
  let version = 0;
  return {
    tell: async (asked: OwnCost["of"] = async (work) => work()): Promise<void> => {
      const alertId = `${symbol}-${version}`;
      const alert = { alertId, kind: "push", episodeId: alertId, content: "{}", rule: crowdRule } as const;
      const state = { symbol, slot: version + 1, basedOn: version, imbalance: anImbalance({ symbol }) };
      const result = await asked(async () => symbols.commit(aCommit({ ...state, ruleAlerts: [alert] })));
      if (result !== "committed") throw new Error(result);
      version += 1;
      while (await asked(async () => outbox.expand(symbol)));
    },
    clear: async (): Promise<void> => {
      const rows = await outbox.countPending(symbol);
      if (rows !== expected) throw new Error(`${rows} rows, not ${expected}`);
      await redis.del(lane, beyond);
    },
  };
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
