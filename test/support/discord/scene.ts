import { ChannelType } from "discord-api-types/v10";
import {
  defaultPermissions,
  type DiscordChannel,
  type DiscordGuild,
  type DiscordMember,
  type DiscordUser,
  type DiscordWorld,
} from "./world.ts";

/** Who and what there is: set up without any event being sent. */
export interface Scene {
  readonly addUser: (username?: string) => DiscordUser;
  /** With the bot in it. */
  readonly addGuild: (name?: string) => DiscordGuild;
  readonly addMember: (guild: DiscordGuild, user: DiscordUser, permissions?: bigint) => DiscordMember;
  readonly addChannel: (guild: DiscordGuild, options?: ChannelOptions) => DiscordChannel;
  readonly addThread: (parent: DiscordChannel, name: string) => DiscordChannel;
  readonly addDirectChannel: (user: DiscordUser) => DiscordChannel;
}

interface ChannelOptions {
  readonly name?: string;
  /** Text when left out. */
  readonly type?: ChannelType;
  readonly botPermissions?: bigint;
}

export function createScene(world: DiscordWorld): Scene {
  const put = (channel: Omit<DiscordChannel, "id" | "isLocked">): DiscordChannel => {
    const record = { ...channel, id: world.nextId(), isLocked: false };
    world.channels.set(record.id, record);
    return record;
  };
  return {
    addMember,
    addUser: (username) => {
      const id = world.nextId();
      const user = { id, username: username ?? `user${id.slice(-4)}`, isBot: false, isClosed: false };
      world.users.set(id, user);
      return user;
    },
    addGuild: (name = "Trading desk") => {
      const guild: DiscordGuild = { id: world.nextId(), name, members: new Map() };
      world.guilds.set(guild.id, guild);
      addMember(guild, world.bot, defaultPermissions);
      return guild;
    },
    addChannel: (guild, options = {}) =>
      put({
        type: options.type ?? ChannelType.GuildText,
        name: options.name ?? "alerts",
        guildId: guild.id,
        parentId: undefined,
        recipient: undefined,
        botPermissions: options.botPermissions ?? defaultPermissions,
      }),
    addThread: (parent, name) =>
      put({
        type: ChannelType.PublicThread,
        name,
        guildId: parent.guildId,
        parentId: parent.id,
        recipient: undefined,
        botPermissions: parent.botPermissions,
      }),
    addDirectChannel: (user) => {
      const known = [...world.channels.values()].find((channel) => channel.recipient?.id === user.id);
      if (known !== undefined) return known;
      const name = user.username;
      return put({
        type: ChannelType.DM,
        name,
        guildId: undefined,
        parentId: undefined,
        recipient: user,
        botPermissions: defaultPermissions,
      });
    },
  };
}

function addMember(guild: DiscordGuild, user: DiscordUser, permissions = defaultPermissions): DiscordMember {
  const member = { user, permissions };
  guild.members.set(user.id, member);
  return member;
}
