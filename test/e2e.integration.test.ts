import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { alertContent } from "../src/alerts/content.ts";
import { freshEpisodeMemory } from "../src/alerts/episode.ts";
import { freshNotionalMemory } from "../src/model/imbalance.ts";
import type { SimulatedExchange } from "../src/sim/contracts.ts";
import { createRandom } from "../src/sim/random.ts";
import type { Store } from "../src/store/contracts/store.ts";
import { createOutbox } from "../src/store/ledger/outbox.ts";
import { openStore } from "../src/store/store.ts";
import { textsIn } from "../src/texts/texts.ts";
import { createQueues, type Queues } from "../src/worker/queues.ts";
import { encodeMemory } from "../src/worker/memory.ts";
import { firedUp, referenceImbalance } from "./alerts/examples.ts";
import { aCommit } from "./store/builders.ts";
import { type AlertBlock, alertBlocks } from "./support/alertBlocks.ts";
import { type Child, ensureBuilt, killChildren } from "./support/child.ts";
import {
  hasStarted,
  type Installed,
  openExchange,
  simulated,
  startInstalled,
} from "./support/installation.ts";
import { patient } from "./support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "./support/redis.ts";
import { takeOver } from "./support/takeOver.ts";

/** No exchange lists it: nothing but the tests' own alerts is ever said of it. */
const lab = "LAB";

let redis: TestRedis;
let store: Store;
let queues: Queues;
let exchange: SimulatedExchange;
let dir: string;

beforeAll(async () => {
  ensureBuilt();
  dir = await mkdtemp(join(tmpdir(), "lopside-e2e-"));
  [redis, exchange] = await Promise.all([startTestRedis({ tcp: true }), openExchange()]);
  store = await openStore(await redis.connect(), { log: silentLog });
  const connection = await redis.connect("queue");
  queues = createQueues({ connection, venues: simulated, platforms: ["console"], log: silentLog });
});
afterEach(killChildren);
afterAll(async () => {
  await queues.close();
  await exchange.close();
  await redis.stop();
  await rm(dir, { recursive: true, force: true });
});

async function start(args: readonly string[] = []): Promise<Installed> {
  const env = { REDIS_URL: redis.url, VENUE_BASE_URL: exchange.baseUrl, SYMBOLS: `BTC,${lab}` };
  return startInstalled({ env, cwd: dir, args });
}

const count = (text: string, part: string): number => text.split(part).length - 1;

async function stop(child: Child): Promise<void> {
  child.signal("SIGTERM");
  expect(await child.exit).toEqual({ code: 0, signal: null });
}

let alertsSoFar = 0;

/** Alerts behind a commit of another replica, each of a minute of its own; returns their times as shown. */
async function commitAlerts(howMany: number, agoMs = 0): Promise<string[]> {
  const imbalances = Array.from({ length: howMany }, () => {
    alertsSoFar += 1;
    return { ...referenceImbalance, symbol: lab, time: Date.UTC(2026, 0, 1) + alertsSoFar * 60_000 };
  });
  const alerts = imbalances.map((imbalance) => {
    const fired = { ...firedUp, alertId: `${lab}-${imbalance.time}`, firedAt: imbalance.time };
    const content = JSON.stringify(alertContent(imbalance, fired));
    return { alertId: fired.alertId, content, destinations: ["console"] };
  });
  await vi.waitFor(async () => {
    const { version, slot } = await store.symbols.read(lab);
    const at = Date.now() - agoMs;
    const memory = encodeMemory({ notional: freshNotionalMemory, episode: freshEpisodeMemory(at) });
    const imbalance = { ...referenceImbalance, symbol: lab, time: at };
    // a slot no worker will reach before the next one
    const commit = aCommit({ symbol: lab, slot: slot + 1, basedOn: version, at, memory, imbalance });
    expect(await store.symbols.commit(commit)).toBe("committed");
    await store.outbox.insert(lab, at, alerts);
  }, patient);
  await queues.deliver("console", lab);
  return imbalances.map(({ time }) => textsIn("en").time(time));
}

const shown = (children: readonly Child[]): AlertBlock[] =>
  children.flatMap((child) => alertBlocks(child.stdout())).filter(({ symbol }) => symbol === lab);

/** Every alert was shown, and what was shown more than once says so. */
function expectNoneLost(blocks: readonly AlertBlock[], times: readonly string[]): void {
  const copies = (time: string): AlertBlock[] => blocks.filter((block) => block.time === time);
  expect(times.filter((time) => copies(time).length === 0)).toEqual([]);
  expect(times.filter((time) => copies(time).filter(({ repeat }) => !repeat).length > 1)).toEqual([]);
}

const isDrained = async (): Promise<void> => {
  expect(await store.outbox.countPending(lab)).toBe(0);
};

describe("a whole Lopside", () => {
  test("from a cold start reads history, fires, and stops when it is told", async () => {
    const child = await start();
    await child.waitFor(() => alertBlocks(child.stdout()).find(({ symbol }) => symbol === "BTC"));
    await child.waitFor(() => (count(child.stderr(), "history read") >= simulated.length ? true : undefined));
    await vi.waitFor(async () => expect((await store.symbols.imbalance("BTC"))?.coverage).toBe(1), patient);
    await stop(child);
    expect(alertBlocks(child.stdout())).toMatchObject([{ symbol: "BTC", repeat: false }]);
  });

  test("twice on one Redis computes each slot once and shows each alert once", async () => {
    const before = await commits();
    const replicas = await Promise.all([start(), start()]);
    await Promise.all(replicas.map(async (child) => child.waitFor(hasStarted(child))));
    const from = await store.symbols.read("BTC");
    await vi.waitFor(
      async () => expect((await store.symbols.read("BTC")).slot).toBeGreaterThan(from.slot + 5),
      patient,
    );
    await vi.waitFor(async () => {
      const done = await Promise.all(replicas.map(committedBy));
      expect(done.reduce((sum, count) => sum + count, 0)).toBe((await commits()) - before);
    }, patient);
    const to = await store.symbols.read("BTC");
    expect(to.version - from.version).toBeLessThanOrEqual(to.slot - from.slot);
    const times: string[] = [];
    for (let burst = 0; burst < 5; burst++) times.push(...(await commitAlerts(20)));
    await vi.waitFor(isDrained, patient);
    await Promise.all(replicas.map(stop));
    expect(
      shown(replicas)
        .map(({ time, repeat }) => `${time} ${String(repeat)}`)
        .toSorted(),
    ).toEqual(times.map((time) => `${time} false`).toSorted());
  });

  test("killed again and again loses no alert, repeats none unsaid, and reads no history anew", async () => {
    const random = createRandom(20261122);
    const before = await store.symbols.read("BTC");
    const times: string[] = [];
    const lives: Child[] = [];
    for (let life = 0; life < 5; life++) {
      const child = await start();
      lives.push(child);
      await child.waitFor(hasStarted(child));
      times.push(...(await commitAlerts(20)));
      const enough = 1 + Math.floor(random.next() * 20);
      await child.waitFor(() => (shown([child]).length >= enough ? true : undefined));
      child.signal("SIGKILL");
      expect(await child.exit).toMatchObject({ signal: "SIGKILL" });
      await takeOver(await redis.connect(), lab, ["console"]);
    }
    const last = await start();
    lives.push(last);
    await vi.waitFor(isDrained, patient);
    expectNoneLost(shown(lives), times);
    expect(times).toHaveLength(100);
    await vi.waitFor(async () => expect((await store.symbols.imbalance("BTC"))?.coverage).toBe(1), patient);
    await stop(last);
    const after = await store.symbols.read("BTC");
    expect(after.version).toBeGreaterThan(before.version);
    expect([...after.series.keys()].toSorted()).toEqual(simulated);
    expect(lives.map((child) => count(child.stderr(), "history read"))).toEqual(lives.map(() => 0));
    // the episode of the first test goes on: its alert is not said again
    expect(
      lives.flatMap((child) => alertBlocks(child.stdout())).filter(({ symbol }) => symbol === "BTC"),
    ).toEqual([]);
  });

  test("shows what was committed while nobody could show it, and takes over a dead process' claim", async () => {
    const [claimed] = await commitAlerts(1, 30_000);
    // as a process did that was killed right then, longer ago than any call lasts
    const earlier = createOutbox(await redis.connect(), { now: () => Date.now() - 20_000 });
    expect((await earlier.claim(lab, "console", 1)).deliveries).toHaveLength(1);
    const [waiting] = await commitAlerts(1);
    const child = await start(["--roles", "notifier"]);
    await child.waitFor(() => shown([child]).find(({ time, repeat }) => time === waiting && !repeat));
    await child.waitFor(() => shown([child]).find(({ time, repeat }) => time === claimed && repeat));
    await vi.waitFor(isDrained, patient);
    await stop(child);
  });
});

/** How often either symbol was committed so far. */
async function commits(): Promise<number> {
  const versions = await Promise.all(["BTC", lab].map(store.symbols.read));
  return versions.reduce((sum, { version }) => sum + version, 0);
}

/** The commits a process takes for its own. */
async function committedBy({ httpUrl }: Installed): Promise<number> {
  const metrics = await (await fetch(`${httpUrl}/metrics`)).text();
  return Number(/^lopside_recomputes_total\{outcome="committed"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}
