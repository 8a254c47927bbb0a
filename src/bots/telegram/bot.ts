import { autoRetry } from "@grammyjs/auto-retry";
import { limit } from "@grammyjs/ratelimiter";
import { sequentialize } from "@grammyjs/runner";
import { Bot, HttpError, type Context } from "grammy";
import type { UserFromGetMe } from "grammy/types";
import { textsIn, type Texts } from "../../texts/texts.ts";
import type { Log } from "../../ops/log.ts";
import type { BotMemory } from "../../store/contracts/memory.ts";
import type { BotPorts } from "../contracts.ts";
import { languageMeant } from "../shared/commandLine.ts";
import { createConversation } from "../shared/conversation.ts";
import type { Button } from "../shared/reply.ts";
import { addCallbacks } from "./callbacks.ts";
import { addCommands } from "./commands.ts";
import { explainRefusal, isHarmless, refusalOf, safeError } from "./failures.ts";
import { heardOf } from "./heard.ts";
import { addInline } from "./inline.ts";
import { linksOf, type Links } from "./links.ts";
import { addMembership, setUpName, setUpPauseMs } from "./membership.ts";
import { channelRequestId } from "./requests.ts";
import { type AnswerPacing, BusyError, paceAnswers } from "./pacing.ts";
import { setUp } from "./start.ts";
import type { TelegramTools } from "./tools.ts";

export interface TelegramBotOptions {
  readonly token: string;
  readonly apiRoot: string | undefined;
  readonly ports: BotPorts;
  readonly memory: BotMemory;
  readonly log: Log;
  /** How often it may answer; as often as it is asked where nothing is said. */
  readonly pacing?: AnswerPacing;
  /** What became of an update, for the metrics. */
  readonly onUpdate?: (outcome: "done" | "busy" | "failed") => void;
}

/** For one call; long polls have their own. */
const timeoutSeconds = 15;

/** The bot, knowing who it is, ready to be fed updates. Rejects when Telegram can't be reached or refuses the token. */
export async function createTelegramBot(options: TelegramBotOptions, signal?: AbortSignal): Promise<Bot> {
  const { token, apiRoot, log } = options;
  const bot = new Bot(token, {
    client: { timeoutSeconds, ...(apiRoot !== undefined && { apiRoot: apiRoot.replace(/\/+$/u, "") }) },
  });
  // a repeated request after a lost answer could post twice
  const retry = {
    maxRetryAttempts: 1,
    maxDelaySeconds: 5,
    rethrowInternalServerErrors: true,
    rethrowHttpErrors: true,
  };
  if (options.pacing !== undefined) bot.api.config.use(paceAnswers(options.pacing, log));
  bot.api.config.use(autoRetry(retry));
  // the library's type of the same object comes from a polyfill
  await bot.init(signal as Parameters<Bot["init"]>[0]);
  const tools = toolsOf(bot, bot.botInfo, options);
  addGuards(bot, tools);
  bot.use(async (_ctx, next) => {
    await next();
    options.onUpdate?.("done");
  });
  addMembership(bot, tools);
  bot.on("message:chat_shared", async (ctx) => {
    const { request_id: id, chat_id: chatId } = ctx.msg.chat_shared;
    if (id !== channelRequestId) return;
    if (!(await tools.memory.isFirst(setUpName(chatId), setUpPauseMs))) return;
    await setUp(tools, await heardOf(tools, ctx.msg), `telegram:${chatId}`);
  });
  addCommands(bot, tools);
  addCallbacks(bot, tools);
  addInline(bot, tools);
  bot.catch(async ({ error, ctx }) => {
    if (error instanceof BusyError) {
      options.onUpdate?.("busy");
      log.debug({}, "an answer was left out: more is asked than Telegram lets us say");
      return;
    }
    options.onUpdate?.("failed");
    if (isHarmless(error)) return;
    log.warn(safeError(error), "an update could not be answered");
    // what Telegram refused, or may have taken, is not said again in other words
    if (refusalOf(error) === undefined && !(error instanceof HttpError)) await sayTrouble(ctx, log);
  });
  return bot;
}

function toolsOf(bot: Bot, me: UserFromGetMe, { ports, memory, log }: TelegramBotOptions): TelegramTools {
  const links = linksOf(me.username);
  const perform = createConversation(ports, {
    explainRefusal,
    helpOnPlaces: ["bot-help-groups", "bot-help-topics"],
    placeButtons: (texts) => placeButtons(texts, links),
  });
  return { api: bot.api, botId: me.id, username: me.username, links, ports, memory, perform, log };
}

function placeButtons({ say }: Texts, links: Links): readonly Button[] {
  return [
    { kind: "link", label: say("bot-button-add-group"), url: links.addToGroup },
    { kind: "link", label: say("bot-button-add-channel"), url: links.addToChannel },
  ];
}

/** An update may come again after a restart; Telegram keeps what was not confirmed for a day. */
const repeatedForMs = 24 * 3_600_000;
/** More than this from one person in that time, and the rest is not looked at. */
const floodWindowMs = 10_000;
const floodLimit = 15;

/** What every update passes first: once only, in order within a chat, not too many of one person. */
function addGuards(bot: Bot, tools: TelegramTools): void {
  const { memory, botId } = tools;
  bot.use(
    sequentialize((ctx: Context) => {
      const ids = [ctx.chat?.id, ctx.from?.id].filter((id) => id !== undefined);
      return ids.map(String);
    }),
  );
  bot.use(async (ctx, next) => {
    const name = `update-${botId}-${ctx.update.update_id}`;
    if (await memory.isFirst(name, repeatedForMs)) await next();
  });
  bot.use(
    limit({
      timeFrame: floodWindowMs,
      limit: floodLimit,
      keyPrefix: `flood-${botId}-`,
      keyGenerator: (ctx: Context) => (ctx.myChatMember === undefined ? ctx.from?.id.toString() : undefined),
      storageClient: {
        incr: async (name: string) => memory.hit(name, floodWindowMs),
        // the count begins with its end
        pexpire: async () => 1,
      },
      onLimitExceeded: (ctx: Context) => {
        sayTooFast(ctx).catch((error: unknown) => {
          tools.log.debug(safeError(error), "a flooding user could not be told");
        });
      },
    }),
  );
}

async function sayTooFast(ctx: Context): Promise<void> {
  const text = textsIn(languageMeant(ctx.from?.language_code ?? "en") ?? "en").say("bot-too-fast");
  if (ctx.callbackQuery !== undefined) await ctx.answerCallbackQuery({ text });
  else if (ctx.chat?.type === "private") await ctx.reply(text);
}

async function sayTrouble(ctx: Context, log: Log): Promise<void> {
  const text = textsIn(languageMeant(ctx.from?.language_code ?? "en") ?? "en").say("bot-trouble");
  try {
    if (ctx.callbackQuery !== undefined) await ctx.answerCallbackQuery({ text, show_alert: true });
    else if (ctx.chat?.type === "private") await ctx.reply(text);
  } catch (error) {
    log.debug(safeError(error), "a failure could not be told");
  }
}
