import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import Binance from "../node_modules/ccxt/js/src/pro/binanceusdm.js";
import Bybit from "../node_modules/ccxt/js/src/pro/bybit.js";
import Okx from "../node_modules/ccxt/js/src/pro/okx.js";
import type { Venue } from "../src/poller/contracts.ts";
import { redirect } from "../src/poller/exchanges.ts";
import { openVenue } from "../src/poller/venue.ts";
import type { Dialect } from "../test/poller/dialect.ts";
import { binance } from "../test/poller/dialects/binanceusdm.ts";
import { bybit } from "../test/poller/dialects/bybit.ts";
import { okx } from "../test/poller/dialects/okx.ts";
import { barMs, handClock, mapCache, minuteMs, noon, silentLog, truth } from "../test/poller/world.ts";

const rounds = 9;
const pollsPerRound = 60;
const market = "BTC/USDT:USDT";
const now = noon + 3 * minuteMs;

/**
 * What one steady-state poll of one symbol costs (three-row answers, bulk answers of three contracts), beside
 * ccxt's own unified calls for the same answers. The server is another process: only the client's CPU is counted.
 */
export async function run(): Promise<void> {
  await compare(binance, async (baseUrl) => {
    const client = unthrottled(new Binance(), baseUrl);
    return async () => {
      await Promise.all([
        client.fetchFundingRates(),
        client.fetchOpenInterest(market),
        client.fetchOHLCV(market, "5m", undefined, 3),
        client.fetchOHLCV(market, "5m", undefined, 3, { price: "mark" }),
      ]);
    };
  });
  await compare(bybit, async (baseUrl) => {
    const client = unthrottled(new Bybit({ options: { fetchMarkets: { types: ["linear"] } } }), baseUrl);
    return async () => {
      await Promise.all([
        client.fetchTickers(undefined, { category: "linear" }),
        client.fetchOHLCV(market, "5m", undefined, 3),
        client.fetchOHLCV(market, "5m", undefined, 3, { price: "mark" }),
      ]);
    };
  });
  await compare(okx, async (baseUrl) => {
    const client = unthrottled(new Okx({ options: { fetchMarkets: { types: ["swap"] } } }), baseUrl);
    return async () => {
      await Promise.all([
        client.fetchMarkPrices(undefined, { instType: "SWAP" }),
        client.fetchOpenInterests(undefined, { instType: "SWAP" }),
        client.fetchOHLCV(market, "5m", undefined, 3),
        client.fetchOHLCV(market, "5m", undefined, 3, { price: "mark" }),
      ]);
    };
  });
}

function unthrottled<Client extends Parameters<typeof redirect>[0]>(client: Client, baseUrl: string): Client {
  client.enableRateLimit = false;
  client.has["fetchCurrencies"] = false;
  redirect(client, baseUrl);
  return client;
}

async function compare(
  dialect: Dialect,
  openUnified: (baseUrl: string) => Promise<() => Promise<void>>,
): Promise<void> {
  const server = await serveFrozen(dialect);
  const clock = handClock(now);
  const options = { baseUrl: server.baseUrl, markets: mapCache(), clock, log: silentLog, unthrottled: true };
  const venue = openVenue(dialect.id, options);
  const unified = await openUnified(server.baseUrl);
  try {
    const ours = async (): Promise<void> => pollOnce(venue);
    await repeat(30, ours);
    await repeat(30, unified);
    const costs = { ours: [] as number[], unified: [] as number[] };
    // interleaved, so that both meet the same noise
    for (let round = 0; round < rounds; round += 1) {
      costs.ours.push(await cpuOf(ours));
      costs.unified.push(await cpuOf(unified));
    }
    const [mine, theirs] = [median(costs.ours), median(costs.unified)];
    const line = `${dialect.id}: a poll ${mine.toFixed(0)} µs of CPU, ${(mine / theirs).toFixed(2)} × ccxt's unified calls`;
    process.stdout.write(`  ${line} (${theirs.toFixed(0)} µs)\n`);
  } finally {
    await venue.close();
    server.stop();
  }
}

async function pollOnce(venue: Venue): Promise<void> {
  await venue.poll([{ symbol: "BTC", cursor: noon - barMs }], (_symbol, outcome) => {
    if (!outcome.ok) throw new Error(outcome.failure.reason);
  });
}

async function repeat(times: number, work: () => Promise<void>): Promise<void> {
  for (let index = 0; index < times; index += 1) await work();
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await repeat(pollsPerRound, work);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / pollsPerRound;
}

/** Every path's newest three rows, fixed: the server does nothing but send them. */
const serverScript = `
  let text = "";
  process.stdin.on("data", (part) => { text += part; }).on("end", () => {
    const answers = JSON.parse(text);
    const server = require("node:http").createServer((request, response) => {
      const path = new URL(request.url, "http://venue").pathname;
      response.writeHead(path in answers ? 200 : 404, { "content-type": "application/json" });
      response.end(answers[path] ?? "{}");
    });
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));
  });
`;

async function serveFrozen(dialect: Dialect): Promise<{ baseUrl: string; stop: () => void }> {
  const child = spawn(process.execPath, ["-e", serverScript], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(await frozenAnswers(dialect)));
  return { baseUrl: `http://127.0.0.1:${await portOf(child)}`, stop: () => child.kill() };
}

async function frozenAnswers(dialect: Dialect): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const [path, route] of Object.entries(dialect.routes(truth, () => now))) {
    const reply = await route({ path, query: { limit: "3", symbol: "BTCUSDT", instId: "BTC-USDT-SWAP" } });
    if ("json" in reply) answers[path] = JSON.stringify(reply.json);
  }
  return answers;
}

async function portOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the server has no output");
  const [port]: unknown[] = await once(child.stdout, "data");
  return String(port).trim();
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
