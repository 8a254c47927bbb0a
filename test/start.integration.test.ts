import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Child, descendantsOf, ensureBuilt, killChildren, startChild } from "./support/child.ts";
import { hasStarted, openExchange, simulated, startInstalled } from "./support/installation.ts";
import { patient } from "./support/patience.ts";
import { commandOf, isAlive } from "./support/processes.ts";
import { freePort, startTestRedis, type TestRedis } from "./support/redis.ts";

let redis: TestRedis;
let dir: string;
beforeAll(async () => {
  ensureBuilt();
  redis = await startTestRedis({ tcp: true });
});
afterAll(async () => redis.stop());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "lopside-start-"));
});
afterEach(async () => {
  await killChildren();
  await rm(dir, { recursive: true, force: true });
});

const nowhere = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;
const count = (text: string, line: RegExp): number => text.match(line)?.length ?? 0;

async function stop(child: Child): Promise<void> {
  child.signal("SIGTERM");
  expect(await child.exit).toEqual({ code: 0, signal: null });
}

/** Runs to its end: what it printed and how it ended. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = startChild({ args, env, cwd: dir });
  const { code } = await child.exit;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

async function ask(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
}

describe("without an exchange", () => {
  test("a start says what is away, goes on, and recovers when it is there", async () => {
    const port = await freePort();
    const env = { REDIS_URL: redis.url, VENUE_BASE_URL: `http://127.0.0.1:${port}` };
    const child = await startInstalled({ env, cwd: dir });
    await vi.waitFor(async () => {
      const { status, body } = await ask(`${child.httpUrl}/readyz`);
      expect(status).toBe(503);
      expect(body).toMatchObject({
        checks: [
          { ok: true },
          { name: "queues", ok: true },
          { name: "worker", ok: true },
          { name: "data", ok: false },
        ],
      });
    }, patient);
    expect(await ask(`${child.httpUrl}/healthz`)).toEqual({ status: 200, body: { ok: true } });
    expect(await run(["health", "--ready"], { HTTP_PORT: new URL(child.httpUrl).port })).toMatchObject({
      code: 1,
    });
    for (const venue of simulated) {
      await child.waitFor(() => (count(child.stderr(), refusedBy(venue)) > 0 ? true : undefined));
    }
    const exchange = await openExchange(port);
    try {
      await vi.waitFor(
        async () => expect((await fetch(`${child.httpUrl}/readyz`)).status).toBe(200),
        patient,
      );
      for (const venue of simulated) expect(count(child.stderr(), refusedBy(venue))).toBe(1);
      await stop(child);
    } finally {
      await exchange.close();
    }
  });
});

/** The line that says a venue can't be reached, up to its reason. */
const refusedBy = (venue: string): RegExp =>
  new RegExp(`^.*"level":"warn".*"venue":"${venue}".*ECONNREFUSED.*$`, "gm");

describe("without its Redis", () => {
  test("a running Lopside says so, goes on, and works again when it is back", async () => {
    const own = await startTestRedis({ tcp: true });
    try {
      const child = await startInstalled({
        env: { REDIS_URL: own.url, VENUE_BASE_URL: await nowhere(), LOG_LEVEL: "debug" },
        cwd: dir,
      });
      const checks = async () => (await ask(`${child.httpUrl}/readyz`)).body;
      const works = {
        checks: [{ name: "redis", ok: true }, { name: "queues", ok: true }, { name: "worker", ok: true }, {}],
      };
      await vi.waitFor(async () => expect(await checks()).toMatchObject(works), patient);
      await own.kill();
      await vi.waitFor(
        async () =>
          expect(await checks()).toMatchObject({
            checks: expect.arrayContaining([expect.objectContaining({ name: "redis", ok: false })]),
          }),
        patient,
      );
      expect((await ask(`${child.httpUrl}/api/imbalance/BTC`)).status).toBe(503);
      expect((await ask(`${child.httpUrl}/healthz`)).status).toBe(200);
      const metrics = await fetch(`${child.httpUrl}/metrics`);
      expect(metrics.status).toBe(200);
      expect(await metrics.text()).toContain("lopside_pending_deliveries Nan");
      // long enough for a whole slot to be missed
      await child.waitFor(() =>
        count(child.stderr(), /could not wake its recompute/g) > 1 ? true : undefined,
      );
      // said once, not by each of three connections, every queue, sweep and lease at every attempt
      expect(loud(child.stderr())).toEqual([expect.stringMatching(/^Redis is away/)]);
      expect(child.stderr()).not.toContain(`"queue":"poll-bybit"`);
      const before = Date.now();
      await own.start();
      await vi.waitFor(async () => {
        expect(await checks()).toMatchObject(works);
        const { body } = await ask(`${child.httpUrl}/api/imbalance/BTC`);
        expect(body).toHaveProperty("time");
        expect(body).toSatisfy(({ time }: { time: number }) => time > before);
      }, patient);
      expect(count(child.stderr(), /"msg":"Redis answers again"/g)).toBe(1);
      await stop(child);
    } finally {
      await own.stop();
    }
  });
});

/** The warnings and errors of a log, but for those that say a venue can't be reached. */
function loud(text: string): readonly string[] {
  const lines = text.split("\n").filter((line) => /"level":"(?:warn|error)"/.test(line));
  return lines
    .filter((line) => !line.includes('"venue":'))
    .map((line) => /"msg":"([^"]*)"/.exec(line)?.[1] ?? line);
}

describe("a stop", () => {
  test("in the middle of everything ends all that was started, and lets the next one start", async () => {
    const exchange = await openExchange();
    try {
      const env = { DATA_DIR: join(dir, "data"), VENUE_BASE_URL: exchange.baseUrl };
      const child = await startInstalled({ env, cwd: dir });
      // polls, recomputes and the reading of a history are under way
      await child.waitFor(() => (child.stderr().includes(`"msg":"data judged"`) ? true : undefined));
      const servers = descendantsOf(child.pid);
      expect(servers.map(commandOf).join("\n")).toContain("redis-server");

      const second = await run(["start"], { ...env, HTTP_PORT: String(await freePort()) });
      expect(second.code).toBe(1);
      expect(second.stderr).toMatch(new RegExp(`in use by another Lopside \\(process ${child.pid}\\)`));
      expect(servers.filter(isAlive)).toEqual(servers);

      await stop(child);
      await vi.waitFor(() => expect(servers.filter(isAlive)).toEqual([]), patient);
      expect(child.stderr()).not.toContain("did not stop in time");
      const next = await startInstalled({ env, cwd: dir });
      await next.waitFor(hasStarted(next));
      await stop(next);
    } finally {
      await exchange.close();
    }
  });

  test("is obeyed while a venue hangs", async () => {
    const exchange = await openExchange();
    try {
      exchange.world.fault("bybit", "hang");
      const env = { REDIS_URL: `${redis.url}/1`, VENUE_BASE_URL: exchange.baseUrl };
      const child = await startInstalled({ env, cwd: dir });
      await child.waitFor(() => (child.stderr().includes(`"msg":"data judged"`) ? true : undefined));
      await stop(child);
      expect(child.stderr()).not.toContain("jobs still running");
    } finally {
      await exchange.close();
    }
  });
});

describe("a start that can't be", () => {
  test("names every wrong setting at once, and no secret", async () => {
    const token = "AA-secret-without-its-number";
    const { code, stdout, stderr } = await run(["start"], {
      SYMBOLS: "btc/usdt",
      VENUES: "mtgox",
      POLL_INTERVAL: "0s",
      ALERT_RATIO: "1",
      HTTP_PORT: "99999",
      REDIS_URL: "http://user:hunter2@127.0.0.1",
      TELEGRAM_BOT_TOKEN: token,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const name of [
      "SYMBOLS",
      "VENUES",
      "POLL_INTERVAL",
      "ALERT_RATIO",
      "HTTP_PORT",
      "REDIS_URL",
      "TELEGRAM_BOT_TOKEN",
    ])
      expect(stderr).toContain(`  - ${name}`);
    expect(stderr).toContain("7 problems");
    for (const secret of [token, "AA-secret", "hunter2"]) expect(stderr).not.toContain(secret);
  });

  test("on a busy port says so and leaves nothing running", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const address = blocker.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const env = { DATA_DIR: dir, HTTP_PORT: String(port), VENUE_BASE_URL: await nowhere() };
      const child = await startInstalled({ env, cwd: dir });
      const servers = await child.waitFor(() => {
        const found = descendantsOf(child.pid);
        return found.length > 0 ? found : undefined;
      });
      expect(await child.exit).toEqual({ code: 1, signal: null });
      expect(child.stderr()).toContain(`127.0.0.1:${port} is already in use`);
      await vi.waitFor(() => expect(servers.filter(isAlive)).toEqual([]), patient);
    } finally {
      blocker.close();
    }
  });
});

describe("the command line", () => {
  test.each([
    ["an unknown command", ["strat"], 2],
    ["an unknown option", ["start", "--fast"], 2],
    ["an unknown role", ["start", "--roles", "poller,cook"], 2],
    ["an empty role", ["start", "--roles", "poller,"], 2],
    ["a symbol that is none", ["map", "btc/usdt"], 2],
    ["a missing argument", ["map"], 2],
    ["a speed that is none", ["demo", "--speed", "fast"], 2],
    ["a question for help", ["--help"], 0],
    ["a question for a command's help", ["start", "--help"], 0],
  ])("answers %s by its exit code", async (_what, args, code) => {
    const answer = await run(args);
    expect(answer.code).toBe(code);
    // data on stdout, messages on stderr
    expect(code === 0 ? answer.stderr : answer.stdout).toBe("");
    expect(code === 0 ? answer.stdout : answer.stderr).not.toBe("");
  });

  test("health says that nothing runs", async () => {
    const { code, stderr } = await run(["health"], { HTTP_PORT: String(await freePort()) });
    expect(code).toBe(1);
    expect(stderr).toContain("is Lopside running with the http role?");
  });

  test("health says that a Lopside lives", async () => {
    const env = { REDIS_URL: `${redis.url}/2`, VENUE_BASE_URL: await nowhere() };
    const child = await startInstalled({ env, cwd: dir });
    await child.waitFor(hasStarted(child));
    const answer = await run(["health"], { HTTP_PORT: new URL(child.httpUrl).port });
    expect(answer).toMatchObject({ code: 0, stdout: `{"ok":true}\n` });
    await stop(child);
  });
});
