import { beforeEach, describe, expect, test } from "vitest";
import type { VenueReport } from "../../src/store/contracts/rounds.ts";
import type { Handlers } from "../../src/worker/contracts.ts";
import { createShortcuts, type Shortcuts } from "../../src/worker/shortcuts.ts";
import { aPush } from "../notifier/fakeSender.ts";
import { anOutset } from "../store/builders.ts";
import { silentLog } from "../support/redis.ts";

let queued: string[];
let handled: string[];
let shortcuts: Shortcuts;

const handlers: Handlers = {
  recompute: async ({ symbol, slot }) => {
    handled.push(`recompute ${symbol} ${slot}`);
  },
  deliver: async ({ platform, symbol }) => {
    handled.push(`deliver ${platform} ${symbol}`);
  },
};
const failing: Handlers = {
  recompute: async () => Promise.reject(new Error("the connection broke")),
  deliver: async () => Promise.reject(new Error("the connection broke")),
};

beforeEach(() => {
  queued = [];
  handled = [];
  const queues = {
    recompute: async (symbol: string, slot: number) => {
      queued.push(`recompute ${symbol} ${slot}`);
    },
    deliver: async (platform: string, symbol: string) => {
      queued.push(`deliver ${platform} ${symbol}`);
    },
  };
  shortcuts = createShortcuts(queues, silentLog);
});

async function wakeBoth(): Promise<void> {
  await shortcuts.recompute("BTC", 7);
  await shortcuts.deliver("telegram", "BTC");
  await shortcuts.settled();
}

describe("a wake-up", () => {
  test("reaches this process' own handlers without a queue", async () => {
    shortcuts.connect(handlers);
    await wakeBoth();
    expect(handled).toEqual(["recompute BTC 7", "deliver telegram BTC"]);
    expect(queued).toEqual([]);
  });

  test("brings a recompute what it sets out from", async () => {
    const given: unknown[] = [];
    shortcuts.connect({ recompute: async (_job, outset) => void given.push(outset) });
    const outset = anOutset({ version: 3 });
    await shortcuts.recompute("BTC", 7, outset);
    expect(given).toEqual([outset]);
  });

  test("is queued for other processes where this one has no handler", async () => {
    shortcuts.connect({});
    await wakeBoth();
    expect(queued).toEqual(["recompute BTC 7", "deliver telegram BTC"]);
  });

  test("is queued when the handler failed", async () => {
    shortcuts.connect(failing);
    await wakeBoth();
    expect(queued).toEqual(["recompute BTC 7", "deliver telegram BTC"]);
  });
});

describe("a delivery for alerts that are being committed", () => {
  const coming = [aPush("a"), aPush("b")];

  test("is begun here at once, with the alerts", async () => {
    const given: unknown[] = [];
    shortcuts.connect({ deliver: async (job, alerts) => void given.push(job, alerts) });
    shortcuts.deliverBehind("telegram", "BTC", coming);
    expect(given).toEqual([{ platform: "telegram", symbol: "BTC" }, coming]);
    await shortcuts.settled();
    expect(queued).toEqual([]);
  });

  test("is nobody's yet where this process has no handler", async () => {
    shortcuts.deliverBehind("telegram", "BTC", coming);
    await shortcuts.settled();
    expect(queued).toEqual([]);
  });

  test("is queued when the handler failed", async () => {
    shortcuts.connect(failing);
    shortcuts.deliverBehind("telegram", "BTC", coming);
    await shortcuts.settled();
    expect(queued).toEqual(["deliver telegram BTC"]);
  });
});

describe("a report that is about to be kept", () => {
  const report: VenueReport = {
    venue: "bybit",
    slot: 7,
    at: 0,
    failure: { kind: "retry", reason: "HTTP 502" },
  };

  test("is heard by the worker of this process, which may know what its round sets out from", () => {
    const heard: unknown[] = [];
    const outset = anOutset({ version: 3 });
    shortcuts.connect({
      hear: (...said) => {
        heard.push(said);
        return outset;
      },
    });
    expect(shortcuts.hear("BTC", report)).toBe(outset);
    expect(heard).toEqual([["BTC", report]]);
  });

  test("says nothing where no worker runs, or before it does", () => {
    expect(shortcuts.hear("BTC", report)).toBeUndefined();
    shortcuts.connect({ deliver: async () => undefined });
    expect(shortcuts.hear("BTC", report)).toBeUndefined();
  });
});

describe("the end of a round that caused an alert", () => {
  const endOfRound = async (deliver: () => Promise<void>): Promise<void> => {
    shortcuts.connect({ recompute: async () => shortcuts.deliver("telegram", "BTC"), deliver });
    await shortcuts.recompute("BTC", 7);
  };

  test("comes after the alert", async () => {
    const said: string[] = [];
    await endOfRound(async () => {
      await nextTurn();
      said.push("alert");
    });
    said.push("end");
    expect(said).toEqual(["alert", "end"]);
  });

  test("doesn't wait for a platform that hangs", async () => {
    await expect(endOfRound(async () => new Promise(() => undefined))).resolves.toBeUndefined();
  });

  test("comes after an alert that nobody waits for", async () => {
    const said: string[] = [];
    const goOut = async (): Promise<void> => {
      await nextTurn();
      await nextTurn();
      said.push("alert");
    };
    await endOfRound(async () => void goOut());
    said.push("end");
    expect(said).toEqual(["alert", "end"]);
  });
});

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test("a slow platform holds up nobody, and a stop waits for it", async () => {
  const said: string[] = [];
  let answer = (): void => undefined;
  shortcuts.connect({
    deliver: async () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  await shortcuts.deliver("telegram", "BTC");
  const stopped = shortcuts.settled().then(() => said.push("stopped"));
  await nextTurn();
  said.push("answered");
  answer();
  await stopped;
  expect(said).toEqual(["answered", "stopped"]);
});
