import { languages, type Language } from "../../texts/texts.ts";
import type { Action } from "./actions.ts";
import { closest } from "./closest.ts";
import { parseDuration } from "./durations.ts";
import { parseQuietHours } from "./quietHours.ts";
import { looksLikeRatio, parseRatio } from "./ratios.ts";
import { accept, quoted, refuse, type Parsed } from "./refusal.ts";
import { parseSymbol, symbolMeant } from "./symbols.ts";
import { commands, type CommandName } from "./vocabulary.ts";
import { parseZone } from "./zones.ts";

/** What a typed line is read against. */
export interface Reader {
  readonly watched: readonly string[];
  /** What examples and commands without a symbol are about: the chat's own, or the first that is watched. */
  readonly ownSymbol: string;
}

/** What is typed after a command, or given as its options. */
export function readCommand(name: CommandName, line: string, reader: Reader): Parsed<Action> {
  const words = line
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== "");
  const [first = ""] = words;
  switch (name) {
    case "imbalance":
    case "map":
      return readAsked(name, first, reader);
    case "history":
      if (first === "") return accept({ do: "history" });
      return mapped(parseSymbol(first, reader.watched, name), (symbol) => ({ do: "history", symbol }));
    case "subscribe":
      return readSubscribe(words, reader);
    case "unsubscribe":
      return readUnsubscribe(words, reader);
    case "mute":
      if (line.trim() === "") return accept({ do: "choose-mute" });
      return mapped(parseDuration(line, "/mute 2h"), (durationMs) => ({ do: "mute", durationMs }));
    case "quiet":
      if (line.trim() === "") return accept({ do: "choose-quiet" });
      return mapped(parseQuietHours(line, "/quiet 22:00-07:00"), (hours) => ({ do: "quiet", hours }));
    case "zone":
      if (line.trim() === "") return accept({ do: "choose-zone" });
      return mapped(parseZone(line, "/zone Berlin"), (zone) => ({ do: "zone", zone }));
    case "language":
      return readLanguage(first);
    case "alerts":
    case "unmute":
    case "status":
    case "privacy":
    case "forget":
    case "help":
      return accept({ do: name });
  }
}

function readAsked(name: "imbalance" | "map", first: string, reader: Reader): Parsed<Action> {
  if (first === "") return accept({ do: name, symbol: reader.ownSymbol });
  return mapped(parseSymbol(first, reader.watched, name), (symbol) => ({ do: name, symbol }));
}

/** Symbol and ratio in either order; what is missing is asked for. */
function readSubscribe(words: readonly string[], { watched, ownSymbol }: Reader): Parsed<Action> {
  const [first = "", second = "", ...rest] = words;
  if (first === "") return accept({ do: "choose-symbol" });
  const isSwapped = looksLikeRatio(first) && symbolMeant(first, watched) === undefined;
  const [symbolWord, ratioWord] = isSwapped ? [second === "" ? ownSymbol : second, first] : [first, second];
  const symbol = parseSymbol(symbolWord, watched, "subscribe");
  if (!symbol.ok) return symbol;
  if (ratioWord === "") return accept({ do: "choose-ratio", symbol: symbol.value });
  const example = `/subscribe ${symbol.value} 2.5`;
  const ratio = parseRatio(ratioWord, example);
  if (ratio.ok && rest.length > 0) {
    return refuse("bot-subscribe-more", { typed: quoted(rest.join(" ")) }, example);
  }
  return mapped(ratio, (value) => ({ do: "subscribe", symbol: symbol.value, ratio: value }));
}

const allWords = new Set(["all", "everything", "*", "todo", "todos", "todas"]);

/** A word more, such as a ratio, means less than all of them: the list shows each with a button that ends it. */
function readUnsubscribe([first = "", ...rest]: readonly string[], { watched }: Reader): Parsed<Action> {
  if (first === "") return accept({ do: "alerts" });
  if (allWords.has(first.toLowerCase()))
    return accept({ do: rest.length === 0 ? "unsubscribe-all" : "alerts" });
  return mapped(parseSymbol(first, watched, "unsubscribe"), (symbol) =>
    rest.length === 0 ? { do: "unsubscribe", symbol } : { do: "alerts" },
  );
}

function readLanguage(first: string): Parsed<Action> {
  if (first === "") return accept({ do: "choose-language" });
  const language = languageMeant(first);
  if (language !== undefined) return accept({ do: "language", language });
  const args = { typed: quoted(first), languages: languages.join(", ") };
  return refuse("bot-language-unknown", args, "/language en");
}

const languageNames: Readonly<Record<string, string>> = {
  english: "en",
  inglés: "en",
  ingles: "en",
  spanish: "es",
  español: "es",
  espanol: "es",
};

/** "es", "es-MX", "Español" → a language there are texts in. */
export function languageMeant(text: string): Language | undefined {
  const word = text.trim().toLowerCase();
  const code = languageNames[word] ?? word.split(/[-_]/u)[0];
  return languages.find((language) => language === code);
}

/** The command that was probably meant, if any. */
export function commandMeant(typed: string): CommandName | undefined {
  const names = commands.map(({ name }) => name);
  const near = closest(typed.replace(/^\//u, ""), names);
  return names.find((name) => name === near);
}

export function isCommand(typed: string): typed is CommandName {
  return commands.some(({ name }) => name === typed);
}

function mapped<T>(parsed: Parsed<T>, make: (value: T) => Action): Parsed<Action> {
  return parsed.ok ? accept(make(parsed.value)) : parsed;
}
