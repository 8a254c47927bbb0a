import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "../src/store/store.ts";
import { referenceImbalance } from "../test/alerts/examples.ts";
import { aCommit } from "../test/store/builders.ts";
import { type Child, startChild } from "../test/support/child.ts";
import { hasStarted } from "../test/support/installation.ts";
import { silentLog, startTestRedis, type TestRedis } from "../test/support/redis.ts";
import { startTelegramServer, type TelegramServer } from "../test/support/telegram/server.ts";
import { alertedSymbol, type Alerting, openAlerting } from "./support/alertLoad.ts";
import { atMost, printTable, printVerdicts, quantile, type Verdict } from "./support/print.ts";

const symbols = Array.from({ length: 40 }, (_, index) => `B${index}`);
const perSecond = [10, 50];
const seconds = 5;
const turns = 4;
const turnSeconds = 4;
const kills = 3;
/** The first ones meet code that is not compiled yet. */
const warmUps = 10;
const longestMs = 20_000;

/**
 * How long people wait on Telegram: /imbalance of a stored snapshot to a process with the role `telegram`, from the
 * update to the photo, first with a picture that has to be drawn, then at a steady rate with one that was posted before.
 * Then what so many commands do to alerts, and how long nobody answers after a kill. The stand-in for Telegram has this process to itself.
 */
export async function run(): Promise<void> {
  const verdicts = await answering();
  verdicts.push(...(await alertsBeside("one process", ["telegram,notifier"])));
  verdicts.push(...(await alertsBeside("a process each", ["telegram", "notifier"])));
  verdicts.push(...(await takeover()));
  printVerdicts(verdicts);
}

async function answering(): Promise<Verdict[]> {
  return onStage(["telegram"], async ({ server }) => {
    for (const symbol of symbols.slice(0, warmUps)) await ask(server, symbol);
    const fresh: number[] = [];
    for (const symbol of symbols.slice(warmUps)) fresh.push(await ask(server, symbol));
    const rows = [row("a fresh picture, one at a time", fresh)];
    let posted: readonly number[] = [];
    for (const rate of perSecond) {
      posted = await Promise.all(await askFor(server, { rate, forSeconds: seconds }));
      rows.push(row(`a picture posted before, ${rate} a second`, posted));
    }
    printTable([["/imbalance to its photo", "p50", "p99"], ...rows]);
    return [
      atMost("a fresh picture, p99, ms", quantile(fresh, 0.99), 700),
      atMost("posted before, 50 a second, p99, ms", quantile(posted, 0.99), 300),
    ];
  });
}

/**
 * Alone and beside the commands by turns, so that what else the machine does falls on both. What the commands cost the
 * stand-in and the machine shows in bare calls made meanwhile, and isn't the alerts' delay.
 */
async function alertsBeside(name: string, roles: readonly string[]): Promise<Verdict[]> {
  return onStage(roles, async ({ server, alerting }) => {
    for (const symbol of symbols.slice(0, warmUps)) await ask(server, symbol);
    await alerting.alertFor(3);
    const [quiet, busy, answers] = [noWaits(), noWaits(), noWaits()];
    for (let turn = 0; turn < turns; turn += 1) {
      await alertedInto(quiet, { server, alerting });
      const asking = askFor(server, { rate: 50, forSeconds: turnSeconds });
      await alertedInto(busy, { server, alerting });
      answers.taken.push(...(await Promise.all(await asking)));
    }
    printTable([
      [`commit to message, ${name}`, "p50", "p99"],
      row("alone", quiet.taken),
      row("beside 50 /imbalance a second", busy.taken),
      row("those answers", answers.taken),
      row("a bare call, alone", quiet.bare),
      row("a bare call beside the commands", busy.bare),
    ]);
    const later = (share: number): number =>
      quantile(busy.taken, share) - quantile(quiet.taken, share) - bareLater(share);
    const bareLater = (share: number): number =>
      Math.max(0, quantile(busy.bare, share) - quantile(quiet.bare, share));
    return [
      atMost(`alerts later beside 50 commands a second, ${name}, p50, ms`, later(0.5), 5),
      atMost("… p99", later(0.99), 50),
    ];
  });
}

interface Waits {
  readonly taken: number[];
  readonly bare: number[];
}

function noWaits(): Waits {
  return { taken: [], bare: [] };
}

async function alertedInto(
  { taken, bare }: Waits,
  { server, alerting }: Pick<Stage, "server" | "alerting">,
): Promise<void> {
  const calling = callBare(server);
  taken.push(...(await alerting.alertFor(turnSeconds)));
  bare.push(...(await calling));
}

/** As many calls of the stand-in as there are alerts. */
async function callBare({ apiRoot, bot: { token } }: TelegramServer): Promise<readonly number[]> {
  const waits: number[] = [];
  for (const startedAt = performance.now(); performance.now() - startedAt < turnSeconds * 1_000;) {
    await sleep(125);
    const calledAt = performance.now();
    await (await fetch(`${apiRoot}/bot${token}/getMe`)).text();
    waits.push(performance.now() - calledAt);
  }
  return waits;
}

/** How long after a kill -9 of the process that polls somebody is answered by another. */
async function takeover(): Promise<Verdict[]> {
  const waits: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    // whoever starts first polls; the other stands by
    waits.push(
      await onStage(["telegram", "telegram"], async ({ server, children: [first] }) => {
        await ask(server, "B0");
        // at different moments of the lease
        await sleep(500 + kill * 900);
        first?.signal("SIGKILL");
        return ask(server, "B1");
      }),
    );
  }
  const seconds = waits.map((ms) => ms / 1_000);
  const said = seconds.map((each) => each.toFixed(1)).join(", ");
  printTable([
    ["kill -9 of the process that polls", ""],
    ["until another answers, s", said],
  ]);
  return [atMost("another answers after a kill -9, longest, s", Math.max(...seconds), 15)];
}

interface Stage {
  readonly server: TelegramServer;
  readonly alerting: Alerting;
  readonly children: readonly Child[];
}

async function onStage<T>(roles: readonly string[], act: (stage: Stage) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "lopside-bench-telegram-"));
  const redis = await startTestRedis({ tcp: true });
  await storeSnapshots(redis);
  const server = await startTelegramServer();
  const alerting = await openAlerting(redis, server);
  const children: Child[] = [];
  try {
    for (const role of roles) {
      const child = start(role, { redis, server, dir });
      children.push(child);
      await child.waitFor(hasStarted(child));
    }
    return await act({ server, alerting, children });
  } finally {
    for (const child of children) child.signal("SIGTERM");
    await Promise.all(children.map(async (child) => child.exit));
    await alerting.close();
    server.takeViolations();
    await Promise.all([server.close(), redis.stop(), rm(dir, { recursive: true, force: true })]);
  }
}

function start(
  roles: string,
  { redis, server, dir }: { redis: TestRedis; server: TelegramServer; dir: string },
): Child {
  return startChild({
    args: ["start", "--roles", roles],
    env: {
      REDIS_URL: redis.url,
      SYMBOLS: [...symbols, alertedSymbol].join(","),
      TELEGRAM_BOT_TOKEN: server.bot.token,
      TELEGRAM_API_ROOT: server.apiRoot,
      // every command is answered, none is left out for Telegram's sake
      TELEGRAM_PAID_RATE: "1000",
    },
    cwd: dir,
    cli: resolve("dist/cli.js"),
  });
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
  // an answer that is left out never comes
  await Promise.race([server.waitFor(() => server.sent(chat.id)[0]), sleep(longestMs)]);
  return performance.now() - askedAt;
}

interface Asking {
  readonly rate: number;
  readonly forSeconds: number;
}

/** Resolves when all have been asked, with what each of them waits for. */
async function askFor(
  server: TelegramServer,
  { rate, forSeconds }: Asking,
): Promise<readonly Promise<number>[]> {
  const startedAt = performance.now();
  const waits: Promise<number>[] = [];
  for (let index = 0; index < rate * forSeconds; index += 1) {
    await sleep(Math.max(0, startedAt + (index * 1_000) / rate - performance.now()));
    waits.push(ask(server, symbols[index % warmUps] ?? "B0"));
  }
  return waits;
}
