import { z } from "zod";
import type { Config } from "../../config/config.ts";
import { ask } from "./ask.ts";
import type { Finding } from "./finding.ts";

const telegramRoot = "https://api.telegram.org";
/** Version 10, as the sender speaks it. */
const discordRoot = "https://discord.com/api";

const bot = z.object({ result: z.object({ username: z.string() }) });
const user = z.object({ username: z.string() });

/** Asks Telegram who the bot is. Nothing it answers or throws is repeated: the token is part of the address. */
export async function checkTelegram({ botToken, apiRoot, chats }: Config["telegram"]): Promise<Finding> {
  if (botToken === undefined) return off("Telegram", "TELEGRAM_BOT_TOKEN", chats.length);
  const root = apiRoot ?? telegramRoot;
  const answer = await ask(`${root}/bot${botToken}/getMe`);
  if ("unreachable" in answer) return unreachable("Telegram", root, answer.unreachable);
  const known = bot.safeParse(answer.body);
  if (answer.status === 200 && known.success)
    return { level: "ok", message: `Telegram knows the bot as @${known.data.result.username}` };
  if (answer.status === 401 || answer.status === 404)
    return refused("Telegram", "Ask @BotFather for /token and set TELEGRAM_BOT_TOKEN.");
  return strange("Telegram", root, answer.status);
}

export async function checkDiscord({ botToken, apiUrl, channels }: Config["discord"]): Promise<Finding> {
  if (botToken === undefined) return off("Discord", "DISCORD_BOT_TOKEN", channels.length);
  const root = apiUrl ?? discordRoot;
  const answer = await ask(`${root}/v10/users/@me`, { authorization: `Bot ${botToken}` });
  if ("unreachable" in answer) return unreachable("Discord", root, answer.unreachable);
  const known = user.safeParse(answer.body);
  if (answer.status === 200 && known.success)
    return { level: "ok", message: `Discord knows the bot as ${known.data.username}` };
  if (answer.status === 401)
    return refused(
      "Discord",
      "Reset the token in the developer portal, under Bot, and set DISCORD_BOT_TOKEN.",
    );
  return strange("Discord", root, answer.status);
}

function off(platform: string, variable: string, destinations: number): Finding {
  if (destinations === 0) return { level: "ok", message: `${platform} is off (${variable} is not set)` };
  return {
    level: "warning",
    message: `${platform} is off, but has destinations: nothing is posted to them`,
    hint: `Set ${variable}.`,
  };
}

function unreachable(platform: string, root: string, code: string): Finding {
  const hint = `Check the network of this machine, and that ${new URL(root).host} may be reached from it.`;
  return { level: "error", message: `${platform} can't be reached (${code})`, hint };
}

const refused = (platform: string, hint: string): Finding => ({
  level: "error",
  message: `${platform} refuses the token`,
  hint,
});

const strange = (platform: string, root: string, status: number): Finding => ({
  level: "error",
  message: `${platform} answered ${status} instead of saying who the bot is`,
  hint: `Check that ${new URL(root).host} is what you meant, and try again later.`,
});
