import type { APIApplicationCommandOptionChoice } from "discord-api-types/v10";
import type { Texts } from "../../texts/texts.ts";
import { symbolMeant } from "../shared/symbols.ts";
import { cut, suggestionLimit, suggestionTextLimit } from "./limits.ts";
import type { Typing } from "./interaction.ts";

type Suggestion = APIApplicationCommandOptionChoice<string>;

const durations = ["30m", "1h", "4h", "8h", "1d", "3d", "7d"];
const zones: readonly string[] = ["UTC", ...Intl.supportedValuesOf("timeZone")];

/** What is offered while somebody types; nothing of it needs Redis. Free text is taken as well, and checked then. */
export function suggestionsFor(
  { name, option, typed }: Typing,
  symbols: readonly string[],
  texts: Texts,
): readonly Suggestion[] {
  switch (option) {
    case "symbol":
      return limited([
        ...(name === "unsubscribe" ? matching(["all"], typed, () => texts.say("discord-suggest-all")) : []),
        ...symbolSuggestions(symbols, typed),
      ]);
    case "duration":
      return limited(matching(durations, typed));
    case "zone":
      return limited(matching(zones, typed, (zone) => zone.replaceAll("_", " ")));
    default:
      return [];
  }
}

/** What is meant stands first: "bitcoin" offers BTC. */
function symbolSuggestions(symbols: readonly string[], typed: string): readonly Suggestion[] {
  const meant = symbolMeant(typed, symbols);
  const rest = matching(symbols, typed).filter(({ value }) => value !== meant);
  return meant === undefined ? rest : [{ name: meant, value: meant }, ...rest];
}

/** Those that begin like it before those that only contain it. */
function matching(
  values: readonly string[],
  typed: string,
  nameOf: (value: string) => string = (value) => value,
): readonly Suggestion[] {
  const wanted = typed.trim().toLowerCase();
  const found = values
    .map((value) => ({ value, name: nameOf(value), at: placeOf(`${nameOf(value)} ${value}`, wanted) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => Number(a.at > 0) - Number(b.at > 0));
  return found.map(({ value, name }) => ({ value, name: cut(name, suggestionTextLimit) }));
}

function placeOf(text: string, wanted: string): number {
  return text.toLowerCase().indexOf(wanted);
}

function limited(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  return suggestions.slice(0, suggestionLimit);
}
