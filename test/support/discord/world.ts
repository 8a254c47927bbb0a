import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import type { UploadedFile } from "../multipart.ts";
import { failures } from "./errors.ts";

export interface DiscordUser {
  readonly id: string;
  readonly username: string;
  readonly isBot: boolean;
  /** Doesn't take direct messages from bots. */
  isClosed: boolean;
}

export interface DiscordMember {
  readonly user: DiscordUser;
  /** In the guild, as an administrator set them. */
  permissions: bigint;
}

export interface DiscordGuild {
  readonly id: string;
  readonly name: string;
  readonly members: Map<string, DiscordMember>;
}

export interface DiscordChannel {
  readonly id: string;
  readonly type: ChannelType;
  readonly name: string;
  /** Undefined for direct messages. */
  readonly guildId: string | undefined;
  /** A thread's channel, or a channel's category. */
  readonly parentId: string | undefined;
  /** Whom a direct message is with. */
  readonly recipient: DiscordUser | undefined;
  /** What the bot may do here, overwrites included. */
  botPermissions: bigint;
  isLocked: boolean;
}

export interface MessageBody {
  readonly content: string;
  readonly embeds: readonly object[];
  readonly components: readonly object[];
  readonly flags: number;
  readonly files: readonly UploadedFile[];
  readonly allowedMentions: unknown;
}

export interface DiscordMessage {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly sentAt: number;
  readonly nonce: string | undefined;
  /** The interaction it answers. */
  readonly interactionId: string | undefined;
  body: MessageBody;
  readonly history: { readonly editedAt: number; readonly before: MessageBody }[];
  isDeleted: boolean;
  isCrossposted: boolean;
  /** A deferred answer that is still to come. */
  isLoading: boolean;
}

export interface DiscordWorld {
  readonly bot: DiscordUser;
  readonly applicationId: string;
  readonly token: string;
  readonly users: Map<string, DiscordUser>;
  readonly guilds: Map<string, DiscordGuild>;
  readonly channels: Map<string, DiscordChannel>;
  readonly messages: Map<string, DiscordMessage>;
  readonly now: () => number;
  readonly nextId: () => string;
}

export const ephemeralFlag = 1 << 6;
export const componentsV2Flag = 1 << 15;

const bits = PermissionFlagsBits;

/** What an invited bot of ours has, and a member without a role. */
export const defaultPermissions: bigint =
  bits.ViewChannel |
  bits.SendMessages |
  bits.SendMessagesInThreads |
  bits.EmbedLinks |
  bits.AttachFiles |
  bits.ReadMessageHistory |
  bits.UseApplicationCommands;

export const everyPermission: bigint = Object.values(bits).reduce((sum, bit) => sum | bit, 0n);

const discordEpoch = 1_420_070_400_000; // discord-api-docs, reference#snowflakes

/** Ids that carry the time, and so the guild's shard, as Discord's do. */
export function createIds(now: () => number): () => string {
  let increment = 0n;
  return () => {
    increment += 1n;
    return ((BigInt(now() - discordEpoch) << 22n) | (increment % 4_194_304n)).toString();
  };
}

/** discord-api-docs, topics/gateway#sharding. */
export function shardOf(guildId: string | undefined, shards: number): number {
  return guildId === undefined ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(shards));
}

export function isThread(channel: DiscordChannel): boolean {
  return (
    channel.type === ChannelType.PublicThread ||
    channel.type === ChannelType.PrivateThread ||
    channel.type === ChannelType.AnnouncementThread
  );
}

function channelById(world: DiscordWorld, id: string): DiscordChannel {
  const channel = world.channels.get(id);
  if (channel === undefined) throw failures.unknownChannel();
  return channel;
}

/** A channel the bot can see. */
export function visibleChannel(world: DiscordWorld, id: string): DiscordChannel {
  const channel = channelById(world, id);
  const isMember = channel.guildId === undefined || isInGuild(world, channel.guildId);
  if (!isMember || !can(channel, bits.ViewChannel)) throw failures.missingAccess();
  return channel;
}

export function isInGuild(world: DiscordWorld, guildId: string): boolean {
  return world.guilds.get(guildId)?.members.has(world.bot.id) ?? false;
}

export function can(channel: DiscordChannel, bit: bigint): boolean {
  if (channel.guildId === undefined) return true;
  return (channel.botPermissions & bit) === bit || (channel.botPermissions & bits.Administrator) !== 0n;
}

export function messageById(world: DiscordWorld, channelId: string, id: string): DiscordMessage {
  const message = world.messages.get(id);
  if (message === undefined || message.isDeleted || message.channelId !== channelId)
    throw failures.unknownMessage();
  return message;
}
