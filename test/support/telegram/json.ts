import type {
  BotAccount,
  ChatRecord,
  MemberRecord,
  MessageRecord,
  PhotoRecord,
  UserRecord,
  World,
} from "./world.ts";
import { findMessage, groupAnonymousBotId, userById } from "./world.ts";

/** The records as the Bot API writes them. */

export type Json = Readonly<Record<string, unknown>>;

const seconds = (epochMs: number): number => Math.floor(epochMs / 1000);

/** Leaves out what is undefined, as the real server does. */
export function compact(fields: Record<string, unknown>): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function userJson(user: UserRecord): Json {
  return compact({
    id: user.id,
    is_bot: user.isBot ?? false,
    first_name: user.firstName,
    username: user.username,
    language_code: user.languageCode,
  });
}

export function meJson(bot: BotAccount): Json {
  return {
    id: bot.id,
    is_bot: true,
    first_name: bot.firstName,
    username: bot.username,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: true,
    can_connect_to_business: false,
    has_main_web_app: false,
  };
}

export function chatJson(chat: ChatRecord): Json {
  return compact({
    id: chat.id,
    type: chat.type,
    title: chat.type === "private" ? undefined : chat.title,
    first_name: chat.type === "private" ? chat.title : undefined,
    username: chat.username,
    is_forum: chat.isForum ? true : undefined,
  });
}

const adminRights = [
  "can_manage_chat",
  "can_delete_messages",
  "can_manage_video_chats",
  "can_restrict_members",
  "can_promote_members",
  "can_change_info",
  "can_invite_users",
  "can_post_stories",
  "can_edit_stories",
  "can_delete_stories",
];
const channelRights = ["can_post_messages", "can_edit_messages", "can_manage_direct_messages"];
const groupRights = ["can_pin_messages", "can_manage_topics"];
const memberPermissions = [
  "can_send_messages",
  "can_send_photos",
  "can_send_other_messages",
  "can_add_web_page_previews",
];

export function memberJson(world: World, chat: ChatRecord, member: MemberRecord): Json {
  const base = { user: userJson(userById(world, member.userId)), status: member.status };
  switch (member.status) {
    case "creator":
      return { ...base, is_anonymous: member.isAnonymous };
    case "administrator":
      return { ...base, can_be_edited: false, is_anonymous: member.isAnonymous, ...rightsJson(chat, member) };
    case "restricted":
      return { ...base, is_member: true, until_date: 0, ...flags(memberPermissions, member.rights) };
    case "kicked":
      return { ...base, until_date: 0 };
    case "member":
    case "left":
    default:
      return base;
  }
}

function rightsJson(chat: ChatRecord, member: MemberRecord): Json {
  const names = [...adminRights, ...(chat.type === "channel" ? channelRights : groupRights)];
  return flags(names, new Set([...member.rights, "can_manage_chat"]));
}

function flags(names: readonly string[], granted: ReadonlySet<string>): Json {
  return Object.fromEntries(names.map((name) => [name, granted.has(name)]));
}

function photoJson(photo: PhotoRecord): readonly Json[] {
  const scales = [0.25, 1];
  return photo.fileIds.map((fileId, index) => ({
    file_id: fileId,
    file_unique_id: `${photo.uniqueId}${index}`,
    width: Math.max(1, Math.round(photo.width * (scales[index] ?? 1))),
    height: Math.max(1, Math.round(photo.height * (scales[index] ?? 1))),
    file_size: Math.max(1, Math.round(photo.bytes.length * (scales[index] ?? 1))),
  }));
}

export function messageJson(world: World, chat: ChatRecord, message: MessageRecord, depth = 1): Json {
  const { content } = message;
  const isPhoto = content.photo !== undefined;
  const edit = message.history.at(-1);
  return compact({
    message_id: message.messageId,
    ...senderJson(world, chat, message),
    date: seconds(message.sentAt),
    edit_date: edit === undefined ? undefined : seconds(edit.editedAt),
    chat: chatJson(chat),
    message_thread_id: message.threadId,
    is_topic_message: message.threadId !== undefined && chat.isForum ? true : undefined,
    reply_to_message: depth > 0 ? replyJson(world, chat, message) : undefined,
    has_protected_content: message.isProtected ? true : undefined,
    text: content.text,
    entities: isPhoto || content.entities.length === 0 ? undefined : content.entities,
    link_preview_options: content.linkPreviewOptions,
    photo: content.photo === undefined ? undefined : photoJson(content.photo),
    caption: content.caption,
    caption_entities: isPhoto && content.entities.length > 0 ? content.entities : undefined,
    show_caption_above_media: content.showCaptionAboveMedia === true ? true : undefined,
    reply_markup: content.replyMarkup,
    ...message.extra,
  });
}

function senderJson(world: World, chat: ChatRecord, message: MessageRecord): Record<string, unknown> {
  if (chat.type === "channel") return { sender_chat: chatJson(chat) };
  if (message.fromId === undefined) return {};
  const from = userJson(userById(world, message.fromId));
  return message.fromId === groupAnonymousBotId ? { from, sender_chat: chatJson(chat) } : { from };
}

function replyJson(world: World, chat: ChatRecord, message: MessageRecord): Json | undefined {
  if (message.replyToMessageId === undefined) return undefined;
  const original = findMessage(world, chat.id, message.replyToMessageId);
  return original === undefined ? undefined : messageJson(world, chat, original, 0);
}
