import { generateKeyPairSync, sign } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createFaults, type Fault, type Faults } from "../faults.ts";
import { listen, readBody, resetConnection, sendJson } from "../listener.ts";
import type { UploadedFile } from "../multipart.ts";
import { createSignal } from "../signal.ts";
import { createBuckets, type DiscordLimits } from "./buckets.ts";
import { createDriver, type DiscordDriver } from "./driver.ts";
import { failures } from "./errors.ts";
import { openGateway, type Gateway } from "./gateway.ts";
import { createInteractions, type Interaction } from "./interactions.ts";
import type { Json } from "./json.ts";
import { createRegistry, type Registry } from "./registration.ts";
import type { Nonces, RouteContext } from "./routes.ts";
import { createScene } from "./scene.ts";
import {
  decide,
  faultReply,
  findRoute,
  finish,
  isMisuse,
  readForm,
  readTyped,
  sendBan,
  type Form,
  type Found,
  type Reply,
} from "./wire.ts";
import { createIds, type DiscordMessage, type DiscordWorld } from "./world.ts";

export interface DiscordOptions {
  readonly token?: string;
  readonly limits?: DiscordLimits;
  /** Clock of deadlines, buckets and nonces, epoch ms. */
  readonly now?: () => number;
  /** For faults with a chance. */
  readonly random?: () => number;
  readonly heartbeatIntervalMs?: number;
  /** Privileged intents the application was granted; none when left out. */
  readonly grantedIntents?: number;
  /** How long a nonce is remembered; Discord says "a few minutes". */
  readonly nonceWindowMs?: number;
  /** What /gateway/bot recommends; one when left out. */
  readonly shards?: number;
}

/** One request as it came, whatever became of it. */
interface DiscordCall {
  /** "POST /channels/:id/messages" */
  readonly route: string;
  readonly ids: readonly string[];
  readonly at: number;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  /** It came before a retry_after that this route had been given was over. */
  readonly isTooEarly: boolean;
  status: number | undefined;
  fault: Fault["kind"] | undefined;
}

export interface SignedPayload {
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface DiscordServer {
  /** For `rest.api`: the libraries add the version. */
  readonly apiUrl: string;
  readonly token: string;
  readonly applicationId: string;
  /** Hex, for HTTP interactions. */
  readonly publicKey: string;
  readonly driver: DiscordDriver;
  readonly world: DiscordWorld;
  readonly gateway: Gateway;
  readonly registry: Registry;
  readonly faults: Faults;
  readonly calls: readonly DiscordCall[];
  readonly interactions: readonly Interaction[];
  /** What was sent and not deleted, oldest first; of one channel if given. */
  readonly sent: (channelId?: string) => readonly DiscordMessage[];
  /** 401, 403 and unshared 429 in the last ten minutes: 10,000 of them ban an address. */
  readonly invalidRequests: () => number;
  /** From now on interactions are POSTed to this address, signed, instead of the gateway. */
  readonly postInteractionsTo: (url: string | undefined) => void;
  /** A request as it would be POSTed. */
  readonly signed: (payload: Json) => SignedPayload;
  readonly waitFor: <T>(pick: () => T | undefined) => Promise<T>;
  readonly takeViolations: () => readonly string[];
  readonly goDown: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  /** Rejects when there are violations nobody took. */
  readonly close: () => Promise<void>;
}

const invalidWindowMs = 10 * 60_000; // discord-api-docs, topics/rate-limits
const invalidLimit = 10_000;
const defaultNonceWindowMs = 3 * 60_000;
const defaultHeartbeatMs = 41_250;

export async function startDiscordServer(options: DiscordOptions = {}): Promise<DiscordServer> {
  const now = options.now ?? Date.now;
  const world = createDiscordWorld(options.token ?? defaultToken, now);
  const signal = createSignal();
  const faults = createFaults(options.random);
  const buckets = createBuckets(options.limits ?? {}, now);
  const interactions = createInteractions(world);
  const registry = createRegistry(now, world.nextId);
  const nonces = createNonces(now, options.nonceWindowMs ?? defaultNonceWindowMs);
  const keys = generateKeyPairSync("ed25519");
  const calls: DiscordCall[] = [];
  const pauses = new Map<string, number>();
  let invalidAt: number[] = [];
  let violations: string[] = [];
  let interactionsUrl: string | undefined;

  const countInvalid = (): number => {
    invalidAt = invalidAt.filter((at) => at > now() - invalidWindowMs);
    return invalidAt.length;
  };

  const record = (found: Found, form: Form): DiscordCall => {
    const pausedUntil = Math.max(pauses.get("global") ?? 0, pauses.get(found.key) ?? 0);
    const base = { route: found.route.name, ids: found.ids, at: now(), body: form.body, files: form.files };
    const call = { ...base, isTooEarly: now() < pausedUntil, status: undefined, fault: undefined };
    calls.push(call);
    return call;
  };

  const settle = (call: DiscordCall, found: Found, reply: Reply): void => {
    call.status = reply.status;
    const isShared = reply.headers?.["x-ratelimit-scope"] === "shared";
    if ([401, 403, 429].includes(reply.status) && !isShared) invalidAt.push(now());
    const wait = Number(reply.headers?.["retry-after"] ?? 0);
    const key = reply.headers?.["x-ratelimit-global"] === "true" ? "global" : found.key;
    if (wait > 0) pauses.set(key, now() + wait * 1000);
    if (call.fault !== "status" && isMisuse(reply))
      violations.push(`${found.route.name}: ${JSON.stringify(reply.body)}`);
    signal.notify();
  };

  const contextOf = (found: Found, form: Form, query: URLSearchParams): RouteContext => ({
    world,
    interactions,
    registry,
    scene,
    gatewayUrl: `ws://127.0.0.1:${listener.port}/gateway`,
    sessionStartsLeft: () => 1000 - gateway.identifies(),
    shards: options.shards ?? 1,
    ids: found.ids,
    query,
    body: form.body,
    files: form.files,
    nonces,
  });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const form = readForm(request, await readBody(request));
    if (countInvalid() >= invalidLimit) return sendBan(response);
    const found = findRoute(request.method ?? "GET", url.pathname);
    if (found === undefined) {
      violations.push(`no route ${request.method ?? ""} ${url.pathname}`);
      return sendJson(response, 404, failures.notFound().toJson());
    }
    const call = record(found, form);
    const fault = faults.take(found.route.name, found.ids[0]);
    call.fault = fault?.kind;
    if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === "resetBefore") return resetConnection(response);
    const isAuthorized = found.route.isOpen || request.headers.authorization === `Bot ${world.token}`;
    const verdict = buckets.admit(found.route.name, found.major, found.route.isOpen);
    const context = contextOf(found, form, url.searchParams);
    const reply =
      fault?.kind === "status" ? faultReply(fault) : decide(found.route, context, verdict, isAuthorized);
    settle(call, found, reply);
    finish(fault, response, { ...reply, headers: { ...verdict.headers, ...reply.headers } });
  };

  const signed = (payload: Json): SignedPayload => {
    const body = JSON.stringify(payload);
    const timestamp = String(Math.floor(now() / 1000));
    const signature = sign(undefined, Buffer.from(timestamp + body), keys.privateKey).toString("hex");
    const headers = {
      "content-type": "application/json",
      "x-signature-timestamp": timestamp,
      "x-signature-ed25519": signature,
    };
    return { headers, body };
  };

  const postInteraction = async (url: string, payload: Json): Promise<void> => {
    const response = await fetch(url, { method: "POST", ...signed(payload) });
    const answer = Buffer.from(await response.arrayBuffer());
    if (!response.ok) violations.push(`the interactions endpoint answered ${response.status}`);
    else if (answer.length > 0)
      acknowledgeByReply(payload, response.headers.get("content-type") ?? "", answer);
    signal.notify();
  };

  const acknowledgeByReply = (payload: Json, contentType: string, answer: Buffer): void => {
    const form = readTyped(contentType, answer);
    interactions.acknowledge(String(payload["id"]), String(payload["token"]), form.body, form.files);
  };

  const deliver = (payload: Json, guildId: string | undefined): void => {
    if (interactionsUrl === undefined) gateway.dispatch("INTERACTION_CREATE", payload, guildId);
    else postInteraction(interactionsUrl, payload).catch((error: unknown) => violations.push(String(error)));
  };

  const listener = await listen(handle);
  const gatewayOptions = {
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? defaultHeartbeatMs,
    grantedIntents: options.grantedIntents ?? 0,
  };
  const gateway = openGateway(listener.http, world, gatewayOptions, signal);
  const scene = createScene(world);
  const takeViolations = (): readonly string[] => {
    const taken = violations;
    violations = [];
    return taken;
  };
  return {
    apiUrl: `http://127.0.0.1:${listener.port}/api`,
    token: world.token,
    applicationId: world.applicationId,
    publicKey: keys.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex"),
    driver: createDriver({ world, gateway, registry, interactions, deliver }),
    world,
    gateway,
    registry,
    faults,
    calls,
    interactions: interactions.all,
    sent: (channelId) =>
      [...world.messages.values()].filter(
        (message) => !message.isDeleted && (channelId ?? message.channelId) === message.channelId,
      ),
    invalidRequests: countInvalid,
    postInteractionsTo: (url) => {
      interactionsUrl = url;
    },
    signed,
    waitFor: signal.waitFor,
    takeViolations,
    goDown: listener.goDown,
    comeBack: listener.comeBack,
    close: async () => {
      gateway.close();
      await listener.close();
      const left = takeViolations();
      if (left.length > 0) throw new Error(`Discord API violations:\n${left.join("\n")}`);
    },
  };
}

/** Bot tokens begin with the application's id in base64. */
const applicationId = "1303030303030303030";
const defaultToken = `${Buffer.from(applicationId).toString("base64url")}.Gabcde.stand-in-token-of-27-letters`;

function createDiscordWorld(token: string, now: () => number): DiscordWorld {
  const bot = { id: applicationId, username: "lopside", isBot: true, isClosed: false };
  return {
    bot,
    applicationId,
    token,
    users: new Map([[bot.id, bot]]),
    guilds: new Map(),
    channels: new Map(),
    messages: new Map(),
    now,
    nextId: createIds(now),
  };
}

/** One author, one nonce, whatever the channel: discord-api-docs, resources/message#create-message. */
function createNonces(now: () => number, windowMs: number): Nonces {
  const known = new Map<string, { message: DiscordMessage; at: number }>();
  return {
    recall: (nonce) => {
      const entry = known.get(nonce);
      return entry !== undefined && now() - entry.at <= windowMs ? entry.message : undefined;
    },
    keep: (nonce, message) => {
      known.set(nonce, { message, at: now() });
    },
  };
}
