import { alertButtons } from "../bots/shared/alertButtons.ts";
import type { AlertContent } from "../alerts/content.ts";
import type { FileIds, SendRequest } from "../notifier/contracts.ts";
import { platformOf } from "../alerts/platform.ts";
import { createBotMemory } from "../store/botMemory.ts";
import type { RedisClient } from "../store/redis/script.ts";
import { readSigningKey } from "../store/signingKey.ts";
import type { Log } from "../ops/log.ts";
import type { Language } from "../texts/texts.ts";
import { createAlertPicture } from "./alertPicture.ts";
import type { Parts } from "./parts.ts";

/** What goes with an alert's words. Never rejects: an alert must not wait for its picture to be mended. */
export type Dress = (
  content: AlertContent,
  destination: string,
  language: Language,
) => Promise<Pick<SendRequest, "picture" | "buttons">>;

/** Picture and buttons, for the platforms that show them. */
export async function openDressing({ redis, clock, pictures, log }: Parts): Promise<Dress> {
  const key = await readSigningKey(redis.commands);
  const draw = createAlertPicture(pictures, log);
  const pictureOf = async (symbol: string, language: Language): Promise<Pick<SendRequest, "picture">> => {
    const picture = await draw(symbol, language);
    return picture === undefined ? {} : { picture };
  };
  return async (content, destination, language) => {
    const platform = platformOf(destination);
    try {
      if (platform === "console" && content.kind === "firing")
        return await pictureOf(content.symbol, language);
      if (!["telegram", "discord"].includes(platform)) return {};
      const sealed = { key, place: destination, now: clock.now() };
      const buttons = alertButtons(content, language, sealed);
      if (content.kind === "resolved") return { buttons };
      return { buttons, ...(await pictureOf(content.symbol, language)) };
    } catch (error) {
      log.warn({ error }, "an alert goes without picture and buttons");
      return {};
    }
  };
}

/** As long as Telegram surely keeps a file, and far longer than a picture is the newest. */
const fileIdTtlMs = 24 * 3_600_000;

/** Telegram's ids of pictures, shared by all processes of a bot. */
export function openFileIds(redis: RedisClient, botToken: string | undefined, log: Log): FileIds {
  const memory = createBotMemory(redis);
  const [botId = ""] = (botToken ?? "").split(":");
  const nameOf = (key: string): string => `file-${botId}-${key}`;
  const orNothing = async <T>(asked: Promise<T>): Promise<T | undefined> =>
    asked.catch((error: unknown) => {
      log.debug({ error }, "ids of pictures can't be kept or read: they are uploaded anew");
      return undefined;
    });
  return {
    get: async (key) => orNothing(memory.recall(nameOf(key))),
    put: async (key, fileId) => orNothing(memory.remember(nameOf(key), fileId, fileIdTtlMs)),
    drop: async (key) => orNothing(memory.drop(nameOf(key))),
  };
}
