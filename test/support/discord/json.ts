import { ChannelType } from "discord-api-types/v10";
import {
  defaultPermissions,
  everyPermission,
  isThread,
  type DiscordChannel,
  type DiscordGuild,
  type DiscordMember,
  type DiscordMessage,
  type DiscordUser,
  type DiscordWorld,
} from "./world.ts";

/** The records as Discord writes them. */

export type Json = Readonly<Record<string, unknown>>;

const joinedAt = "2026-01-01T00:00:00.000000+00:00";
const iso = (epochMs: number): string => new Date(epochMs).toISOString();

export function userJson(user: DiscordUser): Json {
  return {
    id: user.id,
    username: user.username,
    discriminator: "0",
    global_name: user.username,
    avatar: null,
    bot: user.isBot,
    public_flags: 0,
    flags: 0,
  };
}

export function applicationJson(world: DiscordWorld): Json {
  return {
    id: world.applicationId,
    name: world.bot.username,
    icon: null,
    description: "",
    summary: "",
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "",
    flags: 0,
    team: null,
    approximate_guild_count: world.guilds.size,
    bot: userJson(world.bot),
  };
}

export function memberJson(member: DiscordMember): Json {
  return {
    user: userJson(member.user),
    nick: null,
    avatar: null,
    roles: [],
    joined_at: joinedAt,
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    communication_disabled_until: null,
  };
}

export function channelJson(world: DiscordWorld, channel: DiscordChannel): Json {
  const base = { id: channel.id, type: channel.type, name: channel.name, flags: 0, last_message_id: null };
  if (channel.guildId === undefined) {
    return { ...base, recipients: channel.recipient === undefined ? [] : [userJson(channel.recipient)] };
  }
  const placed = { ...base, guild_id: channel.guildId, parent_id: channel.parentId ?? null };
  if (isThread(channel)) return { ...placed, ...threadJson(world, channel) };
  return {
    ...placed,
    position: 0,
    nsfw: false,
    topic: null,
    rate_limit_per_user: 0,
    permission_overwrites: [
      {
        id: world.bot.id,
        type: 1,
        allow: channel.botPermissions.toString(),
        deny: (everyPermission & ~channel.botPermissions).toString(),
      },
    ],
    ...(channel.type === ChannelType.GuildForum ? { available_tags: [], default_forum_layout: 0 } : {}),
  };
}

function threadJson(world: DiscordWorld, channel: DiscordChannel): Json {
  return {
    owner_id: world.bot.id,
    message_count: 0,
    member_count: 1,
    total_message_sent: 0,
    rate_limit_per_user: 0,
    thread_metadata: {
      archived: channel.isLocked,
      locked: channel.isLocked,
      auto_archive_duration: 1440,
      archive_timestamp: joinedAt,
    },
  };
}

export function guildJson(world: DiscordWorld, guild: DiscordGuild): Json {
  const channels = [...world.channels.values()].filter((channel) => channel.guildId === guild.id);
  const bot = guild.members.get(world.bot.id);
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    owner_id: "1",
    joined_at: joinedAt,
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    preferred_locale: "en-US",
    features: [],
    premium_tier: 0,
    system_channel_flags: 0,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    roles: [everyoneJson(guild)],
    members: bot === undefined ? [] : [memberJson(bot)],
    channels: channels.filter((channel) => !isThread(channel)).map((channel) => channelJson(world, channel)),
    threads: channels.filter((channel) => isThread(channel)).map((channel) => channelJson(world, channel)),
  };
}

function everyoneJson(guild: DiscordGuild): Json {
  return {
    id: guild.id,
    name: "@everyone",
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    position: 0,
    permissions: defaultPermissions.toString(),
    managed: false,
    mentionable: false,
    flags: 0,
  };
}

export function messageJson(world: DiscordWorld, message: DiscordMessage): Json {
  const author = world.users.get(message.authorId) ?? world.bot;
  const edit = message.history.at(-1);
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.interactionId === undefined ? 0 : 20,
    author: userJson(author),
    content: message.body.content,
    timestamp: iso(message.sentAt),
    edited_timestamp: edit === undefined ? null : iso(edit.editedAt),
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    pinned: false,
    attachments: message.body.files.map((file, index) => ({
      id: `${message.id.slice(0, -2)}${index}`,
      filename: file.filename,
      size: file.bytes.length,
      url: `https://cdn.discordapp.com/attachments/${message.channelId}/${message.id}/${file.filename}`,
      proxy_url: `https://media.discordapp.net/attachments/${message.channelId}/${message.id}/${file.filename}`,
      content_type: file.contentType,
    })),
    embeds: message.body.embeds,
    components: message.body.components,
    flags: message.body.flags | (message.isLoading ? 1 << 7 : 0) | (message.isCrossposted ? 1 : 0),
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(message.interactionId === undefined ? {} : { application_id: world.applicationId }),
  };
}
