import { describe, expect, it } from "vitest";
import { type Place, subscribe } from "../../src/alerts/edits.ts";
import { followConfig, kindOf } from "../../src/alerts/operator.ts";
import type { DestinationRecord } from "../../src/alerts/subscription.ts";

const place: Place = { destination: "console", kind: "console" };
const both = { symbols: ["BTC", "ETH"], ratio: 2.02 };

function after(
  record: DestinationRecord | undefined,
  configured: typeof both | undefined,
): DestinationRecord {
  const change = followConfig(place, configured)(record);
  if (change.kind === "refuse") throw new Error(change.reason);
  return change.record;
}

describe("what the configuration asks for", () => {
  const first = after(undefined, both);

  it("is every symbol in both directions, at a threshold that is watched", () => {
    expect(first).toMatchObject({
      settings: { kind: "console" },
      subscriptions: [
        {
          id: 1,
          symbol: "BTC",
          ratio: 2,
          direction: "both",
          notionalUsd: "auto",
          mode: "loud",
          fromConfig: true,
        },
        { id: 2, symbol: "ETH", ratio: 2, fromConfig: true },
      ],
      nextId: 3,
    });
  });

  it("asked again changes nothing", () => {
    expect(after(first, both)).toEqual(first);
  });

  it("with another threshold and other symbols keeps ids and what was turned off", () => {
    const [btc, eth] = first.subscriptions;
    if (btc === undefined || eth === undefined) throw new Error("not there");
    const silenced = { ...first, subscriptions: [btc, { ...eth, mode: "off" as const }] };
    const next = after(silenced, { symbols: ["ETH", "SOL"], ratio: 3 });
    expect(next.subscriptions).toMatchObject([
      { id: 2, symbol: "ETH", ratio: 3, mode: "off" },
      { id: 3, symbol: "SOL", ratio: 3, mode: "loud" },
    ]);
    expect(next.nextId).toBe(4);
  });

  it("is taken back whole, and what people asked for themselves stays", () => {
    const limits = { symbols: ["BTC"], notionalsInUse: new Set<number>() };
    const own = subscribe(place, { symbol: "BTC", ratio: 2.5 }, limits)(first);
    if (own.kind === "refuse") throw new Error(own.reason);
    expect(after(own.record, undefined).subscriptions).toMatchObject([{ id: 3, ratio: 2.5 }]);
  });

  it("does not double what somebody asked for before", () => {
    const limits = { symbols: ["BTC"], notionalsInUse: new Set<number>() };
    const own = subscribe(place, { symbol: "BTC", ratio: 2 }, limits)(undefined);
    if (own.kind === "refuse") throw new Error(own.reason);
    expect(after(own.record, both).subscriptions).toMatchObject([{ symbol: "BTC" }, { symbol: "ETH" }]);
  });
});

it.each([
  ["console", "console"],
  ["webhook:https://example.org/a:b", "webhook"],
  ["discord:42", "channel"],
  ["telegram:@lopside", "channel"],
  ["telegram:-1001234567890/17", "group"],
  ["telegram:7", "direct"],
])("%s is a %s", (destination, kind) => {
  expect(kindOf(destination)).toBe(kind);
});
