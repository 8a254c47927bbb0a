import type { TextId } from "../../texts/en.ts";

export type CommandName =
  | "imbalance"
  | "map"
  | "subscribe"
  | "unsubscribe"
  | "alerts"
  | "mute"
  | "unmute"
  | "quiet"
  | "zone"
  | "history"
  | "status"
  | "language"
  | "privacy"
  | "forget"
  | "help";

export interface ArgumentSpec {
  readonly name: "symbol" | "ratio" | "duration" | "hours" | "zone" | "language";
  readonly description: TextId;
}

export interface CommandSpec {
  readonly name: CommandName;
  readonly description: TextId;
  /** All can be left out: the answer then asks, or means everything. */
  readonly arguments: readonly ArgumentSpec[];
  /** It changes settings: in groups and channels for those who decide about them. */
  readonly changes: boolean;
}

const symbol: ArgumentSpec = { name: "symbol", description: "bot-argument-symbol" };

/** The same words on every platform, in the order of their menus. */
export const commands: readonly CommandSpec[] = [
  { name: "imbalance", description: "bot-command-imbalance", arguments: [symbol], changes: false },
  { name: "map", description: "bot-command-map", arguments: [symbol], changes: false },
  {
    name: "subscribe",
    description: "bot-command-subscribe",
    arguments: [symbol, { name: "ratio", description: "bot-argument-ratio" }],
    changes: true,
  },
  { name: "unsubscribe", description: "bot-command-unsubscribe", arguments: [symbol], changes: true },
  { name: "alerts", description: "bot-command-alerts", arguments: [], changes: false },
  {
    name: "mute",
    description: "bot-command-mute",
    arguments: [{ name: "duration", description: "bot-argument-duration" }],
    changes: true,
  },
  { name: "unmute", description: "bot-command-unmute", arguments: [], changes: true },
  {
    name: "quiet",
    description: "bot-command-quiet",
    arguments: [{ name: "hours", description: "bot-argument-hours" }],
    changes: true,
  },
  {
    name: "zone",
    description: "bot-command-zone",
    arguments: [{ name: "zone", description: "bot-argument-zone" }],
    changes: true,
  },
  { name: "history", description: "bot-command-history", arguments: [symbol], changes: false },
  { name: "status", description: "bot-command-status", arguments: [], changes: false },
  {
    name: "language",
    description: "bot-command-language",
    arguments: [{ name: "language", description: "bot-argument-language" }],
    changes: true,
  },
  { name: "privacy", description: "bot-command-privacy", arguments: [], changes: false },
  { name: "forget", description: "bot-command-forget", arguments: [], changes: true },
  { name: "help", description: "bot-command-help", arguments: [], changes: false },
];
