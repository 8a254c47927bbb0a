import type { IncomingMessage, ServerResponse } from "node:http";
import { createFaults, type Fault, type Faults, type StatusFault } from "../faults.ts";
import { listen, readBody, resetConnection, sendJson } from "../listener.ts";
import { parseMultipart, type Form, type UploadedFile } from "../multipart.ts";
import { createSignal } from "../signal.ts";
import { createDriver, type TelegramDriver } from "./driver.ts";
import { BotApiFailure, tooManyRequests } from "./errors.ts";
import { createRateLimiter, type TelegramLimits } from "./limits.ts";
import type { CommandList, Context, Method, OpenQuery } from "./method.ts";
import { botMethods } from "./methods/bot.ts";
import { chatMethods } from "./methods/chats.ts";
import { editMethods } from "./methods/edit.ts";
import { queryMethods } from "./methods/queries.ts";
import { sendMethods } from "./methods/send.ts";
import { createPhotos } from "./photos.ts";
import { createUpdateQueue, type UpdateQueue } from "./updates.ts";
import { createWorld, type BotAccount, type MessageRecord, type World } from "./world.ts";

export interface TelegramOptions {
  /** The first one is the bot under test. */
  readonly bots?: readonly BotAccount[];
  /** Off unless given: `realisticLimits`, or tighter ones. */
  readonly limits?: TelegramLimits;
  /** Clock of rate windows and message dates, epoch ms. */
  readonly now?: () => number;
  /** For faults with a chance. */
  readonly random?: () => number;
  /** Unknown parameters and markup are refused and make `close` fail; true when left out. */
  readonly strictParameters?: boolean;
}

/** One request as it came, whatever became of it. */
interface TelegramCall {
  readonly method: string;
  readonly botId: number;
  readonly at: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: readonly UploadedFile[];
  /** It came before a retry_after that this chat had been given was over. */
  readonly isTooEarly: boolean;
  /** HTTP status of the outcome, also where the answer got lost; undefined while it is being worked on. */
  status: number | undefined;
  fault: Fault["kind"] | undefined;
}

export interface TelegramServer {
  /** For `apiRoot`. */
  readonly apiRoot: string;
  readonly bot: BotAccount;
  readonly driver: TelegramDriver;
  readonly world: World;
  readonly faults: Faults;
  readonly calls: readonly TelegramCall[];
  /** What bots sent and did not delete, oldest first; of one chat if given. */
  readonly sent: (chatId?: number) => readonly MessageRecord[];
  readonly commands: () => readonly CommandList[];
  readonly uploads: () => number;
  readonly queue: (bot?: BotAccount) => UpdateQueue;
  readonly waitFor: <T>(pick: () => T | undefined) => Promise<T>;
  readonly takeViolations: () => readonly string[];
  readonly goDown: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  /** Rejects when there are violations nobody took. */
  readonly close: () => Promise<void>;
}

export const defaultBot: BotAccount = {
  token: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
  id: 110_201_543,
  username: "lopside_test_bot",
  firstName: "Lopside",
};

const methods = new Map<string, Method>(
  [botMethods, chatMethods, editMethods, queryMethods, sendMethods]
    .flat()
    .map((each) => [each.name.toLowerCase(), each]),
);

export async function startTelegramServer(options: TelegramOptions = {}): Promise<TelegramServer> {
  const now = options.now ?? Date.now;
  const bot = options.bots?.[0] ?? defaultBot;
  const world = createWorld(options.bots ?? [defaultBot], now);
  const signal = createSignal();
  const queues = new Map(world.bots.map((each) => [each.id, createUpdateQueue(signal)]));
  const queries = new Map<string, OpenQuery>();
  const commands = new Map<string, CommandList>();
  const faults = createFaults(options.random);
  const limiters = new Map(world.bots.map((each) => [each.id, createRateLimiter(options.limits ?? {}, now)]));
  const photos = createPhotos();
  const calls: TelegramCall[] = [];
  const pauses = new Map<string, number>();
  let violations: string[] = [];

  const queueOf = (id: number): UpdateQueue => required(queues.get(id));
  const openContext = (account: BotAccount, form: Form, hungUp: AbortSignal): Context => ({
    world,
    bot: account,
    files: form.files,
    updates: queueOf(account.id),
    photos,
    limiter: required(limiters.get(account.id)),
    queries,
    commands,
    hungUp,
    violate: (what) => {
      if (options.strictParameters !== false) violations.push(what);
    },
  });

  const record = (method: string, account: BotAccount, form: Form): TelegramCall => {
    const pausedUntil = pauses.get(pauseKey(account, form)) ?? 0;
    const base = { method, botId: account.id, at: now(), fields: form.fields, files: form.files };
    const call = { ...base, isTooEarly: now() < pausedUntil, status: undefined, fault: undefined };
    calls.push(call);
    return call;
  };

  const settle = (call: TelegramCall, account: BotAccount, reply: Reply): void => {
    call.status = reply.status;
    const wait = reply.retryAfterSeconds;
    if (wait !== undefined) pauses.set(pauseKey(account, call), now() + wait * 1000);
    signal.notify();
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const form = readForm(request, url, await readBody(request));
    const [, token = "", name = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname) ?? [];
    const account = world.bots.find((each) => each.token === token);
    const method = methods.get(name.toLowerCase());
    if (account === undefined) return sendJson(response, ...refuseToken(token));
    if (method === undefined) {
      violations.push(`unknown method ${name}`);
      return sendJson(response, 404, notFound("method not found"));
    }
    const call = record(method.name, account, form);
    const fault = faults.take(method.name, targetOf(form));
    call.fault = fault?.kind;
    if (await failBefore(fault, response, (reply) => settle(call, account, reply))) return;
    const hungUp = new AbortController();
    response.once("close", () => hungUp.abort());
    const reply = await answer(method, openContext(account, form, hungUp.signal), form);
    settle(call, account, reply);
    finish(fault, response, reply);
  };

  const listener = await listen(handle);
  const takeViolations = (): readonly string[] => {
    const taken = violations;
    violations = [];
    return taken;
  };
  return {
    apiRoot: `http://127.0.0.1:${listener.port}`,
    bot,
    driver: createDriver({ world, queues, queries }),
    world,
    faults,
    calls,
    sent: (chatId) =>
      [...world.messages.values()].filter(
        (message) =>
          isFromBot(world, message) && !message.isDeleted && (chatId ?? message.chatId) === message.chatId,
      ),
    commands: () => [...commands.values()],
    uploads: photos.uploads,
    queue: (each = bot) => queueOf(each.id),
    waitFor: signal.waitFor,
    takeViolations,
    goDown: listener.goDown,
    comeBack: listener.comeBack,
    close: async () => {
      for (const queue of queues.values()) queue.close();
      await listener.close();
      const left = takeViolations();
      if (left.length > 0) throw new Error(`Bot API violations:\n${left.join("\n")}`);
    },
  };
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterSeconds?: number;
}

async function answer(method: Method, context: Context, form: Form): Promise<Reply> {
  try {
    return { status: 200, body: { ok: true, result: await method.run(context, form.fields) } };
  } catch (error) {
    if (!(error instanceof BotApiFailure)) throw error;
    return failureReply(error);
  }
}

function failureReply(failure: BotApiFailure): Reply {
  const wait = failure.parameters?.retry_after;
  const reply = { status: failure.code, body: failure.toJson() };
  return wait === undefined ? reply : { ...reply, retryAfterSeconds: wait };
}

/** True when the fault has dealt with the request before it took effect. */
async function failBefore(
  fault: Fault | undefined,
  response: ServerResponse,
  settle: (reply: Reply) => void,
): Promise<boolean> {
  if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
  if (fault?.kind === "resetBefore") {
    resetConnection(response);
    return true;
  }
  if (fault?.kind !== "status") return false;
  const reply = faultReply(fault);
  settle(reply);
  sendJson(response, reply.status, reply.body);
  return true;
}

function faultReply(fault: StatusFault): Reply {
  if (fault.body !== undefined) return { status: fault.status, body: fault.body };
  if (fault.status === 429) return failureReply(tooManyRequests(fault.retryAfterSeconds ?? 1));
  return failureReply(new BotApiFailure(fault.status, faultTexts[fault.status] ?? `Error ${fault.status}`));
}

const faultTexts: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden: bot was blocked by the user",
  500: "Internal Server Error",
  502: "Bad Gateway",
};

/** Sends the reply, or loses it. */
function finish(fault: Fault | undefined, response: ServerResponse, reply: Reply): void {
  if (fault?.kind === "acceptThenReset") return resetConnection(response);
  if (fault?.kind === "acceptThenHang") return;
  if (fault?.kind === "acceptThenStatus") {
    const lost = faultReply({ kind: "status", status: fault.status });
    return sendJson(response, lost.status, lost.body);
  }
  sendJson(response, reply.status, reply.body);
}

function readForm(request: IncomingMessage, url: URL, body: Buffer): Form {
  const query = Object.fromEntries(url.searchParams);
  const type = request.headers["content-type"] ?? "";
  if (body.length === 0) return { fields: query, files: [] };
  if (type.startsWith("multipart/form-data")) {
    const form = parseMultipart(body, type);
    return { fields: { ...query, ...form.fields }, files: form.files };
  }
  if (type.startsWith("application/json")) return { fields: { ...query, ...jsonObject(body) }, files: [] };
  return { fields: { ...query, ...Object.fromEntries(new URLSearchParams(body.toString())) }, files: [] };
}

function jsonObject(body: Buffer): Record<string, unknown> {
  const parsed: unknown = JSON.parse(body.toString());
  return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
}

function refuseToken(token: string): [number, unknown] {
  if (!/^\d+:[\w-]+$/.test(token)) return [404, notFound()];
  return [401, { ok: false, error_code: 401, description: "Unauthorized" }];
}

function notFound(detail?: string): unknown {
  const description = detail === undefined ? "Not Found" : `Not Found: ${detail}`;
  return { ok: false, error_code: 404, description };
}

function targetOf(form: Pick<Form, "fields">): string | undefined {
  const chatId = form.fields["chat_id"];
  return typeof chatId === "string" || typeof chatId === "number" ? String(chatId) : undefined;
}

function pauseKey(bot: BotAccount, form: Pick<Form, "fields">): string {
  return `${bot.id}|${targetOf(form) ?? ""}`;
}

function isFromBot(world: World, message: MessageRecord): boolean {
  return world.bots.some((bot) => bot.id === message.fromId);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a bot without its parts");
  return value;
}
