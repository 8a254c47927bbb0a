import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "../src/store/store.ts";
import { referenceImbalance } from "../test/alerts/examples.ts";
import { aCommit } from "../test/store/builders.ts";
import { startChild } from "../test/support/child.ts";
import { hasStarted } from "../test/support/installation.ts";
import { silentLog, startTestRedis, type TestRedis } from "../test/support/redis.ts";
import { startTelegramServer, type TelegramServer } from "../test/support/telegram/server.ts";
import { printTable, quantile } from "./support/print.ts";

const symbols = Array.from({ length: 40 }, (_, index) => `B${index}`);
const perSecond = [10, 50];
const seconds = 5;
/** The first ones meet code that is not compiled yet. */
const warmUps = 10;

/**
 * How long people wait on Telegram: /imbalance of a stored snapshot to a process with the role `telegram`, from the
 * update to the photo, first with a picture that has to be drawn, then at a steady rate with one that was posted before.
 * The stand-in for Telegram has this process to itself.
 */
export async function run(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "lopside-bench-telegram-"));
  const redis = await startTestRedis({ tcp: true });
  await storeSnapshots(redis);
  const server = await startTelegramServer();
  const { token } = server.bot;
  const child = startChild({
    args: ["start", "--roles", "telegram"],
    env: {
      REDIS_URL: redis.url,
      SYMBOLS: symbols.join(","),
      TELEGRAM_BOT_TOKEN: token,
      TELEGRAM_API_ROOT: server.apiRoot,
    },
    cwd: dir,
    cli: resolve("dist/cli.js"),
  });
  try {
    await child.waitFor(hasStarted(child));
    for (const symbol of symbols.slice(0, warmUps)) await ask(server, symbol);
    const fresh: number[] = [];
    for (const symbol of symbols.slice(warmUps)) fresh.push(await ask(server, symbol));
    const rows = [row("a fresh picture, one at a time", fresh)];
    for (const rate of perSecond)
      rows.push(row(`a picture posted before, ${rate} a second`, await askAt(server, rate)));
    printTable([["", "p50", "p99"], ...rows]);
  } finally {
    child.signal("SIGTERM");
    await child.exit;
    server.takeViolations();
    await Promise.all([server.close(), redis.stop(), rm(dir, { recursive: true, force: true })]);
  }
}

function row(name: string, waits: readonly number[]): string[] {
  return [name, ...[0.5, 0.99].map((share) => `${Math.round(quantile(waits, share))} ms`)];
}

async function storeSnapshots(redis: TestRedis): Promise<void> {
  const store = await openStore(await redis.connect(), { log: silentLog });
  const time = Date.now();
  for (const symbol of symbols) {
    const imbalance = { ...referenceImbalance, symbol, time };
    await store.symbols.commit(
      aCommit({ symbol, at: time, imbalance, map: { ...aCommit().map, symbol, time } }),
    );
  }
}

/** Ms from what somebody new says to the photo that answers it. */
async function ask(server: TelegramServer, symbol: string): Promise<number> {
  const user = server.driver.addUser();
  const chat = server.driver.addPrivateChat(user);
  const askedAt = performance.now();
  server.driver.say(user, chat, `/imbalance ${symbol}`);
  await server.waitFor(() => server.sent(chat.id)[0]);
  return performance.now() - askedAt;
}

async function askAt(server: TelegramServer, rate: number): Promise<readonly number[]> {
  const startedAt = performance.now();
  const waits: Promise<number>[] = [];
  for (let index = 0; index < rate * seconds; index += 1) {
    await sleep(Math.max(0, startedAt + (index * 1_000) / rate - performance.now()));
    waits.push(ask(server, symbols[index % warmUps] ?? "B0"));
  }
  return Promise.all(waits);
}
