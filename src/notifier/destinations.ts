import { platformOf } from "../alerts/platform.ts";
import type { Config } from "../config/config.ts";

/** Does it begin like one? Whether the chat exists, only its platform knows. */
export function isDestination(text: string): boolean {
  return /^(?:console$|(?:telegram|discord):.|webhook:https?:\/\/.)/.test(text);
}

/** The operator's own destinations; the console when there is nobody else to tell. */
export function destinationsOf({
  telegram,
  discord,
  webhooks,
}: Pick<Config, "telegram" | "discord" | "webhooks">): string[] {
  const posted = [
    ...(telegram.botToken === undefined ? [] : telegram.chats.map((chat) => `telegram:${chat}`)),
    ...(discord.botToken === undefined ? [] : discord.channels.map((channel) => `discord:${channel}`)),
    ...(webhooks.secret === undefined ? [] : webhooks.urls.map((url) => `webhook:${url}`)),
  ];
  return posted.length > 0 ? posted : ["console"];
}

/** Where alerts may have to go: to the operator's destinations, and to whoever subscribes through a bot. */
export function platformsOf(config: Pick<Config, "telegram" | "discord" | "webhooks">): string[] {
  const { telegram, discord } = config;
  const bots = [
    ...(telegram.botToken === undefined ? [] : ["telegram"]),
    ...(discord.botToken === undefined ? [] : ["discord"]),
  ];
  return [...new Set([...destinationsOf(config).map(platformOf), ...bots])];
}

type Configured = Pick<Config, "telegram" | "discord" | "webhooks">;

/** How a log names a destination without its id: "entry 2 of TELEGRAM_CHATS"; others by their platform only. */
export function nameDestination(destination: string, config: Configured): string {
  return entryOf(destination, config) ?? platformOf(destination);
}

/** Where the operator wrote it: "entry 2 of TELEGRAM_CHATS"; undefined for what somebody set up through a bot. */
export function entryOf(
  destination: string,
  { telegram, discord, webhooks }: Configured,
): string | undefined {
  const id = destination.slice(destination.indexOf(":") + 1);
  const lists = [
    ["telegram", "TELEGRAM_CHATS", telegram.chats],
    ["discord", "DISCORD_CHANNELS", discord.channels],
    ["webhook", "WEBHOOK_URLS", webhooks.urls],
  ] as const;
  for (const [platform, variable, entries] of lists) {
    const at = entries.indexOf(id);
    if (platformOf(destination) === platform && at >= 0) return `entry ${at + 1} of ${variable}`;
  }
  return undefined;
}
