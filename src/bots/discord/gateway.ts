import { setTimeout as sleep } from "node:timers/promises";
import {
  Client,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayDispatchEvents,
  GatewayIntentBits,
  Options,
  type Guild,
  type GuildBasedChannel,
  type PermissionsBitField,
} from "discord.js";
import type { Log } from "../../ops/log.ts";

/** What happens in servers that a subscription may depend on. Ids of servers and channels. */
export interface GatewayEvents {
  /** As Discord sent it. */
  readonly onInteraction: (payload: unknown) => void;
  /** The bot was added to the server, or added again. */
  readonly onGuildJoined: (guild: string) => void;
  /** Removed from the server, or the server deleted; an outage is neither. */
  readonly onGuildLeft: (guild: string) => void;
  readonly onChannelDeleted: (channel: string) => void;
  /** What the bot may do in these channels may have changed. */
  readonly onRights: (rights: readonly ChannelRights[]) => void;
}

export interface ChannelRights {
  readonly channel: string;
  readonly type: number;
  /** Permission bits. */
  readonly granted: bigint;
}

export interface GatewayOptions {
  readonly token: string;
  /** A REST proxy, without version; Discord's own when left out. The gateway's address comes from the API. */
  readonly apiUrl?: string | undefined;
  readonly events: GatewayEvents;
  readonly log: Log;
  /** Gives up connecting; `close` ends a connection there is. */
  readonly signal?: AbortSignal;
}

export interface Gateway {
  /** Resolves when the connection is lost for good: a token that was reset, an intent that is refused. */
  readonly lost: Promise<string>;
  readonly close: () => Promise<void>;
}

/** The token is wrong: trying again changes nothing. */
export class WrongTokenError extends Error {
  override readonly name = "WrongTokenError";
}

/**
 * Connects to Discord's gateway, with as many shards as Discord recommends, and stays connected: resuming and
 * identifying again are the library's business. Rejects when it can't log in.
 */
export async function openGateway({ token, apiUrl, events, log, signal }: GatewayOptions): Promise<Gateway> {
  const client = createClient(apiUrl);
  const lost = new Promise<string>((resolve) => {
    client.on(Events.ShardDisconnect, ({ code }, shard) => resolve(`shard ${shard} was closed with ${code}`));
  });
  speak(client, log);
  listen(client, events);
  try {
    const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
    const connected = client.login(token).then(async () => Promise.race([ready, lost]));
    await (signal === undefined ? connected : Promise.race([connected, rejected(signal)]));
  } catch (error) {
    await end(client);
    throw isWrongToken(error) ? new WrongTokenError("Discord doesn't know this token") : error;
  }
  log.info({ shards: client.ws.shards.size }, "connected to Discord");
  return { lost, close: async () => end(client) };
}

const endMs = 2_000;

/** A client that is just connecting may never say that it has ended. */
async function end(client: Client): Promise<void> {
  // the library calls the end of each shard a reconnection, which nobody who stops it wants to read
  client.removeAllListeners(Events.ShardReconnecting);
  const timer = new AbortController();
  await Promise.race([
    client.destroy(),
    sleep(endMs, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
}

async function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new Error("stopped"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function isWrongToken(error: unknown): boolean {
  return error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid;
}

/** Servers, their channels and roles say who may do what; everything else would only fill the memory. */
function createClient(apiUrl: string | undefined): Client {
  return new Client({
    intents: [GatewayIntentBits.Guilds],
    shards: "auto",
    makeCache: Options.cacheWithLimits({
      GuildMemberManager: { maxSize: 0, keepOverLimit: (member) => member.id === member.client.user.id },
      ...nothingOf(),
    }),
    allowedMentions: { parse: [] },
    rest: apiUrl === undefined ? {} : { api: apiUrl.replace(/\/+$/, "") },
  });
}

function nothingOf() {
  return {
    ApplicationCommandManager: 0,
    AutoModerationRuleManager: 0,
    BaseGuildEmojiManager: 0,
    DMMessageManager: 0,
    GuildBanManager: 0,
    GuildEmojiManager: 0,
    GuildInviteManager: 0,
    GuildMessageManager: 0,
    GuildScheduledEventManager: 0,
    GuildStickerManager: 0,
    MessageManager: 0,
    PresenceManager: 0,
    ReactionManager: 0,
    ReactionUserManager: 0,
    StageInstanceManager: 0,
    ThreadMemberManager: 0,
    VoiceStateManager: 0,
  };
}

/** The library's own words may carry addresses and sessions: only what happened is said, not with what. */
function speak(client: Client, log: Log): void {
  client.on(Events.ShardReconnecting, (shard) => log.info({ shard }, "Discord's gateway: reconnecting"));
  client.on(Events.ShardResume, (shard, replayed) =>
    log.info({ shard, replayed }, "Discord's gateway: resumed"),
  );
  client.on(Events.ShardError, ({ message }, shard) =>
    log.warn({ shard, message }, "Discord's gateway failed"),
  );
  client.on(Events.Error, ({ message }) => log.warn({ message }, "Discord's library failed"));
  client.on(Events.Warn, (message) => log.warn({ message }, "Discord's library warns"));
}

function listen(client: Client, events: GatewayEvents): void {
  // raw, because interactions that come by HTTP are read by the same code
  client.ws.on(GatewayDispatchEvents.InteractionCreate, (payload: unknown) => events.onInteraction(payload));
  client.on(Events.GuildDelete, ({ id }) => events.onGuildLeft(id));
  client.on(Events.ChannelDelete, ({ id }) => events.onChannelDeleted(id));
  client.on(Events.ThreadDelete, ({ id }) => events.onChannelDeleted(id));
  const report = (guild: Guild, channels: readonly GuildBasedChannel[]): void =>
    events.onRights(rightsIn(guild, channels));
  const reportAll = (guild: Guild): void => report(guild, [...guild.channels.cache.values()]);
  client.on(Events.GuildCreate, (guild) => {
    events.onGuildJoined(guild.id);
    reportAll(guild);
  });
  // at the start too: what happened while nobody was connected
  client.on(Events.GuildAvailable, reportAll);
  client.on(Events.ChannelUpdate, (_, channel) => {
    if (!channel.isDMBased()) report(channel.guild, withThreads(channel));
  });
  client.on(Events.GuildRoleUpdate, (_, role) => reportAll(role.guild));
  client.on(Events.GuildRoleDelete, (role) => reportAll(role.guild));
  client.on(Events.GuildMemberUpdate, (_, member) => {
    if (member.id === client.user?.id) reportAll(member.guild);
  });
}

/** Threads have their parent's permissions. */
function withThreads(channel: GuildBasedChannel): readonly GuildBasedChannel[] {
  const threads = channel.guild.channels.cache.filter(
    (each) => each.isThread() && each.parentId === channel.id,
  );
  return [channel, ...threads.values()];
}

function rightsIn(guild: Guild, channels: readonly GuildBasedChannel[]): readonly ChannelRights[] {
  const { me } = guild.members;
  if (me === null) return [];
  return channels.flatMap((channel) => {
    // null for a thread whose channel is not known, whatever the library's types say
    const granted: Readonly<PermissionsBitField> | null = channel.permissionsFor(me);
    return granted === null ? [] : [{ channel: channel.id, type: channel.type, granted: granted.bitfield }];
  });
}
