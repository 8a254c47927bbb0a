import type { Chat, Message, User } from "grammy/types";
import type { Place } from "../../alerts/edits.ts";
import type { DestinationKind } from "../../alerts/subscription.ts";

/** Where in Telegram something happens. */
export interface Spot {
  readonly chatId: number;
  /** Undefined outside of forums, and in their General topic. */
  readonly topic: number | undefined;
  readonly kind: DestinationKind;
  readonly title: string;
  /** Its public name, without the @. */
  readonly username?: string;
}

/** Somebody there, if it is a person. */
export interface Asker {
  readonly userId: number | undefined;
  readonly languageCode: string | undefined;
  /** Writes in the chat's own name: an anonymous administrator, or a channel's own post. */
  readonly isChatItself: boolean;
}

/** Telegram's account that anonymous administrators write with (Bot API, Message.from). */
const groupAnonymousBot = 1_087_968_824;

export function spotOf(chat: Chat, message?: Pick<Message, "is_topic_message" | "message_thread_id">): Spot {
  // outside of forums a thread is only a chain of replies
  const topic = message?.is_topic_message === true ? message.message_thread_id : undefined;
  const title = chat.type === "private" ? chat.first_name : chat.title;
  const { username } = chat;
  const named = username === undefined ? {} : { username };
  return { chatId: chat.id, topic, kind: kindOf(chat), title: title ?? "", ...named };
}

function kindOf(chat: Pick<Chat, "type">): DestinationKind {
  if (chat.type === "private") return "direct";
  return chat.type === "channel" ? "channel" : "group";
}

/** `telegram:CHAT[/TOPIC]`. */
export function destinationOf({ chatId, topic }: Pick<Spot, "chatId" | "topic">): string {
  return topic === undefined ? `telegram:${chatId}` : `telegram:${chatId}/${topic}`;
}

export function chatOfDestination(
  destination: string,
): { chatId: number; topic: number | undefined } | undefined {
  const [, chat, topic] = /^telegram:(-?\d{1,18})(?:\/(\d{1,10}))?$/u.exec(destination) ?? [];
  if (chat === undefined) return undefined;
  return { chatId: Number(chat), topic: topic === undefined ? undefined : Number(topic) };
}

/** Is it that chat or a topic of it, by its number or its public name? */
export function isWithin({ chatId, username }: Spot, destination: string): boolean {
  const [, chat] = /^telegram:([^/]+)/u.exec(destination.toLowerCase()) ?? [];
  return chat === String(chatId) || (username !== undefined && chat === `@${username.toLowerCase()}`);
}

/** What a record of this destination begins with: a chat's topics are found by their chat (`guild`). */
export function placeOf(spot: Spot, owner: number | undefined): Place {
  const base = { destination: destinationOf(spot), kind: spot.kind };
  const owned = owner === undefined ? base : { ...base, owner: `telegram:${owner}` };
  return spot.kind === "group" ? { ...owned, guild: `telegram:${spot.chatId}` } : owned;
}

/** Who wrote a message. A post counts as the channel's own only if it was not forwarded into it. */
export function askerOf(message: Message, from: User | undefined): Asker {
  const isOwn = message.sender_chat?.id === message.chat.id && message.forward_origin === undefined;
  const isAnonymous = from?.id === groupAnonymousBot;
  const isPost = message.chat.type === "channel";
  return {
    userId: isAnonymous || isPost ? undefined : from?.id,
    languageCode: isAnonymous ? undefined : from?.language_code,
    isChatItself: isOwn && (isAnonymous || isPost),
  };
}
