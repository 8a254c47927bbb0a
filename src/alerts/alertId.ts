import type { RuleKey } from "./rules.ts";

/**
 * What an alert tells of its episode: that it began, that it became 1.5 and 2 times as strong as asked for, that it
 * grew in between, that it ended.
 */
export type Edge = "fire" | "escalate-1" | "escalate-2" | "update" | "resolve";

const suffixes: readonly (readonly [Edge, string])[] = [
  ["escalate-1", "-x1.5"],
  ["escalate-2", "-x2"],
  ["resolve", "-resolved"],
];
const updateSuffix = /-u\d+$/;

/** The id of an episode, which is that of its first alert. `startedAt` and `episode` make it the only one ever. */
export function episodeIdOf(symbol: string, rule: RuleKey, startedAt: number, episode: number): string {
  return `${symbol}-${rule}-${startedAt.toString(36)}-${episode}`.replace(/[^A-Za-z0-9_.-]/g, "_");
}

/** Safe as a part of a key: `^[A-Za-z0-9_.-]+$`. */
export function alertIdOf(episodeId: string, edge: Exclude<Edge, "update">): string {
  return `${episodeId}${suffixes.find(([known]) => known === edge)?.[1] ?? ""}`;
}

/** Of the nth update of an episode's messages. */
export function updateIdOf(episodeId: string, nth: number): string {
  return `${episodeId}-u${nth}`;
}

export function edgeOf(alertId: string): Edge {
  if (updateSuffix.test(alertId)) return "update";
  return suffixes.find(([, suffix]) => alertId.endsWith(suffix))?.[0] ?? "fire";
}
