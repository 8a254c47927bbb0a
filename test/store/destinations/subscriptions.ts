import type { DestinationRecord, Subscription } from "../../../src/alerts/subscription.ts";

export function aSubscription(over: Partial<Subscription> = {}): Subscription {
  return {
    id: 1,
    symbol: "BTC",
    ratio: 2,
    direction: "both",
    notionalUsd: "auto",
    confidence: 50,
    mode: "loud",
    ...over,
  };
}

export function aRecord(over: Partial<DestinationRecord> = {}): DestinationRecord {
  return {
    version: 1,
    destination: "telegram:1",
    settings: { kind: "direct" },
    subscriptions: [aSubscription()],
    nextId: 2,
    ...over,
  };
}
