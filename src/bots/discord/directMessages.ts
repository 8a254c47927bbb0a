import { DiscordAPIError, REST } from "@discordjs/rest";
import { Routes } from "discord-api-types/v10";
import { z } from "zod";

/** Writes to one person. "closed" where they take no messages from the bot: it is asked nothing more. */
export type TellUser = (user: string, text: string) => Promise<"told" | "closed">;

export interface DirectMessageOptions {
  readonly token: string;
  /** A REST proxy, without version. */
  readonly apiUrl?: string | undefined;
}

const opened = z.object({ id: z.string() });

export function createTellUser({ token, apiUrl }: DirectMessageOptions): TellUser {
  const api = apiUrl?.replace(/\/+$/, "");
  const rest = new REST({ version: "10", ...(api !== undefined && { api }) }).setToken(token);
  return async (user, content) => {
    try {
      const channel = await rest.post(Routes.userChannels(), { body: { recipient_id: user } });
      const body = { content, allowed_mentions: { parse: [] } };
      await rest.post(Routes.channelMessages(opened.parse(channel).id), { body });
      return "told";
    } catch (error) {
      // no server in common any more, messages refused, an account that is gone
      if (error instanceof DiscordAPIError && error.status >= 400 && error.status < 500) return "closed";
      throw error;
    }
  };
}
