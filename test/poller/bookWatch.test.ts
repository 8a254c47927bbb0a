import { describe, expect, test } from "vitest";
import type { BookDepth } from "../../src/model/types.ts";
import { createBookWatch } from "../../src/poller/bookWatch.ts";
import { handClock, minuteMs, noon } from "./world.ts";

function setScene(symbols: readonly string[], perMinute: number, silent: readonly string[] = []) {
  const clock = handClock(noon);
  const asked: string[] = [];
  const kept: string[] = [];
  const depth = (): BookDepth => ({ venue: "bybit", observedAt: clock.now(), bids: [], asks: [] });
  const watch = createBookWatch({
    symbols,
    clock,
    unthrottled: false,
    pollIntervalMs: minuteMs,
    books: {
      perMinute: () => perMinute,
      depth: async (symbol) => {
        asked.push(symbol);
        return silent.includes(symbol) ? undefined : depth();
      },
    },
    depths: {
      put: async (symbol) => {
        kept.push(symbol);
      },
    },
  });
  return { clock, asked, kept, watch: async () => watch(new AbortController().signal) };
}

describe("watching books", () => {
  test("asks for each symbol's once a minute, however often it is called", async () => {
    const { clock, asked, kept, watch } = setScene(["BTC", "ETH"], 10);
    expect(await watch()).toBe(2);
    clock.advance(minuteMs / 2);
    expect(await watch()).toBe(0);
    clock.advance(minuteMs / 2);
    expect(await watch()).toBe(2);
    expect(asked).toEqual(["BTC", "ETH", "BTC", "ETH"]);
    expect(kept).toEqual(asked);
  });

  test("asks for one now and then where not even one a minute has room", async () => {
    const { clock, asked, watch } = setScene(["A", "B"], 0.5);
    for (let minute = 0; minute < 6; minute += 1) {
      await watch();
      clock.advance(minuteMs);
    }
    expect(asked).toEqual(["A", "B", "A"]);
  });

  test("takes turns where they are too many for a minute", async () => {
    const { clock, asked, watch } = setScene(["A", "B", "C"], 2);
    await watch();
    clock.advance(minuteMs);
    await watch();
    expect(asked).toEqual(["A", "B", "C", "A"]);
  });

  test("keeps nothing of a venue that gave no book", async () => {
    const { kept, watch } = setScene(["BTC", "ETH"], 10, ["BTC"]);
    expect(await watch()).toBe(1);
    expect(kept).toEqual(["ETH"]);
  });
});
