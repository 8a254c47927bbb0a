import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Sender } from "../../src/notifier/contracts.ts";
import { createNotifier } from "../../src/notifier/notifier.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { createOutbox } from "../../src/store/ledger/outbox.ts";
import { openStore } from "../../src/store/store.ts";
import { createSymbols } from "../../src/store/market/symbols.ts";
import { aCommit } from "../store/builders.ts";
import { patient } from "../support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { handClock, now } from "./builders.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { subscribed } from "./subscribed.ts";

const minuteMs = 60_000;
const destination = "console:1";
const at = new Date(now);
const minute = at.getUTCHours() * 60 + at.getUTCMinutes();

let server: TestRedis;
let clock: ReturnType<typeof handClock>;
let process: Process | undefined;

beforeAll(async () => {
  server = await startTestRedis({ config: ["--appendfsync", "always"] });
});
afterAll(async () => server.stop());
beforeEach(async () => {
  clock = handClock();
  await (await server.connect()).flushall();
});
afterEach(async () => {
  await process?.stop();
  process = undefined;
});

interface Process {
  readonly store: Store;
  /** Commits a rule's push, and delivers all that is due. */
  readonly say: (...alertIds: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function startProcess(sender: Sender): Promise<Process> {
  const redis = await server.connect();
  const store = {
    ...(await openStore(redis, { log: silentLog })),
    outbox: createOutbox(redis, { now: clock.now }),
    symbols: createSymbols(redis, { now: clock.now }),
  };
  const pump = createNotifier({
    sender,
    store,
    clock,
    log: silentLog,
    nameOf: (name) => name,
    onSettled: () => undefined,
    onRepeat: () => undefined,
    onNotice: () => pump.wake("notices"),
  });
  const say: Process["say"] = async (...alertIds) => {
    for (const alertId of alertIds) {
      const { version, slot } = await store.symbols.read("BTC");
      const ruleAlerts = [aPush(alertId)];
      await store.symbols.commit(aCommit({ basedOn: version, slot: slot + 1, at: clock.now(), ruleAlerts }));
    }
    for (const place of ["BTC", "notices"]) pump.wake(place);
    await vi.waitFor(async () => {
      await pump.settled();
      expect(await redis.keys("*:claimed:*")).toEqual([]);
    }, patient);
  };
  return { store, say, stop: async () => pump.stop() };
}

/** What ran ends, Redis too, and another process goes on. */
async function startAnew(sender: Sender): Promise<Process> {
  await process?.stop();
  await server.kill();
  await server.start();
  process = await startProcess(sender);
  return process;
}

describe("a place's settings and what it was told, after everything was started anew", () => {
  const quiet = { from: minute - 60, to: minute + 60 };

  test("what quiet hours held back is one summary", async () => {
    const { sender, requests } = fakeSender();
    process = await startProcess(sender);
    await subscribed(process.store, destination, { quietHours: quiet });
    await process.say("a1");
    await (await startAnew(sender)).say("a2");
    clock.advance(61 * minuteMs);
    const last = await startAnew(sender);
    await last.say();
    await last.say();
    expect(requests.map(({ message }) => message)).toMatchObject([
      { kind: "line", headline: expect.stringMatching(/quiet.*2/) },
    ]);
    expect(await last.store.turns.heldBack(destination)).toEqual(new Map());
  });

  test("floor and budget go on where they were", async () => {
    const { sender, requests } = fakeSender();
    process = await startProcess(sender);
    await subscribed(process.store, destination, { loudPerDay: 1 });
    await process.say("a1");
    clock.advance(9 * minuteMs);
    await (await startAnew(sender)).say("too soon");
    clock.advance(minuteMs);
    await (await startAnew(sender)).say("a2");
    clock.advance(1_440 * minuteMs);
    await (await startAnew(sender)).say("a3");
    expect(requests.map(({ idempotencyKey, silent = false }) => [idempotencyKey, silent])).toEqual([
      [`a1|${destination}`, false],
      [`a2|${destination}`, true],
      [`a3|${destination}`, false],
    ]);
  });

  test("a mute holds until it ends", async () => {
    const { sender, requests } = fakeSender();
    process = await startProcess(sender);
    await subscribed(process.store, destination, { mutedUntil: now + minuteMs });
    await (await startAnew(sender)).say("a1");
    expect(requests).toEqual([]);
    clock.advance(minuteMs);
    await (await startAnew(sender)).say("a2");
    expect(requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual([`a2|${destination}`]);
  });
});

describe("a summary", () => {
  const quiet = { from: minute - 60, to: minute + 60 };
  const hold = async (sender: Sender): Promise<Process> => {
    process = await startProcess(sender);
    await subscribed(process.store, destination, { quietHours: quiet });
    await process.say("a1", "a2");
    clock.advance(61 * minuteMs);
    return process;
  };

  test("that can't be sent is sent later, whole", async () => {
    const { sender, requests } = fakeSender([{ kind: "unreachable", reason: "away" }]);
    const { say } = await hold(sender);
    await say();
    clock.advance(minuteMs);
    await say();
    expect(requests.map(({ message }) => message)).toMatchObject([
      { headline: expect.stringMatching(/quiet.*2/) },
      { headline: expect.stringMatching(/quiet.*2/) },
    ]);
  });

  test("whose alerts another one has told of already is left out", async () => {
    const { sender, requests } = fakeSender();
    const { say, store } = await hold(sender);
    await store.turns.dropHeld(destination, ["a1", "a2"]);
    await say();
    expect(requests).toEqual([]);
  });

  test("to a place that was stopped meanwhile is left out", async () => {
    const { sender, requests } = fakeSender();
    const { say, store } = await hold(sender);
    await store.destinations.disable(destination, "kicked", clock.now());
    await say();
    expect(requests).toEqual([]);
  });

  test("to a place that was muted meanwhile is left out, and what it would have told of", async () => {
    const { sender, requests } = fakeSender();
    const { say, store } = await hold(sender);
    await subscribed(store, destination, { quietHours: quiet, mutedUntil: clock.now() + 1 });
    await say();
    expect(requests).toEqual([]);
    expect(await store.turns.heldBack(destination)).toEqual(new Map());
  });

  test("that would fall into quiet hours waits for their end", async () => {
    const { sender, requests } = fakeSender();
    const { say, store } = await hold(sender);
    await subscribed(store, destination, { quietHours: { from: minute, to: minute + 120 } });
    await say("a3");
    expect(requests).toEqual([]);
    clock.advance(60 * minuteMs);
    await say();
    await say();
    expect(requests.map(({ message }) => message)).toMatchObject([
      { headline: expect.stringMatching(/quiet.*3/) },
    ]);
  });
});
