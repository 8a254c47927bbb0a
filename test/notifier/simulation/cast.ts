import type { Place } from "../../../src/alerts/edits.ts";
import type { DestinationKind } from "../../../src/alerts/subscription.ts";
import { noticesPlace } from "../../../src/store/contracts/outbox.ts";

export const symbols: readonly string[] = ["BTC", "ETH"];
export const places: readonly string[] = [...symbols, noticesPlace];

// numbers that occur in nothing else: what is forgotten is looked for everywhere
const kinds = new Map<string, DestinationKind>([
  ["telegram:7770011", "direct"],
  ["telegram:7770012", "direct"],
  ["telegram:7770021", "direct"],
  ["telegram:7770022", "direct"],
  ["telegram:7770023", "direct"],
  ["telegram:7770024", "direct"],
  ...[1, 2, 3, 4, 5, 6, 7].map((nth) => [`telegram:777003${nth}`, "direct"] as const),
  ["telegram:-7770013", "group"],
  ["telegram:-7770014/71", "group"],
  ["telegram:-7770014/72", "group"],
  ["discord:777001500000000000", "channel"],
  ["discord:777001600000000000", "channel"],
  ["webhook:https://77700170.example/a", "webhook"],
  ["console:77700180", "console"],
]);
export const destinations: readonly string[] = [...kinds.keys()];

/** The group that is moved, and the topic that is closed with its chat left. */
export const movingGroup = { from: "telegram:-7770013", to: "telegram:-77790013" };
export const closingTopic = { from: "telegram:-7770014/71", to: "telegram:-7770014" };

const owner = "telegram:7770012";

export function placeOf(destination: string): Place {
  const kind = kinds.get(destination) ?? "group";
  return { destination, kind, ...(destination !== owner && { owner }) };
}
