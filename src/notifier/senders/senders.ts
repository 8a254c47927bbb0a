import type { Config } from "../../config/config.ts";
import type { Clock } from "../../ops/clock.ts";
import type { FileIds, Sender, TokenCheck } from "../contracts.ts";

export interface SenderOptions {
  readonly config: Pick<Config, "telegram" | "discord" | "webhooks">;
  readonly clock: Clock;
  /** Where the console's messages go, and whether it is a terminal. */
  readonly print: (text: string) => void;
  readonly terminal: boolean;
  /** Where alerts on the console leave their pictures; without it they leave none. */
  readonly pictureFolder?: string;
  /** Telegram's ids of pictures; without them every picture is uploaded anew. */
  readonly fileIds?: FileIds;
  /** A forum topic on Telegram is closed, or gone for good. */
  readonly onTopicGone?: (destination: string, isForGood: boolean) => void;
}

/** A send that takes longer counts as unknown; the sweep takes claims over a little later. */
const timeoutMs = 10_000;
/** A start waits this long for a platform to say whether its token is right. */
const verifyMs = 4_000;

/** The sender of a platform; its library is loaded only now. Throws, naming the variable, when it has no token. */
export async function openSender(platform: string, options: SenderOptions): Promise<Sender> {
  switch (platform) {
    case "console": {
      const { createConsoleSender } = await import("./console.ts");
      const { pictureFolder, terminal } = options;
      if (pictureFolder === undefined) return createConsoleSender(options.print, { bold: terminal });
      const { createPictureFiles } = await import("./pictureFiles.ts");
      return createConsoleSender(options.print, {
        bold: terminal,
        savePicture: createPictureFiles(pictureFolder),
      });
    }
    case "telegram": {
      const { createTelegramSender } = await import("./telegram.ts");
      const { fileIds, onTopicGone } = options;
      return createTelegramSender({
        ...telegramOptions(options, timeoutMs),
        ...(fileIds !== undefined && { fileIds }),
        onTopicGone,
      });
    }
    case "discord": {
      const { createDiscordSender } = await import("./discord.ts");
      return createDiscordSender(discordOptions(options, timeoutMs));
    }
    case "webhook": {
      const { createWebhookSender } = await import("./webhook.ts");
      return createWebhookSender(webhookOptions(options));
    }
    default:
      throw new Error(
        `there is no platform "${platform}": console, telegram:CHAT[/TOPIC], discord:CHANNEL or webhook:URL`,
      );
  }
}

/** Asks the platform whose the token is. */
export async function verifyToken(platform: string, options: SenderOptions): Promise<TokenCheck> {
  if (platform === "telegram") {
    const { verifyTelegramToken } = await import("./telegram.ts");
    return verifyTelegramToken(telegramOptions(options, verifyMs));
  }
  if (platform === "discord") {
    const { verifyDiscordToken } = await import("./discord.ts");
    return verifyDiscordToken(discordOptions(options, verifyMs));
  }
  return { kind: "ok", name: platform };
}

function telegramOptions({ config, clock }: SenderOptions, limitMs: number) {
  const { botToken, apiRoot, paidRate } = config.telegram;
  if (botToken === undefined) throw new Error("TELEGRAM_BOT_TOKEN is not set: @BotFather gives one");
  return { token: botToken, timeoutMs: limitMs, clock, paidRate, ...(apiRoot !== undefined && { apiRoot }) };
}

function discordOptions({ config, clock }: SenderOptions, limitMs: number) {
  const { botToken, apiUrl } = config.discord;
  if (botToken === undefined)
    throw new Error("DISCORD_BOT_TOKEN is not set: Discord's developer portal gives one");
  return { token: botToken, timeoutMs: limitMs, clock, ...(apiUrl !== undefined && { apiUrl }) };
}

function webhookOptions({ config, clock }: SenderOptions) {
  const { secret, allowPrivate } = config.webhooks;
  if (secret === undefined) throw new Error("WEBHOOK_SECRET is not set: it signs what is posted");
  return { secret, allowPrivate, timeoutMs, clock };
}
