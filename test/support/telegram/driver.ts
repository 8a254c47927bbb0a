import { callbackData, callbackMessage } from "./buttons.ts";
import { chatJson, memberJson, messageJson, userJson, type Json } from "./json.ts";
import type { OpenQuery } from "./method.ts";
import { createScene, type Scene } from "./scene.ts";
import type { UpdateQueue } from "./updates.ts";
import {
  findChat,
  findMessage,
  groupAnonymousBotId,
  isAdmin,
  isPresent,
  memberOf,
  putMessage,
  setMember,
  userById,
  type BotAccount,
  type ChatRecord,
  type MemberStatus,
  type MessageRecord,
  type UserRecord,
  type World,
} from "./world.ts";

interface SayOptions {
  readonly threadId?: number;
  readonly replyToMessageId?: number;
  /** Writes as "Group", the way anonymous administrators do. */
  readonly isAnonymous?: boolean;
  /** Fields beside or instead of the text: location, chat_shared, forward_origin … */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** What people do; every action reaches the bots as the updates Telegram would send. */
export interface TelegramDriver extends Scene {
  readonly say: (user: UserRecord, chat: ChatRecord, text: string, options?: SayOptions) => MessageRecord;
  readonly channelPost: (channel: ChatRecord, text: string, options?: SayOptions) => MessageRecord;
  /** Presses the button with this text or callback data; returns the query, whose answer appears in it. */
  readonly press: (user: UserRecord, message: MessageRecord, button: string) => OpenQuery;
  /** A callback query with data no button of ours carries. */
  readonly forgePress: (user: UserRecord, message: MessageRecord, data: string) => OpenQuery;
  readonly inlineQuery: (user: UserRecord, text: string) => OpenQuery;
  readonly setBotStatus: (chat: ChatRecord, change: BotStatusChange) => void;
  readonly setUserStatus: (
    chat: ChatRecord,
    user: UserRecord,
    status: MemberStatus,
    rights?: readonly string[],
  ) => void;
  readonly block: (user: UserRecord, bot?: BotAccount) => void;
  readonly unblock: (user: UserRecord, bot?: BotAccount) => void;
  readonly deactivate: (user: UserRecord) => void;
  /** Turns a group into a supergroup with a new id; the old one answers with migrate_to_chat_id. */
  readonly migrate: (chat: ChatRecord) => ChatRecord;
  readonly deleteTopic: (chat: ChatRecord, topicId: number) => void;
  readonly closeTopic: (chat: ChatRecord, topicId: number) => void;
  readonly deleteMessage: (message: MessageRecord) => void;
  /** From now on answers to this query come too late. */
  readonly expire: (query: OpenQuery) => void;
}

interface BotStatusChange {
  readonly by: UserRecord;
  readonly status: MemberStatus;
  readonly rights?: readonly string[];
  readonly bot?: BotAccount;
}

export interface DriverParts {
  readonly world: World;
  readonly queues: ReadonlyMap<number, UpdateQueue>;
  readonly queries: Map<string, OpenQuery>;
}

export function createDriver(parts: DriverParts): TelegramDriver {
  const { world } = parts;
  const scene = createScene(world);
  const { mainBot, addPrivateChat } = scene;
  let nextQueryId = 9001;

  const push = (bot: BotAccount, kind: string, payload: Json): void => {
    parts.queues.get(bot.id)?.push(kind, payload);
  };
  const botsIn = (chat: ChatRecord): readonly BotAccount[] =>
    world.bots.filter((bot) => isPresent(memberOf(chat, bot.id)));

  const publish = (
    kind: "message" | "channel_post",
    chat: ChatRecord,
    message: MessageRecord,
  ): MessageRecord => {
    for (const bot of botsIn(chat)) {
      if (canSee(world, chat, message, bot)) push(bot, kind, messageJson(world, chat, message));
    }
    return message;
  };

  const say: TelegramDriver["say"] = (user, chat, text, options = {}) => {
    // writing to a bot is what starts the private chat
    if (chat.type === "private" && memberOf(chat, mainBot.id).status === "left") addPrivateChat(user);
    const fromId = options.isAnonymous === true ? groupAnonymousBotId : user.id;
    return publish("message", chat, putMessage(world, chat, { ...incoming(text, options), fromId }));
  };

  const channelPost: TelegramDriver["channelPost"] = (channel, text, options = {}) =>
    publish(
      "channel_post",
      channel,
      putMessage(world, channel, { ...incoming(text, options), fromId: undefined }),
    );

  const openQuery = (kind: OpenQuery["kind"], botId: number): OpenQuery => {
    const id = String(nextQueryId);
    nextQueryId += 1;
    const query: OpenQuery = { id, kind, botId, askedAt: world.now(), isExpired: false, answer: undefined };
    parts.queries.set(id, query);
    return query;
  };

  const forgePress: TelegramDriver["forgePress"] = (user, message, data) => {
    const bot = world.bots.find((each) => each.id === message.fromId) ?? mainBot;
    const chat = findChat(world, message.chatId);
    const query = openQuery("callback", bot.id);
    push(bot, "callback_query", {
      id: query.id,
      from: userJson(user),
      message: callbackMessage(world, chat, message),
      chat_instance: String(chat.id),
      data,
    });
    return query;
  };

  const setBotStatus: TelegramDriver["setBotStatus"] = (chat, change) => {
    const bot = change.bot ?? mainBot;
    const before = memberJson(world, chat, memberOf(chat, bot.id));
    const member = setMember(chat, bot.id, change.status, change.rights ?? []);
    push(bot, "my_chat_member", {
      chat: chatJson(chat),
      from: userJson(change.by),
      date: Math.floor(world.now() / 1000),
      old_chat_member: before,
      new_chat_member: memberJson(world, chat, member),
    });
  };

  return {
    ...scene,
    say,
    channelPost,
    forgePress,
    press: (user, message, button) => forgePress(user, message, callbackData(message, button)),
    inlineQuery: (user, text) => {
      const query = openQuery("inline", mainBot.id);
      push(mainBot, "inline_query", { id: query.id, from: userJson(user), query: text, offset: "" });
      return query;
    },
    setBotStatus,
    setUserStatus: (chat, user, status, rights) => {
      const before = memberJson(world, chat, memberOf(chat, user.id));
      const after = memberJson(world, chat, setMember(chat, user.id, status, rights));
      const change = { from: userJson(user), date: Math.floor(world.now() / 1000), old_chat_member: before };
      for (const bot of botsIn(chat)) {
        push(bot, "chat_member", { chat: chatJson(chat), ...change, new_chat_member: after });
      }
    },
    block: (user, bot = mainBot) =>
      setBotStatus(addPrivateChat(user, bot), { by: user, status: "kicked", bot }),
    unblock: (user, bot = mainBot) => {
      const chat = addPrivateChat(user, bot);
      setMember(chat, bot.id, "kicked");
      setBotStatus(chat, { by: user, status: "member", bot });
    },
    deactivate: (user) => {
      user.deactivated = true;
    },
    migrate: (chat) => {
      const next = scene.addSuccessor(chat);
      publishService(publish, world, chat, { migrate_to_chat_id: next.id });
      chat.migratedTo = next.id;
      publishService(publish, world, next, { migrate_from_chat_id: chat.id });
      return next;
    },
    deleteTopic: (chat, topicId) => {
      chat.topics.delete(topicId);
    },
    closeTopic: (chat, topicId) => {
      const topic = chat.topics.get(topicId);
      if (topic === undefined) throw new Error(`no topic ${topicId}`);
      topic.isClosed = true;
    },
    deleteMessage: (message) => {
      message.isDeleted = true;
    },
    expire: (query) => {
      query.isExpired = true;
    },
  };
}

type Incoming = Omit<Parameters<typeof putMessage>[2], "fromId">;

function incoming(text: string, options: SayOptions): Incoming {
  const content = { ...(text === "" ? {} : { text }), entities: commandEntities(text) };
  return {
    content,
    ...(options.threadId === undefined ? {} : { threadId: options.threadId }),
    ...(options.replyToMessageId === undefined ? {} : { replyToMessageId: options.replyToMessageId }),
    extra: options.extra ?? {},
  };
}

function commandEntities(text: string): readonly object[] {
  const command = /^\/\w+(@\w+)?/.exec(text)?.[0];
  return command === undefined ? [] : [{ type: "bot_command", offset: 0, length: command.length }];
}

/** Privacy mode: in groups a bot that is no administrator sees commands, replies to it, and service messages. */
function canSee(world: World, chat: ChatRecord, message: MessageRecord, bot: BotAccount): boolean {
  if (chat.type === "private" || chat.type === "channel" || isAdmin(memberOf(chat, bot.id))) return true;
  const { text } = message.content;
  if (text === undefined) return true;
  const addressee = /^\/\w+@(\w+)/.exec(text)?.[1];
  if (addressee !== undefined) return addressee.toLowerCase() === bot.username.toLowerCase();
  if (text.startsWith("/") || text.includes(`@${bot.username}`)) return true;
  const original = findMessage(world, chat.id, message.replyToMessageId ?? 0);
  return original?.fromId === bot.id;
}

function publishService(
  publish: (kind: "message", chat: ChatRecord, message: MessageRecord) => unknown,
  world: World,
  chat: ChatRecord,
  extra: Readonly<Record<string, unknown>>,
): void {
  const someone = [...chat.members.values()]
    .map((member) => userById(world, member.userId))
    .find((user) => user.isBot !== true);
  publish(
    "message",
    chat,
    putMessage(world, chat, { fromId: someone?.id, content: { entities: [] }, extra }),
  );
}
