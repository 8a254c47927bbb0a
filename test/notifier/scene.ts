import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import type { Sender } from "../../src/notifier/contracts.ts";
import { createNotifier, type Notifier, type NotifierOptions } from "../../src/notifier/notifier.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import type { OutboxAlert, RuleAlert } from "../../src/store/contracts/symbols.ts";
import { createOutbox } from "../../src/store/ledger/outbox.ts";
import type { RedisClient } from "../../src/store/redis/script.ts";
import { openStore } from "../../src/store/store.ts";
import { createSymbols } from "../../src/store/market/symbols.ts";
import { createTurns } from "../../src/store/ledger/turns.ts";
import { aCommit } from "../store/builders.ts";
import { patient } from "../support/patience.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { handClock } from "./builders.ts";

export interface Running {
  readonly pump: Notifier;
  /** Wakes it and waits until nothing is due, and what was done is written. */
  readonly drain: (...places: readonly string[]) => Promise<void>;
  readonly settled: readonly string[];
}

export interface Scene {
  readonly redis: RedisClient;
  readonly store: Store;
  readonly clock: ReturnType<typeof handClock>;
  /** Commits what rules have to say of BTC. */
  readonly commit: (...ruleAlerts: readonly RuleAlert[]) => Promise<void>;
  /** Puts into BTC's outbox what is addressed to somebody. */
  readonly insert: (...alerts: readonly OutboxAlert[]) => Promise<void>;
  readonly notifierOf: (sender: Sender, more?: Partial<NotifierOptions>) => Running;
}

/** A real ledger on a clock that is moved by hand, empty when each test begins, and notifiers on it. */
export function useScene(): () => Scene {
  let server: TestRedis | undefined;
  let scene: Scene | undefined;
  const pumps: Notifier[] = [];
  beforeAll(async () => {
    server = await startTestRedis();
  });
  afterAll(async () => server?.stop());
  beforeEach(async () => {
    if (server === undefined) throw new Error("Redis is there when the first test begins");
    scene = await setScene(await server.connect(), pumps);
  });
  afterEach(async () => {
    await Promise.all(pumps.splice(0).map(async (pump) => pump.stop()));
  });
  return () => {
    if (scene === undefined) throw new Error("the scene is set when a test begins");
    return scene;
  };
}

async function setScene(redis: RedisClient, pumps: Notifier[]): Promise<Scene> {
  await redis.flushall();
  const clock = handClock();
  const store = {
    ...(await openStore(redis, { log: silentLog })),
    outbox: createOutbox(redis, { now: clock.now }),
    symbols: createSymbols(redis, { now: clock.now }),
    turns: createTurns(redis, { now: clock.now }),
  };
  const commit = async (...ruleAlerts: readonly RuleAlert[]): Promise<void> => {
    const { version, slot } = await store.symbols.read("BTC");
    const wanted = aCommit({ basedOn: version, slot: slot + 1, at: clock.now(), ruleAlerts });
    expect(await store.symbols.commit(wanted)).toBe("committed");
  };
  return {
    redis,
    store,
    clock,
    commit,
    insert: async (...alerts) => store.outbox.insert("BTC", clock.now(), alerts),
    notifierOf: (sender, more) => {
      const settled: string[] = [];
      const pump = createNotifier({
        sender,
        store,
        clock,
        log: silentLog,
        nameOf: (destination) => destination,
        onSettled: (_platform, outcome) => settled.push(outcome),
        onRepeat: () => undefined,
        onNotice: () => pump.wake("notices"),
        ...more,
      });
      pumps.push(pump);
      return { pump, settled, drain: async (...places) => drain(redis, pump, places) };
    },
  };
}

async function drain(redis: RedisClient, pump: Notifier, places: readonly string[]): Promise<void> {
  for (const place of places.length === 0 ? ["BTC"] : places) pump.wake(place);
  await vi.waitFor(async () => {
    await pump.settled();
    expect(await redis.keys("*:claimed:*")).toEqual([]);
  }, patient);
  await pump.settled();
}
