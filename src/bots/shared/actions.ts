import type { QuietHours, Subscription } from "../../alerts/subscription.ts";
import { languages, type Language } from "../../texts/texts.ts";

interface OfSymbol {
  readonly symbol: string;
}
interface OfOne {
  /** A subscription of the place it is asked in. */
  readonly id: number;
}
interface Lasting {
  readonly durationMs: number;
}
type Bare = unknown;

/** What the bots can be asked to do, and what goes with it. */
interface Asks {
  readonly imbalance: OfSymbol;
  readonly map: OfSymbol;
  readonly heatmap: OfSymbol;
  readonly why: OfSymbol;
  readonly history: { readonly symbol?: string };
  readonly start: Bare;
  readonly help: Bare;
  readonly privacy: Bare;
  readonly status: Bare;
  readonly alerts: Bare;
  readonly settings: Bare;
  /** `/subscribe` without arguments: which symbol? Then: which ratio? */
  readonly "choose-symbol": Bare;
  readonly "choose-ratio": OfSymbol & { readonly id?: number };
  readonly subscribe: OfSymbol & { readonly ratio: number };
  readonly unsubscribe: OfSymbol;
  readonly "unsubscribe-all": Bare;
  readonly edit: OfOne;
  readonly "change-ratio": OfOne & { readonly ratio: number };
  readonly "change-direction": OfOne & { readonly direction: Subscription["direction"] };
  readonly "change-confidence": OfOne & { readonly confidence: Subscription["confidence"] };
  readonly "change-mode": OfOne & { readonly mode: Subscription["mode"] };
  readonly test: OfSymbol;
  readonly delete: OfOne;
  readonly mute: Lasting;
  readonly snooze: Lasting;
  readonly unmute: Bare;
  readonly "choose-mute": Bare;
  readonly quiet: { readonly hours: QuietHours | "off" };
  readonly "choose-quiet": Bare;
  readonly zone: { readonly zone: string };
  readonly "choose-zone": Bare;
  readonly language: { readonly language: Language };
  readonly "choose-language": Bare;
  /** Whether loss and return of the data are told. */
  readonly "feed-notices": { readonly wanted: boolean };
  /** How many alerts a day make a sound; the rest come silently. */
  readonly "loud-per-day": { readonly most: number | "all" };
  readonly "choose-loud-per-day": Bare;
  readonly forget: Bare;
  readonly "forget-now": Bare;
}

export type ActionName = keyof Asks;
export type ActionOf<K extends ActionName> = { readonly [P in K]: { readonly do: P } & Asks[P] }[K];
/** Something typed or pressed. Valid by construction. */
export type Action = ActionOf<ActionName>;

/** Who may: everybody who can write there, or only those who decide about it. */
export function changesSettings(action: Action): boolean {
  return !openToAll.has(action.do);
}

const openToAll = new Set<ActionName>([
  "imbalance",
  "map",
  "heatmap",
  "why",
  "history",
  "start",
  "help",
  "privacy",
  "status",
  "alerts",
]);

/** Actions that are their name only, and the letter that stands for it. */
const bare = {
  start: "s",
  help: "h",
  privacy: "p",
  status: "t",
  alerts: "l",
  settings: "o",
  "choose-symbol": "c",
  unmute: "u",
  "choose-mute": "m",
  "choose-quiet": "q",
  "choose-zone": "z",
  "choose-language": "g",
  "choose-loud-per-day": "b",
  forget: "f",
  "forget-now": "F",
  "unsubscribe-all": "U",
} as const;

const withSymbol = { imbalance: "I", map: "M", heatmap: "H", why: "W", test: "T" } as const;

const directions = { both: "b", up: "u", down: "d" } as const;
const modes = { loud: "l", silent: "s", off: "o" } as const;
const minuteMs = 60_000;

/** An action in as few letters as a button's data has room for; `decodeAction` reads it back. */
export function encodeAction(action: Action): string {
  if (isBare(action)) return bare[action.do];
  switch (action.do) {
    case "imbalance":
    case "map":
    case "heatmap":
    case "why":
    case "test":
      return `${withSymbol[action.do]}:${action.symbol}`;
    case "history":
      return `Y:${action.symbol ?? ""}`;
    case "choose-ratio":
      return `C:${action.symbol}:${action.id ?? ""}`;
    case "subscribe":
      return `S:${action.symbol}:${action.ratio}`;
    case "unsubscribe":
      return `V:${action.symbol}`;
    case "edit":
      return `E:${action.id}`;
    case "change-ratio":
      return `R:${action.id}:${action.ratio}`;
    case "change-direction":
      return `D:${action.id}:${directions[action.direction]}`;
    case "change-confidence":
      return `P:${action.id}:${action.confidence}`;
    case "change-mode":
      return `O:${action.id}:${modes[action.mode]}`;
    case "delete":
      return `X:${action.id}`;
    case "mute":
      return `Q:${action.durationMs / minuteMs}`;
    case "snooze":
      return `Z:${action.durationMs / minuteMs}`;
    case "quiet":
      return action.hours === "off" ? "N:off" : `N:${action.hours.from}:${action.hours.to}`;
    case "zone":
      return `A:${action.zone}`;
    case "language":
      return `L:${action.language}`;
    case "feed-notices":
      return `K:${action.wanted ? 1 : 0}`;
    case "loud-per-day":
      return `B:${action.most}`;
  }
}

function isBare(action: Action): action is ActionOf<keyof typeof bare> {
  return Object.hasOwn(bare, action.do);
}

/** Undefined for what `encodeAction` never made: an older version's data, or somebody's own. */
export function decodeAction(data: string): Action | undefined {
  const [letter = "", first = "", second = ""] = data.split(":");
  const named = keyOf(bare, letter);
  if (named !== undefined) return { do: named };
  const asked = keyOf(withSymbol, letter);
  if (asked !== undefined) return isSymbol(first) ? { do: asked, symbol: first } : undefined;
  return decodeSubscribing(letter, first, second) ?? decodeSetting(letter, first, second);
}

function decodeSubscribing(letter: string, first: string, second: string): Action | undefined {
  const id = countIn(first);
  const ratio = Number(second);
  if (letter === "E" && id !== undefined) return { do: "edit", id };
  if (letter === "X" && id !== undefined) return { do: "delete", id };
  if (letter === "R" && id !== undefined && ratio > 1) return { do: "change-ratio", id, ratio };
  if (letter === "Y" && first === "") return { do: "history" };
  if (!isSymbol(first)) return undefined;
  if (letter === "Y") return { do: "history", symbol: first };
  if (letter === "V") return { do: "unsubscribe", symbol: first };
  if (letter === "S" && ratio > 1) return { do: "subscribe", symbol: first, ratio };
  const edited = countIn(second);
  if (letter !== "C") return undefined;
  return { do: "choose-ratio", symbol: first, ...(edited !== undefined && { id: edited }) };
}

function decodeSetting(letter: string, first: string, second: string): Action | undefined {
  const id = countIn(first);
  const direction = keyOf(directions, second);
  const mode = keyOf(modes, second);
  const confidence = ([50, 80, 90] as const).find((percent) => String(percent) === second);
  const language = languages.find((code) => code === first);
  if (letter === "D" && id !== undefined && direction) return { do: "change-direction", id, direction };
  if (letter === "O" && id !== undefined && mode) return { do: "change-mode", id, mode };
  if (letter === "P" && id !== undefined && confidence) return { do: "change-confidence", id, confidence };
  if (letter === "L" && language) return { do: "language", language };
  if (letter === "K" && (first === "0" || first === "1"))
    return { do: "feed-notices", wanted: first === "1" };
  if (letter === "B" && first === "all") return { do: "loud-per-day", most: "all" };
  if (letter === "B" && id !== undefined) return { do: "loud-per-day", most: id };
  if (letter === "A" && first !== "") return { do: "zone", zone: first };
  if (letter === "N" && first === "off") return { do: "quiet", hours: "off" };
  const to = countIn(second);
  if (letter === "N" && id !== undefined && to !== undefined) return { do: "quiet", hours: { from: id, to } };
  if (id === undefined || (letter !== "Q" && letter !== "Z")) return undefined;
  return { do: letter === "Q" ? "mute" : "snooze", durationMs: id * minuteMs };
}

function isSymbol(text: string): boolean {
  return /^[A-Z0-9]{1,20}$/u.test(text);
}

function countIn(text: string): number | undefined {
  return /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
}

function keyOf<K extends string>(letters: Readonly<Record<K, string>>, letter: string): K | undefined {
  for (const key in letters) if (letters[key] === letter) return key;
  return undefined;
}
