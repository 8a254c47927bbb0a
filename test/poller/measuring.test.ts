import { describe, expect, test } from "vitest";
import type { MeasuredPosition } from "../../src/model/types.ts";
import type { AccountSource, Holding } from "../../src/poller/contracts.ts";
import { createMeasuring, type MeasuringOptions } from "../../src/poller/measuring.ts";
import { mostAccounts } from "../../src/poller/registry.ts";
import type { KnownAccount, Positions } from "../../src/store/contracts/markets.ts";
import { handClock, minuteMs, noon } from "./world.ts";

interface Memory extends Positions {
  readonly known: Map<string, KnownAccount>;
  readonly held: Map<string, Map<string, MeasuredPosition>>;
}

/** The store's promises, in memory. */
function memory(): Memory {
  const known = new Map<string, KnownAccount>();
  const held = new Map<string, Map<string, MeasuredPosition>>();
  return {
    known,
    held,
    accounts: async () => [...known.values()],
    keep: async (_venue, accounts) => {
      for (const account of accounts) known.set(account.address, account);
    },
    forget: async (_venue, addresses) => {
      for (const address of addresses) {
        known.delete(address);
        for (const positions of held.values()) positions.delete(address);
      }
    },
    put: async (_venue, symbol, changes) => {
      const positions = held.get(symbol) ?? new Map<string, MeasuredPosition>();
      held.set(symbol, positions);
      for (const [address, position] of changes) {
        if (position === undefined) positions.delete(address);
        else positions.set(address, position);
      }
    },
  };
}

const long = (quantity: number, symbol = "BTC"): Holding => ({
  symbol,
  notionalUsd: quantity * 90_000,
  position: { side: "long", quantity, liquidationPrice: 80_000, observedAt: noon },
});

interface Scene {
  readonly positions: Memory;
  readonly asked: string[];
  readonly searched: string[];
  readonly round: (signal?: AbortSignal) => ReturnType<ReturnType<typeof createMeasuring>>;
}

function setScene(
  answers: Readonly<Record<string, readonly Holding[] | undefined>>,
  over: Partial<MeasuringOptions> & { readonly room?: number; readonly searches?: number } = {},
): Scene {
  const positions = memory();
  const asked: string[] = [];
  const searched: string[] = [];
  const accounts: AccountSource = {
    traders: async (symbol) => {
      searched.push(symbol);
      return Object.keys(answers).map((address) => ({ address, notionalUsd: 100 }));
    },
    holdings: async (address) => {
      asked.push(address);
      return answers[address];
    },
    room: () => ({ traders: over.searches ?? 3, accounts: over.room ?? 10 }),
  };
  const clock = handClock(noon);
  const measure = createMeasuring({
    venue: "hyperliquid",
    accounts,
    symbols: ["BTC"],
    positions,
    clock,
    slotMs: minuteMs,
    unthrottled: true,
    ...over,
  });
  return {
    positions,
    asked,
    searched,
    round: async (signal = new AbortController().signal) => {
      const round = await measure(signal);
      clock.advance(minuteMs);
      return round;
    },
  };
}

describe("a round of looking into accounts", () => {
  test("finds who traded, asks them, and keeps what they hold", async () => {
    const { positions, round } = setScene({ a: [long(2)], b: [] });
    expect(await round()).toEqual({ known: 2, asked: 2 });
    expect(positions.held.get("BTC")).toEqual(new Map([["a", long(2).position]]));
    expect(positions.known.get("a")).toMatchObject({ notionalUsd: 180_000, polledAt: noon });
    expect(positions.known.get("b")).toMatchObject({ notionalUsd: 0 });
  });

  test("forgets a position that is closed", async () => {
    const answers: Record<string, readonly Holding[]> = { a: [long(2)] };
    const { positions, round } = setScene(answers);
    await round();
    answers["a"] = [];
    await round();
    expect(positions.held.get("BTC")?.size).toBe(0);
    expect(positions.known.has("a")).toBe(true);
  });

  test("leaves what is known of an account that gave no answer, and asks it again", async () => {
    const answers: Record<string, readonly Holding[] | undefined> = { a: [long(2)] };
    const { positions, asked, round } = setScene(answers);
    await round();
    answers["a"] = undefined;
    await round();
    expect(positions.held.get("BTC")?.size).toBe(1);
    expect(positions.known.get("a")?.polledAt).toBe(noon);
    await round();
    expect(asked).toEqual(["a", "a", "a"]);
  });

  test("asks no more than there is room for, the largest first", async () => {
    const { positions, asked, round } = setScene({}, { room: 2 });
    const known = [1, 3, 2].map((size) => ({
      address: `size ${size}`,
      notionalUsd: size * 10_000,
      seenAt: noon,
      polledAt: noon - minuteMs,
    }));
    await positions.keep("hyperliquid", known);
    await round();
    expect(asked).toEqual(["size 3", "size 2"]);
  });

  test("looks for the traders of three symbols, and of others in the next round", async () => {
    const symbols = ["A", "B", "C", "D"];
    const { searched, round } = setScene({}, { symbols });
    await round();
    await round();
    expect(searched).toEqual(["A", "B", "C", "D", "A", "B"]);
  });

  test("keeps no more accounts than there may be, and nothing of those that went", async () => {
    const { positions, round } = setScene({ big: [long(50)] }, { room: 1 });
    const crowd = Array.from({ length: mostAccounts }, (_, i) => ({
      address: String(i),
      notionalUsd: 1_000 + i,
      seenAt: noon,
      polledAt: noon,
    }));
    await positions.keep("hyperliquid", crowd);
    await positions.put("hyperliquid", "BTC", new Map([["0", long(1).position]]));
    await round();
    expect(positions.known.size).toBe(mostAccounts);
    expect(positions.known.has("0")).toBe(false);
    expect([...(positions.held.get("BTC")?.keys() ?? [])]).toEqual(["big"]);
  });

  test("that is stopped keeps what it has learnt so far", async () => {
    const stop = new AbortController();
    const { positions, asked, round } = setScene({ a: [long(1)], b: [long(1)], c: [long(1)] }, {});
    stop.abort();
    expect(await round(stop.signal)).toEqual({ known: 3, asked: 0 });
    expect(asked).toEqual([]);
    expect(positions.known.size).toBe(3);
  });

  test("searches in every third round only where there is no room for more", async () => {
    const { round, searched } = setScene({}, { symbols: ["A", "B", "C", "D"], searches: 0.334 });
    for (let rounds = 0; rounds < 7; rounds += 1) await round();
    expect(searched).toEqual(["A", "B", "C"]);
  });

  test("asks nobody and searches for nobody without any room", async () => {
    const { round, searched, asked } = setScene({ a: [] }, { searches: 0, room: 0 });
    await round();
    expect([searched, asked]).toEqual([[], []]);
  });

  test("spreads its questions over the slot where a venue is to be spared", async () => {
    const waits: number[] = [];
    const clock = { ...handClock(noon), sleep: async (ms: number) => void waits.push(ms) };
    const { round } = setScene({ a: [], b: [] }, { unthrottled: false, clock, room: 4 });
    await round();
    expect(waits).toEqual([12_000, 12_000]);
  });
});
