import { myChatMemberFilter } from "@grammyjs/chat-members";
import type { Composer, Context } from "grammy";
import type { ChatMember, ChatMemberUpdated } from "grammy/types";
import { changeSettings, noteOwnerTold } from "../../alerts/edits.ts";
import { isHushed } from "../../alerts/quietHours.ts";
import { textsIn } from "../../texts/texts.ts";
import { languageMeant } from "../shared/commandLine.ts";
import { chooseSymbolReply } from "../shared/replies/subscribe.ts";
import { plain } from "../shared/reply.ts";
import { sendReply } from "./answer.ts";
import { isShutOut, refusalOf, safeError } from "./failures.ts";
import { setUpPayload } from "./links.ts";
import { destinationOf, isWithin, spotOf, type Spot } from "./spot.ts";
import { removeHello } from "./start.ts";
import { textsFor, type TelegramTools } from "./tools.ts";
import { helloName } from "./remembered.ts";

/** What becomes of the bot itself: added, removed, blocked, given rights, moved. */
export function addMembership(composer: Composer<Context>, tools: TelegramTools): void {
  composer.on("my_chat_member").filter(myChatMemberFilter("in", "out"), async (ctx) => {
    await stopped(tools, ctx.myChatMember);
  });
  composer
    .chatType("private")
    .on("my_chat_member")
    .filter(myChatMemberFilter("out", "in"), async (ctx) => {
      await goOn(tools, spotOf(ctx.chat));
    });
  composer.chatType(["group", "supergroup"]).on("my_chat_member", async (ctx) => {
    const { old_chat_member: before, new_chat_member: now } = ctx.myChatMember;
    const spot = spotOf(ctx.chat);
    if (isOut(now)) return;
    if (now.status === "restricted" && !now.can_send_messages) {
      return stop(tools, spot, "not allowed to send messages", ctx.from.id);
    }
    await goOn(tools, spot);
    if (isOut(before)) await greetGroup(tools, spot, ctx.from.language_code);
  });
  composer.chatType("channel").on("my_chat_member", async (ctx) => {
    const { new_chat_member: now, old_chat_member: before } = ctx.myChatMember;
    const spot = spotOf(ctx.chat);
    const could = before.status === "administrator" && before.can_post_messages === true;
    const can = now.status === "administrator" && now.can_post_messages === true;
    if (can) await goOn(tools, spot);
    if (can && !could) return offerSetUp(tools, spot, ctx.myChatMember);
    if (can || isOut(now)) return;
    if (could) await stop(tools, spot, "the right to post was taken away", ctx.from.id);
    else await tellAdder(tools, spot, ctx.myChatMember);
  });
  composer.on(["message:migrate_to_chat_id", "message:migrate_from_chat_id"], async (ctx) => {
    const { migrate_to_chat_id: to, migrate_from_chat_id: from } = ctx.message;
    const [old, next] = to === undefined ? [from, ctx.chat.id] : [ctx.chat.id, to];
    if (old !== undefined) await follow(tools, `telegram:${old}`, `telegram:${next}`);
  });
}

function isOut({ status }: ChatMember): boolean {
  return status === "left" || status === "kicked";
}

/** A group that became a supergroup has another id; both chats say so, in whatever order. */
async function follow({ ports }: TelegramTools, from: string, to: string): Promise<void> {
  const { destinations } = ports;
  await destinations.move(from, to);
  if ((await destinations.get(to)) === undefined) return;
  const place = { destination: to, kind: "group" as const };
  await destinations.change(
    to,
    changeSettings(place, (settings) => ({ ...settings, guild: to })),
  );
}

/** All that is kept of a chat: the chat itself, and its topics. */
async function destinationsOf({ ports }: TelegramTools, spot: Spot): Promise<readonly string[]> {
  const chat = `telegram:${spot.chatId}`;
  const topics = spot.kind === "group" ? await ports.destinations.ofGuild(chat) : [];
  return [...new Set([chat, ...topics])];
}

/** Also what the operator has configured, whose records name no chat that they belong to. */
async function goOn(tools: TelegramTools, spot: Spot): Promise<void> {
  const { destinations } = tools.ports;
  const configured = (await destinations.configured()).filter((each) => isWithin(spot, each));
  const known = await destinationsOf(tools, spot);
  for (const destination of new Set([...known, ...configured])) await destinations.enable(destination);
}

async function stopped(
  tools: TelegramTools,
  { chat, from, new_chat_member: now }: ChatMemberUpdated,
): Promise<void> {
  const spot = spotOf(chat);
  const isBlocked = spot.kind === "direct";
  const reason = isBlocked ? "blocked" : now.status === "kicked" ? "removed and banned" : "removed";
  await stop(tools, spot, reason, from.id);
}

/** Nothing more is sent there; settings stay. Its owner is told once, unless it was they who did it. */
async function stop(tools: TelegramTools, spot: Spot, reason: string, by: number): Promise<void> {
  const { destinations, clock } = tools.ports;
  for (const destination of await destinationsOf(tools, spot)) {
    const isNews = await destinations.disable(destination, reason, clock.now());
    if (!isNews) continue;
    const record = await destinations.get(destination);
    const owner = Number(record?.settings.owner?.replace("telegram:", "") ?? Number.NaN);
    const isNobodys = spot.kind === "direct" || !Number.isSafeInteger(owner) || owner === by;
    // first, or whoever has an alert for it right now would tell as well
    await destinations.change(destination, noteOwnerTold);
    const isOver = isNobodys || (await tellOwner(tools, spot, { owner, reason }));
    if (!isOver && record !== undefined) await tools.ports.tellStopped(record);
  }
}

/** False where it has to be tried again; the outbox does, without the chat's name. */
async function tellOwner(
  tools: TelegramTools,
  { title }: Spot,
  { owner, reason }: { readonly owner: number; readonly reason: string },
): Promise<boolean> {
  const { destinations, clock } = tools.ports;
  const texts = await textsFor(tools, { chatId: owner, topic: undefined }, { languageCode: undefined });
  const own = (await destinations.get(`telegram:${owner}`))?.settings ?? {};
  const sound = { disable_notification: isHushed(own, clock.now()) };
  try {
    await tools.api.sendMessage(owner, texts.say("bot-owner-stopped", { chat: title, reason }), sound);
    return true;
  } catch (error) {
    tools.log.debug(safeError(error), "an owner could not be told");
    const code = refusalOf(error)?.code ?? 0;
    return code >= 400 && code < 500 && code !== 429;
  }
}

const minuteMs = 60_000;

/** Once, however often somebody adds the bot in the same minute. */
async function greetGroup(tools: TelegramTools, spot: Spot, languageCode: string | undefined): Promise<void> {
  if (!(await tools.memory.isFirst(`greeted-${spot.chatId}`, minuteMs))) return;
  const texts = await textsFor(tools, spot, { languageCode });
  const menu = chooseSymbolReply(texts, tools.ports.symbols, {});
  const paragraphs = [plain(texts.say("bot-group-added")), ...menu.paragraphs.slice(1)];
  try {
    await sendReply(tools, { spot, reply: { ...menu, paragraphs }, language: texts.language });
  } catch (error) {
    if (!isShutOut(error)) throw error;
    tools.log.debug(safeError(error), "a group could not be greeted");
  }
}

/** Picking a channel makes the bot an administrator there: two events, one menu. */
export const setUpPauseMs = 10_000;

export function setUpName(chatId: number): string {
  return `set-up-${chatId}`;
}

/** The one who made the bot an administrator gets the menu in private; who never opened it gets a line in the channel. */
async function offerSetUp(tools: TelegramTools, spot: Spot, update: ChatMemberUpdated): Promise<void> {
  if (!(await tools.memory.isFirst(setUpName(spot.chatId), setUpPauseMs))) return;
  const { from } = update;
  const target = destinationOf(spot);
  const texts = await textsFor(
    tools,
    { chatId: from.id, topic: undefined },
    { languageCode: from.language_code },
  );
  const menu = chooseSymbolReply(texts, tools.ports.symbols, { target, chat: spot.title });
  const reply = { ...menu, paragraphs: [plain(texts.say("bot-channel-added", { chat: spot.title }))] };
  const directly = { chatId: from.id, topic: undefined, kind: "direct" as const, title: from.first_name };
  try {
    await sendReply(tools, { spot: directly, reply, language: texts.language });
  } catch (error) {
    if (!isShutOut(error)) throw error;
    await leaveHello(tools, spot, from.language_code);
  }
}

const helloTtlMs = 30 * 24 * 3_600_000;

async function leaveHello(tools: TelegramTools, spot: Spot, languageCode: string | undefined): Promise<void> {
  const { api, memory, links } = tools;
  const texts = textsIn(languageMeant(languageCode ?? "en") ?? "en");
  await removeHello(tools, spot.chatId);
  const url = links.start(setUpPayload(destinationOf(spot)));
  const sent = await api.sendMessage(spot.chatId, texts.say("bot-channel-hello"), {
    reply_markup: { inline_keyboard: [[{ text: texts.say("bot-channel-hello-button"), url }]] },
    disable_notification: true,
  });
  await memory.remember(helloName(spot.chatId), String(sent.message_id), helloTtlMs);
}

/** An administrator without the right to post: whoever did it learns which one is missing. */
async function tellAdder(tools: TelegramTools, spot: Spot, { from }: ChatMemberUpdated): Promise<void> {
  const texts = await textsFor(
    tools,
    { chatId: from.id, topic: undefined },
    { languageCode: from.language_code },
  );
  await tools.api
    .sendMessage(from.id, texts.say("bot-channel-no-right", { chat: spot.title }))
    .catch((error: unknown) => {
      if (refusalOf(error) === undefined) throw error;
      tools.log.debug(safeError(error), "a channel's administrator could not be told");
    });
}
