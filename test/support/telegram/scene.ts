import {
  addChat,
  setMember,
  type BotAccount,
  type ChatRecord,
  type MemberStatus,
  type UserRecord,
  type World,
} from "./world.ts";

/** Who and what there is: set up without any update being sent. */
export interface Scene {
  readonly mainBot: BotAccount;
  readonly addUser: (user?: { firstName?: string; username?: string; languageCode?: string }) => UserRecord;
  /** A private chat in which the user has pressed Start; no update is sent. */
  readonly addPrivateChat: (user: UserRecord, bot?: BotAccount) => ChatRecord;
  readonly addGroup: (options: GroupOptions) => ChatRecord;
  readonly addChannel: (options: ChannelOptions) => ChatRecord;
  readonly addTopic: (chat: ChatRecord, name: string) => number;
  /** The supergroup a group turns into, with everybody in it. */
  readonly addSuccessor: (chat: ChatRecord) => ChatRecord;
}

interface GroupOptions {
  readonly title?: string;
  readonly username?: string;
  readonly isSupergroup?: boolean;
  readonly isForum?: boolean;
  readonly admins?: readonly UserRecord[];
  readonly members?: readonly UserRecord[];
  /** How the bot takes part; "member" when left out. */
  readonly botStatus?: MemberStatus;
  readonly botRights?: readonly string[];
}

interface ChannelOptions {
  readonly title?: string;
  readonly username?: string;
  readonly admins?: readonly UserRecord[];
  /** "administrator" with can_post_messages and can_edit_messages when left out. */
  readonly botStatus?: MemberStatus;
  readonly botRights?: readonly string[];
}

const posterRights: readonly string[] = ["can_post_messages", "can_edit_messages", "can_delete_messages"];

/** Ids of supergroups and channels begin here and go down. */
const channelIdBase = -1_000_000_000_000;

export function createScene(world: World): Scene {
  const mainBot = firstBot(world);
  let nextUserId = 1001;
  let nextGroupId = 2001;

  const addUser: Scene["addUser"] = (user = {}) => {
    const id = nextUserId;
    nextUserId += 1;
    const record: UserRecord = { id, firstName: user.firstName ?? `User${id}`, ...user, deactivated: false };
    world.users.set(id, record);
    return record;
  };

  const addPrivateChat: Scene["addPrivateChat"] = (user, bot = mainBot) => {
    const chat = world.chats.get(user.id) ?? addChat(world, privateChat(user));
    setMember(chat, user.id, "member");
    setMember(chat, bot.id, "member");
    return chat;
  };

  const populate = (chat: ChatRecord, options: GroupOptions & ChannelOptions): ChatRecord => {
    for (const user of options.admins ?? []) setMember(chat, user.id, "administrator", ["can_manage_chat"]);
    for (const user of options.members ?? []) setMember(chat, user.id, "member");
    const isChannel = chat.type === "channel";
    const status = options.botStatus ?? (isChannel ? "administrator" : "member");
    const rights = options.botRights ?? (isChannel ? posterRights : []);
    setMember(chat, mainBot.id, status, rights);
    return chat;
  };

  const addGroup: Scene["addGroup"] = (options) => {
    const isSupergroup = options.isSupergroup === true || options.isForum === true;
    const type = isSupergroup ? "supergroup" : "group";
    const id = isSupergroup ? channelIdBase - nextGroupId : -nextGroupId;
    nextGroupId += 1;
    return populate(
      addChat(world, { ...pickNaming(options, `Group ${id}`), id, type, isForum: options.isForum ?? false }),
      options,
    );
  };

  const addChannel: Scene["addChannel"] = (options) => {
    const id = channelIdBase - nextGroupId;
    nextGroupId += 1;
    return populate(
      addChat(world, { ...pickNaming(options, `Channel ${id}`), id, type: "channel" }),
      options,
    );
  };

  const addSuccessor: Scene["addSuccessor"] = (chat) => {
    const id = channelIdBase - nextGroupId;
    nextGroupId += 1;
    const next = addChat(world, { id, type: "supergroup", title: chat.title ?? "" });
    for (const member of chat.members.values()) next.members.set(member.userId, member);
    return next;
  };

  return { mainBot, addUser, addPrivateChat, addGroup, addChannel, addTopic, addSuccessor };
}

function addTopic(chat: ChatRecord, name: string): number {
  const id = chat.nextMessageId;
  chat.nextMessageId += 1;
  chat.topics.set(id, { id, name, isClosed: false });
  return id;
}

function firstBot(world: World): BotAccount {
  const [bot] = world.bots;
  if (bot === undefined) throw new Error("the stand-in needs a bot");
  return bot;
}

function privateChat(user: UserRecord): { id: number; type: "private"; title: string; username?: string } {
  const base = { id: user.id, type: "private" as const, title: user.firstName };
  return user.username === undefined ? base : { ...base, username: user.username };
}

function pickNaming(options: GroupOptions, title: string): { title: string; username?: string } {
  const named = { title: options.title ?? title };
  return options.username === undefined ? named : { ...named, username: options.username };
}
