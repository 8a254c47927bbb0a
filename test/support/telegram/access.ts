import { badRequest, forbidden, migrated, tooManyRequests } from "./errors.ts";
import type { Context } from "./method.ts";
import { findChat, findMessage, hasRight, isPresent, memberOf, userById, type ChatRecord } from "./world.ts";

/** May this bot act in that chat? The refusals are the ones real bots meet. */

export function openChat(context: Context, reference: number | string): ChatRecord {
  const chat = findChat(context.world, reference);
  if (chat.migratedTo !== undefined) throw migrated(chat.migratedTo);
  if (chat.type === "private") checkPrivate(context, chat);
  else checkMembership(context, chat);
  return chat;
}

function checkPrivate(context: Context, chat: ChatRecord): void {
  if (userById(context.world, chat.id).deactivated) throw forbidden("user is deactivated");
  const contact = chat.members.get(context.bot.id);
  if (contact === undefined) throw forbidden("bot can't initiate conversation with a user");
  if (contact.status === "kicked") throw forbidden("bot was blocked by the user");
}

function checkMembership(context: Context, chat: ChatRecord): void {
  const member = chat.members.get(context.bot.id);
  // somebody else's private group or channel can't even be seen
  if (member === undefined && chat.username === undefined) throw badRequest("chat not found");
  const status = member?.status ?? "left";
  if (status === "kicked") throw forbidden(`bot was kicked from the ${chatKind(chat)} chat`);
  if (status === "left") throw forbidden(`bot is not a member of the ${chatKind(chat)} chat`);
}

function chatKind(chat: ChatRecord): string {
  return chat.type;
}

export type Sending = "text" | "photo";

/** Checks the right to send and counts the message against the limits. */
export function checkSending(context: Context, chat: ChatRecord, sending: Sending): void {
  checkRight(context, chat, sending);
  const wait = context.limiter.admit(chat.id, chat.type !== "private");
  if (wait !== undefined) throw tooManyRequests(wait);
}

function checkRight(context: Context, chat: ChatRecord, sending: Sending): void {
  if (chat.type === "private") return;
  const member = memberOf(chat, context.bot.id);
  if (chat.type === "channel") {
    if (!hasRight(member, "can_post_messages"))
      throw badRequest("need administrator rights in the channel chat");
    return;
  }
  if (member.status === "administrator" || member.status === "creator") return;
  const granted = member.status === "restricted" ? member.rights : chat.permissions;
  const needed = sending === "text" ? "can_send_messages" : "can_send_photos";
  if (granted.has(needed)) return;
  throw badRequest(
    `not enough rights to send ${sending === "text" ? "text messages" : "photos"} to the chat`,
  );
}

/** General is topic 1 to people, and "no thread" to bots that send. */
export function checkThread(context: Context, chat: ChatRecord, threadId: number | undefined): void {
  if (threadId === undefined) return;
  const topic = chat.topics.get(threadId);
  if (!chat.isForum || topic === undefined) throw badRequest("message thread not found");
  const mayWriteAnyway = hasRight(memberOf(chat, context.bot.id), "can_manage_topics");
  if (topic.isClosed && !mayWriteAnyway) throw badRequest("TOPIC_CLOSED");
}

export interface ReplyTarget {
  readonly message_id: number;
  readonly allow_sending_without_reply?: boolean | undefined;
}

export function resolveReply(
  context: Context,
  chat: ChatRecord,
  reply: ReplyTarget | undefined,
): number | undefined {
  if (reply === undefined) return undefined;
  if (findMessage(context.world, chat.id, reply.message_id) !== undefined) return reply.message_id;
  if (reply.allow_sending_without_reply === true) return undefined;
  throw badRequest("message to be replied not found");
}

export function requireMember(context: Context, chat: ChatRecord): void {
  if (!isPresent(memberOf(chat, context.bot.id))) throw badRequest("chat not found");
}
