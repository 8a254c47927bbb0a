import {
  ApplicationCommandOptionType,
  ApplicationIntegrationType,
  InteractionContextType,
  Locale,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandOptionChoice,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import type { TextId } from "../../texts/en.ts";
import { languages, textsIn } from "../../texts/texts.ts";
import { leastRatio, mostRatio } from "../shared/ratios.ts";
import { commands, type ArgumentSpec, type CommandName, type CommandSpec } from "../shared/vocabulary.ts";
import { cut, descriptionLimit } from "./limits.ts";
import { manageGuild, postable } from "./permissions.ts";

/** Discord's names of our languages; English is what stands where there is no localisation. */
const localesOf: ReadonlyMap<string, readonly Locale[]> = new Map([
  ["es", [Locale.SpanishES, Locale.SpanishLATAM]],
]);

/** Everywhere, whoever installed the bot: they only show. */
const everywhere = new Set<CommandName>(["imbalance", "map", "help", "privacy", "status"]);

/** They speak of one channel's settings: of the one they are typed in, unless another is named. */
const aboutChannels = new Set<CommandName>([
  "subscribe",
  "unsubscribe",
  "alerts",
  "mute",
  "unmute",
  "quiet",
  "zone",
  "history",
  "language",
  "forget",
]);

/** The vocabulary as slash commands: what is sent to Discord, in one list. */
export function slashCommands(): readonly RESTPostAPIChatInputApplicationCommandsJSONBody[] {
  return commands.map((spec) => {
    const { name, changes } = spec;
    const { BotDM, Guild, PrivateChannel } = InteractionContextType;
    const { GuildInstall, UserInstall } = ApplicationIntegrationType;
    const isEverywhere = everywhere.has(name);
    return {
      name,
      ...described(spec.description),
      options: optionsOf(spec),
      default_member_permissions: changes ? manageGuild.toString() : null,
      contexts: isEverywhere ? [Guild, BotDM, PrivateChannel] : [Guild, BotDM],
      integration_types: isEverywhere ? [GuildInstall, UserInstall] : [GuildInstall],
    };
  });
}

function optionsOf({ name, arguments: specs }: CommandSpec): APIApplicationCommandBasicOption[] {
  return [
    ...specs.map((spec) => argumentOption(spec)),
    ...(aboutChannels.has(name) ? [channelOption()] : []),
    ...(name === "subscribe" ? subscribeOptions() : []),
  ];
}

function argumentOption({ name, description }: ArgumentSpec): APIApplicationCommandBasicOption {
  const base = { name, ...described(description) };
  switch (name) {
    case "ratio":
      return {
        ...base,
        type: ApplicationCommandOptionType.Number,
        min_value: leastRatio,
        max_value: mostRatio,
      };
    case "language":
      return { ...base, type: ApplicationCommandOptionType.String, choices: languages.map(languageChoice) };
    case "symbol":
    case "duration":
    case "zone":
      return { ...base, type: ApplicationCommandOptionType.String, autocomplete: true };
    case "hours":
      return { ...base, type: ApplicationCommandOptionType.String };
  }
}

/** A language in its own words, which everybody finds. */
function languageChoice(language: string): APIApplicationCommandOptionChoice<string> {
  return {
    name: new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language,
    value: language,
  };
}

function channelOption(): APIApplicationCommandBasicOption {
  return {
    name: "channel",
    ...described("discord-option-channel"),
    type: ApplicationCommandOptionType.Channel,
    channel_types: [...postable],
  };
}

function choice(value: string, name: TextId): APIApplicationCommandOptionChoice<string> {
  return { value, ...named(name) };
}

function subscribeOptions(): APIApplicationCommandBasicOption[] {
  return [
    {
      name: "style",
      ...described("discord-option-style"),
      type: ApplicationCommandOptionType.String,
      choices: [choice("components", "discord-choice-components"), choice("embed", "discord-choice-embed")],
    },
    {
      name: "publish",
      ...described("discord-option-publish"),
      type: ApplicationCommandOptionType.Boolean,
    },
  ];
}

interface Described {
  readonly description: string;
  readonly description_localizations?: Partial<Record<Locale, string>>;
}

function described(id: TextId): Described {
  const localised = inOtherLanguages((language) => cut(textsIn(language).say(id), descriptionLimit));
  return {
    description: cut(textsIn("en").say(id), descriptionLimit),
    ...(localised !== undefined && { description_localizations: localised }),
  };
}

interface Named {
  readonly name: string;
  readonly name_localizations?: Partial<Record<Locale, string>>;
}

function named(id: TextId): Named {
  const localised = inOtherLanguages((language) => textsIn(language).say(id));
  return { name: textsIn("en").say(id), ...(localised !== undefined && { name_localizations: localised }) };
}

/** Undefined while there is only English. */
function inOtherLanguages(
  say: (language: (typeof languages)[number]) => string,
): Partial<Record<Locale, string>> | undefined {
  const localised = languages.flatMap((language) =>
    (localesOf.get(language) ?? []).map((locale) => [locale, say(language)] as const),
  );
  return localised.length === 0 ? undefined : Object.fromEntries(localised);
}
