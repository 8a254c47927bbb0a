import { GrammyError, HttpError } from "grammy";
import type { Message } from "grammy/types";
import type { Client, Dispatcher } from "undici";
import type { AlertMessage } from "../../alerts/message.ts";
import type { Picture } from "../../charts/contracts.ts";
import { isBotApiAnswer, notAnAnswer } from "./botApiAnswer.ts";
import { type Connections, createConnections } from "./connections.ts";
import { createConnector } from "./connector.ts";
import type { FileIds, SendRequest } from "../contracts.ts";
import type { Post, TelegramDestination } from "./telegramPost.ts";
import { keyboard } from "./telegramPost.ts";
import { captionLimit, renderTelegram } from "./telegramText.ts";

export interface BulkOptions {
  readonly token: string;
  readonly apiRoot?: string | undefined;
  readonly timeoutMs: number;
  readonly fileIds?: FileIds;
  /** Posts may cost Stars. */
  readonly isPaid: boolean;
}

/** Bot API, making requests. */
const telegramRoot = "https://api.telegram.org";
const mostFilesKnown = 256;

/**
 * Posts the same words to many: they become JSON once, each chat's own part is put before them, and it goes out
 * without the library's client. What fails is thrown as the library throws it, so that it is translated in one place.
 * What has to be uploaded goes the library's way (`upload`).
 */
export function createBulkPost(options: BulkOptions, upload: Post): Post {
  const call = createCall(options);
  const bodies = createBodies();
  const files = new Map<string, string>();
  const fileOf = async (key: string): Promise<string | undefined> => {
    const known = files.get(key) ?? (await options.fileIds?.get(key));
    if (known === undefined) return undefined;
    files.set(key, known);
    const [oldest] = files.keys();
    if (files.size > mostFilesKnown && oldest !== undefined) files.delete(oldest);
    return known;
  };
  const postFile = async (
    picture: Picture,
    [before, caption]: readonly [string, Buffer],
    [request, place]: Parameters<Post>,
  ): Promise<number> => {
    const file = await fileOf(picture.key);
    if (file === undefined) return upload(request, place);
    try {
      return await call("sendPhoto", [`${before}"photo":${JSON.stringify(file)},`, caption]);
    } catch (error) {
      if (!(error instanceof GrammyError) || !/file/i.test(error.description)) throw error;
      files.delete(picture.key);
      return upload(request, place);
    }
  };
  return (request, place) => {
    const { picture } = request;
    const before = `{${ownPart(request, place, options.isPaid)}`;
    const caption = picture === undefined ? undefined : bodies(request, "caption");
    if (picture === undefined || caption === undefined)
      return call("sendMessage", [before, bodies(request, "text") ?? noWords]);
    return postFile(picture, [before, caption], [request, place]);
  };
}

/** Members of a body that are the chat's own, each with its comma. */
function ownPart(
  { buttons, silent }: SendRequest,
  { chat, topic }: TelegramDestination,
  isPaid: boolean,
): string {
  const thread = topic === undefined ? "" : `"message_thread_id":${topic},`;
  const quiet = silent === true ? `"disable_notification":true,` : "";
  const paid = isPaid ? `"allow_paid_broadcast":true,` : "";
  const rows =
    buttons === undefined || buttons.length === 0
      ? ""
      : `"reply_markup":${JSON.stringify(keyboard(buttons))},`;
  return `"chat_id":${JSON.stringify(chat)},${thread}${quiet}${paid}${rows}`;
}

type Part = "text" | "caption";

const noWords = Buffer.from("}");

/** The words of a message as the end of a JSON object, made once; undefined where they are no caption. */
function createBodies(): (request: SendRequest, part: Part) => Buffer | undefined {
  const kept = new WeakMap<AlertMessage, Map<string, Buffer | undefined>>();
  return ({ message, possibleRepeat }, part) => {
    const known = kept.get(message) ?? new Map<string, Buffer | undefined>();
    kept.set(message, known);
    const name = possibleRepeat ? `${part} again` : part;
    if (!known.has(name)) known.set(name, words(message, possibleRepeat, part));
    return known.get(name);
  };
}

function words(message: AlertMessage, possibleRepeat: boolean, part: Part): Buffer | undefined {
  if (part === "text") {
    const { text, entities } = renderTelegram(message, possibleRepeat);
    return endOf({ text, entities, link_preview_options: { is_disabled: true } });
  }
  const { text, entities } = renderTelegram(message, possibleRepeat, captionLimit);
  // what doesn't fit even at its shortest is better read than seen
  if (text.length > captionLimit) return undefined;
  return endOf({ caption: text, caption_entities: entities });
}

function endOf(members: object): Buffer {
  return Buffer.from(JSON.stringify(members).slice(1));
}

type Method = "sendMessage" | "sendPhoto";

type Call = (method: Method, body: readonly [own: string, shared: Buffer]) => Promise<number>;

const headers = ["content-type", "application/json"];

function createCall({ token, apiRoot, timeoutMs }: BulkOptions): Call {
  const { origin, pathname } = new URL((apiRoot ?? telegramRoot).replace(/\/*$/, "/"));
  const connections = createConnections(origin, {
    pipelining: 1,
    keepAliveTimeout: 60_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: createConnector(timeoutMs),
  });
  const base = `${pathname}bot${token}/`;
  const paths = { sendMessage: `${base}sendMessage`, sendPhoto: `${base}sendPhoto` };
  return (method, [own, shared]) =>
    new Promise((resolve, reject) => {
      const connection = connections.take();
      const taker = new Taker({ resolve, reject, method, timeoutMs, connection, connections });
      connection.dispatch({ path: paths[method], method: "POST", headers, body: joined(own, shared) }, taker);
    });
}

/** A chat's own part before what all are sent. */
function joined(own: string, shared: Buffer): Buffer {
  const length = Buffer.byteLength(own);
  const body = Buffer.allocUnsafe(length + shared.length);
  body.write(own);
  shared.copy(body, length);
  return body;
}

interface Take {
  readonly resolve: (messageId: number) => void;
  readonly reject: (error: Error) => void;
  readonly method: Method;
  readonly timeoutMs: number;
  readonly connection: Client;
  readonly connections: Pick<Connections, "giveBack">;
}

/**
 * Takes one answer as it comes, without the streams and promises in between. Whatever the status is, the answer says
 * what it means: without `onResponseStart` nobody reads its headers. A class, because there is one for each of very
 * many posts: closures would be made anew for each.
 */
class Taker implements Dispatcher.DispatchHandler {
  readonly #take: Take;
  /** Each of undici's own limits begins anew with every piece of an answer. */
  readonly #limit: NodeJS.Timeout;
  #isLate = false;
  #data: Buffer | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(take: Take) {
    this.#take = take;
    this.#limit = setTimeout(() => this.#expire(), take.timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isLate) this.#expire();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#data = this.#data === undefined ? chunk : Buffer.concat([this.#data, chunk]);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#limit);
    this.#take.reject(new HttpError(`${this.#take.method} failed`, error));
  }

  onResponseEnd(): void {
    const { resolve, reject, method, connection, connections } = this.#take;
    const data = this.#data ?? nothing;
    clearTimeout(this.#limit);
    connections.giveBack(connection);
    const known = messageIdOf(data);
    if (known !== undefined) return resolve(known);
    try {
      resolve(readMessageId(data.toString(), method));
    } catch (error) {
      reject(error instanceof GrammyError ? error : new HttpError(`${method} failed`, error));
    }
  }

  #expire(): void {
    this.#isLate = true;
    this.#controller?.abort(new DOMException("timed out", "TimeoutError"));
  }
}

const nothing = Buffer.alloc(0);

/** Bot API, Message: its first member is its id, so that the rest, thirty times as long, need not be read. */
const sentPattern = /^\{"ok":true,"result":\{"message_id":(\d{1,15}),/;
const mostOfSent = 64;
const closingBrace = 0x7d;

function messageIdOf(data: Buffer): number | undefined {
  if (data.at(-1) !== closingBrace) return undefined;
  const found = sentPattern.exec(data.toString("latin1", 0, mostOfSent))?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Throws a GrammyError where it was refused, a SyntaxError on what is no answer of the Bot API. */
function readMessageId(text: string, method: string): number {
  const answer: unknown = JSON.parse(text);
  if (!isBotApiAnswer(answer)) throw notAnAnswer();
  if (!answer.ok) throw new GrammyError(`${method} was refused`, answer, method, {});
  if (!isMessage(answer.result)) throw notAnAnswer();
  return answer.result.message_id;
}

function isMessage(value: unknown): value is Pick<Message, "message_id"> {
  return (
    typeof value === "object" &&
    value !== null &&
    "message_id" in value &&
    typeof value.message_id === "number"
  );
}
