import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { z } from "zod";
import type { UploadedFile } from "../multipart.ts";
import { failures, invalidForm, parseBody } from "./errors.ts";
import { callbackJson, type Interactions } from "./interactions.ts";
import { applicationJson, channelJson, guildJson, memberJson, messageJson, userJson } from "./json.ts";
import { checkPosting, composeMessage, editMessage, putMessage, readMessage } from "./messages.ts";
import { commandJson, type Registry } from "./registration.ts";
import type { Scene } from "./scene.ts";
import {
  can,
  isInGuild,
  messageById,
  visibleChannel,
  type DiscordChannel,
  type DiscordGuild,
  type DiscordMessage,
  type DiscordWorld,
} from "./world.ts";

export interface RouteContext {
  readonly world: DiscordWorld;
  readonly interactions: Interactions;
  readonly registry: Registry;
  readonly scene: Scene;
  readonly gatewayUrl: string;
  readonly sessionStartsLeft: () => number;
  /** How many shards Discord recommends. */
  readonly shards: number;
  /** Ids and tokens in the path, in order. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  readonly nonces: Nonces;
}

export interface Nonces {
  readonly recall: (nonce: string) => DiscordMessage | undefined;
  readonly keep: (nonce: string, message: DiscordMessage) => void;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  /** "POST /channels/:id/messages" */
  readonly name: string;
  readonly pattern: RegExp;
  /** Whether the bot's token is needed; interaction routes carry their own. */
  readonly isOpen: boolean;
  readonly run: (context: RouteContext) => Answer;
}

function route(name: string, run: (context: RouteContext) => Answer, isOpen = false): Route {
  const [method = "", path = ""] = name.split(" ");
  const pattern = new RegExp(`^${method} ${path.replaceAll(/:\w+/g, "([^/]+)")}$`);
  return { name, pattern, run, isOpen };
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const none: Answer = { status: 204 };
const idAt = (context: RouteContext, index: number): string => context.ids[index] ?? "";

const gatewayBot = route("GET /gateway/bot", (context) =>
  ok({
    url: context.gatewayUrl,
    shards: context.shards,
    session_start_limit: {
      total: 1000,
      remaining: context.sessionStartsLeft(),
      reset_after: 86_400_000,
      max_concurrency: 16,
    },
  }),
);

function guildOf(context: RouteContext): DiscordGuild {
  const guild = context.world.guilds.get(idAt(context, 0));
  if (guild === undefined) throw failures.unknownGuild();
  if (!isInGuild(context.world, guild.id)) throw failures.missingAccess();
  return guild;
}

const selfRoutes = [
  gatewayBot,
  route("GET /users/@me", ({ world }) => ok(userJson(world.bot))),
  route("GET /applications/@me", ({ world }) => ok(applicationJson(world))),
  route("GET /oauth2/applications/@me", ({ world }) => ok(applicationJson(world))),
  route("POST /users/@me/channels", (context) => {
    const { recipient_id: id } = parseBody(z.object({ recipient_id: z.string() }), context.body);
    const user = context.world.users.get(id);
    if (user === undefined) throw failures.unknownUser();
    return ok(channelJson(context.world, context.scene.addDirectChannel(user)));
  }),
  route("GET /users/:id", ({ world, ids: [id = ""] }) => {
    const user = world.users.get(id);
    if (user === undefined) throw failures.unknownUser();
    return ok(userJson(user));
  }),
];

const guildRoutes = [
  route("GET /guilds/:id", (context) => ok(guildJson(context.world, guildOf(context)))),
  route("GET /guilds/:id/channels", (context) => {
    const guild = guildOf(context);
    const channels = [...context.world.channels.values()].filter((channel) => channel.guildId === guild.id);
    return ok(channels.map((channel) => channelJson(context.world, channel)));
  }),
  route("GET /guilds/:id/members/:id", (context) => {
    const member = guildOf(context).members.get(idAt(context, 1));
    if (member === undefined) throw failures.unknownUser();
    return ok(memberJson(member));
  }),
];

function channelOf(context: RouteContext): DiscordChannel {
  return visibleChannel(context.world, idAt(context, 0));
}

function createMessage(context: RouteContext): Answer {
  const { world } = context;
  const channel = channelOf(context);
  const input = readMessage(context.body, context.files);
  const nonce = input.nonce === undefined ? undefined : String(input.nonce);
  const earlier =
    input.enforce_nonce === true && nonce !== undefined ? context.nonces.recall(nonce) : undefined;
  if (earlier?.isDeleted === true) throw failures.unknownMessage();
  if (earlier !== undefined) return ok(messageJson(world, earlier));
  checkReference(world, channel, input.message_reference?.message_id);
  const body = composeMessage(input, context.files);
  checkPosting(channel, body);
  const message = putMessage(world, { channelId: channel.id, body, nonce });
  if (nonce !== undefined) context.nonces.keep(nonce, message);
  return ok(messageJson(world, message));
}

function checkReference(world: DiscordWorld, channel: DiscordChannel, id: string | undefined): void {
  if (id === undefined || world.messages.get(id)?.channelId === channel.id) return;
  const message = "Unknown message";
  throw invalidForm([{ path: ["message_reference"], code: "REPLIES_UNKNOWN_MESSAGE", message }]);
}

function ownMessage(context: RouteContext): DiscordMessage {
  const message = messageById(context.world, channelOf(context).id, idAt(context, 1));
  if (message.authorId !== context.world.bot.id) throw failures.cannotEditOthers();
  return message;
}

function startThread(context: RouteContext): Answer {
  const parent = channelOf(context);
  const shape = z.looseObject({ name: z.string().min(1).max(100), message: z.unknown().optional() });
  const { name, message } = parseBody(shape, context.body);
  const isForum = parent.type === ChannelType.GuildForum;
  if (!can(parent, isForum ? PermissionFlagsBits.SendMessages : PermissionFlagsBits.CreatePublicThreads)) {
    throw failures.missingPermissions();
  }
  const thread = context.scene.addThread(parent, name);
  if (!isForum) return { status: 201, body: channelJson(context.world, thread) };
  const body = composeMessage(readMessage(message ?? {}, context.files), context.files);
  const first = putMessage(context.world, { channelId: thread.id, body });
  return {
    status: 201,
    body: { ...channelJson(context.world, thread), message: messageJson(context.world, first) },
  };
}

function crosspost(context: RouteContext): Answer {
  const channel = channelOf(context);
  if (channel.type !== ChannelType.GuildAnnouncement) throw failures.wrongChannelType();
  const message = ownMessage(context);
  if (message.isCrossposted) throw failures.alreadyCrossposted();
  if (!can(channel, PermissionFlagsBits.SendMessages)) throw failures.missingPermissions();
  message.isCrossposted = true;
  return ok(messageJson(context.world, message));
}

const channelRoutes = [
  route("GET /channels/:id", (context) => ok(channelJson(context.world, channelOf(context)))),
  route("POST /channels/:id/messages", createMessage),
  route("GET /channels/:id/messages/:id", (context) => {
    const channel = channelOf(context);
    if (!can(channel, PermissionFlagsBits.ReadMessageHistory)) throw failures.missingAccess();
    return ok(messageJson(context.world, messageById(context.world, channel.id, idAt(context, 1))));
  }),
  route("PATCH /channels/:id/messages/:id", (context) => {
    const message = ownMessage(context);
    const input = readMessage(context.body, context.files);
    editMessage(context.world, message, composeMessage(input, context.files, message.body));
    return ok(messageJson(context.world, message));
  }),
  route("DELETE /channels/:id/messages/:id", (context) => {
    const message = messageById(context.world, channelOf(context).id, idAt(context, 1));
    if (message.authorId !== context.world.bot.id) throw failures.missingPermissions();
    message.isDeleted = true;
    return none;
  }),
  route("POST /channels/:id/messages/:id/crosspost", crosspost),
  route("POST /channels/:id/threads", startThread),
  route("POST /channels/:id/typing", (context) => {
    channelOf(context);
    return none;
  }),
];

function checkApplication(context: RouteContext): void {
  if (idAt(context, 0) !== context.world.applicationId) throw failures.missingAccess();
}

function commandScope(context: RouteContext, isGuild: boolean): string | undefined {
  checkApplication(context);
  if (!isGuild) return undefined;
  const guildId = idAt(context, 1);
  if (!isInGuild(context.world, guildId)) throw failures.missingAccess();
  return guildId;
}

function show(context: RouteContext, list: ReturnType<Registry["list"]>): Answer {
  return ok(list.map((each) => commandJson(context.world.applicationId, each)));
}

function commandRoutes(path: string, isGuild: boolean): readonly Route[] {
  return [
    route(`GET ${path}`, (context) => show(context, context.registry.list(commandScope(context, isGuild)))),
    route(`PUT ${path}`, (context) =>
      show(context, context.registry.overwrite(commandScope(context, isGuild), context.body)),
    ),
    route(`POST ${path}`, (context) => {
      const one = context.registry.upsert(commandScope(context, isGuild), context.body);
      return { status: 201, body: commandJson(context.world.applicationId, one) };
    }),
    route(`DELETE ${path}/:id`, (context) => {
      context.registry.remove(commandScope(context, isGuild), context.ids.at(-1) ?? "");
      return none;
    }),
  ];
}

const interactionRoutes = [
  route(
    "POST /interactions/:id/:token/callback",
    (context) => {
      const [id = "", token = ""] = context.ids;
      const interaction = context.interactions.acknowledge(id, token, context.body, context.files);
      return context.query.get("with_response") === "true"
        ? ok(callbackJson(context.world, interaction))
        : none;
    },
    true,
  ),
  route(
    "POST /webhooks/:app/:token",
    (context) => {
      checkApplication(context);
      const message = context.interactions.followUp(idAt(context, 1), context.body, context.files);
      return ok(messageJson(context.world, message));
    },
    true,
  ),
  route(
    "GET /webhooks/:app/:token/messages/:message",
    (context) =>
      ok(messageJson(context.world, context.interactions.message(idAt(context, 1), idAt(context, 2)))),
    true,
  ),
  route(
    "PATCH /webhooks/:app/:token/messages/:message",
    (context) => {
      const [, token = "", message = ""] = context.ids;
      const edited = context.interactions.edit(token, message, context.body, context.files);
      return ok(messageJson(context.world, edited));
    },
    true,
  ),
  route(
    "DELETE /webhooks/:app/:token/messages/:message",
    (context) => {
      context.interactions.message(idAt(context, 1), idAt(context, 2)).isDeleted = true;
      return none;
    },
    true,
  ),
];

export const routes: readonly Route[] = [
  ...selfRoutes,
  ...guildRoutes,
  ...channelRoutes,
  ...commandRoutes("/applications/:app/commands", false),
  ...commandRoutes("/applications/:app/guilds/:guild/commands", true),
  ...interactionRoutes,
];
