import { badRequest } from "./errors.ts";

type ChatType = "private" | "group" | "supergroup" | "channel";
export type MemberStatus = "creator" | "administrator" | "member" | "restricted" | "left" | "kicked";

export interface BotAccount {
  readonly token: string;
  readonly id: number;
  readonly username: string;
  readonly firstName: string;
}

export interface UserRecord {
  readonly id: number;
  readonly firstName: string;
  readonly username?: string;
  readonly languageCode?: string;
  readonly isBot?: boolean;
  deactivated: boolean;
}

export interface MemberRecord {
  readonly userId: number;
  status: MemberStatus;
  /** Administrators' rights ("can_post_messages") or a restricted member's permissions ("can_send_photos"). */
  rights: ReadonlySet<string>;
  isAnonymous: boolean;
}

interface TopicRecord {
  readonly id: number;
  readonly name: string;
  isClosed: boolean;
}

export interface ChatRecord {
  readonly id: number;
  readonly type: ChatType;
  readonly title?: string;
  readonly username?: string;
  isForum: boolean;
  readonly topics: Map<number, TopicRecord>;
  readonly members: Map<number, MemberRecord>;
  /** What ordinary members may do. */
  permissions: ReadonlySet<string>;
  migratedTo?: number;
  nextMessageId: number;
}

export interface PhotoRecord {
  readonly width: number;
  readonly height: number;
  readonly bytes: Buffer;
  readonly uniqueId: string;
  readonly fileIds: readonly string[];
}

/** What of a message can change by an edit. */
export interface MessageContent {
  readonly text?: string;
  readonly caption?: string;
  readonly entities: readonly object[];
  readonly photo?: PhotoRecord;
  readonly replyMarkup?: object;
  readonly linkPreviewOptions?: object;
  readonly showCaptionAboveMedia?: boolean;
}

export interface MessageRecord {
  readonly chatId: number;
  readonly messageId: number;
  /** The bot or person who wrote it; undefined for a channel's own posts by people. */
  readonly fromId: number | undefined;
  /** Epoch ms on the stand-in's clock. */
  readonly sentAt: number;
  readonly threadId?: number;
  readonly replyToMessageId?: number;
  /** disable_notification: arrives without a sound. */
  readonly isSilent: boolean;
  readonly isProtected: boolean;
  content: MessageContent;
  /** Contents before each edit, oldest first. */
  readonly history: { readonly editedAt: number; readonly before: MessageContent }[];
  isDeleted: boolean;
  /** Further fields of an incoming message: location, chat_shared, forward_origin … */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface World {
  readonly bots: readonly BotAccount[];
  readonly users: Map<number, UserRecord>;
  readonly chats: Map<number, ChatRecord>;
  readonly messages: Map<string, MessageRecord>;
  readonly now: () => number;
}

/** Sends as an anonymous administrator's messages come: Telegram's own account. */
export const groupAnonymousBotId = 1_087_968_824;

const everyPermission = ["can_send_messages", "can_send_photos", "can_send_other_messages"];

export function createWorld(bots: readonly BotAccount[], now: () => number): World {
  const users = new Map<number, UserRecord>();
  for (const bot of bots) {
    users.set(bot.id, { ...pickAccount(bot), isBot: true, deactivated: false });
  }
  const anonymous = { id: groupAnonymousBotId, firstName: "Group", username: "GroupAnonymousBot" };
  users.set(groupAnonymousBotId, { ...anonymous, isBot: true, deactivated: false });
  return { bots, users, chats: new Map(), messages: new Map(), now };
}

function pickAccount(bot: BotAccount): { id: number; firstName: string; username: string } {
  return { id: bot.id, firstName: bot.firstName, username: bot.username };
}

export interface NewChat {
  readonly id: number;
  readonly type: ChatType;
  readonly title?: string;
  readonly username?: string;
  readonly isForum?: boolean;
}

export function addChat(world: World, chat: NewChat): ChatRecord {
  const record: ChatRecord = {
    ...chat,
    isForum: chat.isForum ?? false,
    topics: new Map(),
    members: new Map(),
    permissions: new Set(everyPermission),
    // a forum's first message is its General topic
    nextMessageId: chat.isForum === true ? 2 : 1,
  };
  world.chats.set(chat.id, record);
  return record;
}

export function setMember(
  chat: ChatRecord,
  userId: number,
  status: MemberStatus,
  rights: Iterable<string> = [],
): MemberRecord {
  const member = { userId, status, rights: new Set(rights), isAnonymous: false };
  chat.members.set(userId, member);
  return member;
}

export function memberOf(chat: ChatRecord, userId: number): MemberRecord {
  return chat.members.get(userId) ?? { userId, status: "left", rights: new Set(), isAnonymous: false };
}

export function isPresent(member: MemberRecord): boolean {
  return member.status !== "left" && member.status !== "kicked";
}

export function isAdmin(member: MemberRecord): boolean {
  return member.status === "creator" || member.status === "administrator";
}

export function hasRight(member: MemberRecord, right: string): boolean {
  return member.status === "creator" || (member.status === "administrator" && member.rights.has(right));
}

/** The chat a call names by id or @username; private chats exist only for users who met the bot. */
export function findChat(world: World, reference: number | string): ChatRecord {
  const chat =
    typeof reference === "number"
      ? world.chats.get(reference)
      : [...world.chats.values()].find((each) => sameUsername(each.username, reference));
  if (chat === undefined) throw badRequest("chat not found");
  return chat;
}

function sameUsername(username: string | undefined, reference: string): boolean {
  return username !== undefined && `@${username}`.toLowerCase() === reference.toLowerCase();
}

export function userById(world: World, id: number): UserRecord {
  const user = world.users.get(id);
  if (user === undefined) throw new Error(`the test knows no user ${id}`);
  return user;
}

function messageKey(chatId: number, messageId: number): string {
  return `${chatId}:${messageId}`;
}

export function findMessage(world: World, chatId: number, messageId: number): MessageRecord | undefined {
  const message = world.messages.get(messageKey(chatId, messageId));
  return message === undefined || message.isDeleted ? undefined : message;
}

export interface NewMessage {
  readonly fromId: number | undefined;
  readonly content: MessageContent;
  readonly threadId?: number;
  readonly replyToMessageId?: number;
  readonly isSilent?: boolean;
  readonly isProtected?: boolean;
  readonly extra?: Readonly<Record<string, unknown>>;
}

export function putMessage(world: World, chat: ChatRecord, message: NewMessage): MessageRecord {
  const messageId = chat.nextMessageId;
  chat.nextMessageId += 1;
  const record: MessageRecord = {
    ...message,
    chatId: chat.id,
    messageId,
    sentAt: world.now(),
    isSilent: message.isSilent ?? false,
    isProtected: message.isProtected ?? false,
    history: [],
    isDeleted: false,
    extra: message.extra ?? {},
  };
  world.messages.set(messageKey(chat.id, messageId), record);
  return record;
}
