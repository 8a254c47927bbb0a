import { createHash } from "node:crypto";
import { DiscordAPIError, type REST } from "@discordjs/rest";
import { MessageFlags, RESTJSONErrorCodes, Routes } from "discord-api-types/v10";
import type { EditRequest, SendRequest, SendResult } from "../contracts.ts";
import { renderDiscord } from "./discordMessage.ts";

/** Where a call goes, and when it is given up. */
export interface DiscordCalls {
  /** With its token set; retries nothing. */
  readonly rest: REST;
  readonly channel: string;
  readonly limit: AbortSignal;
}

/** discord-api-docs, resources/message#create-message. */
const nonceLength = 25;

/** Posts once, in a channel or, where the id is a person's, to them. Rejects with the library's errors. */
export async function postMessage(calls: DiscordCalls, request: SendRequest): Promise<SendResult> {
  try {
    return await postIn(calls, request);
  } catch (error) {
    const isUnknown = isRefusal(error, RESTJSONErrorCodes.UnknownChannel);
    const channel = isUnknown ? await directChannel(calls) : undefined;
    if (channel === undefined) throw error;
    return postIn({ ...calls, channel }, request);
  }
}

/** The conversation with the person of that id; undefined where there is none. */
async function directChannel({ rest, channel, limit }: DiscordCalls): Promise<string | undefined> {
  try {
    const options = { body: { recipient_id: channel }, signal: limit };
    return textField(await rest.post(Routes.userChannels(), options), "id");
  } catch (error) {
    if (error instanceof DiscordAPIError && isAboutPerson(error)) return undefined;
    throw error;
  }
}

/** What is said of the token or of our haste says nothing of the person: they must not be stopped by it. */
function isAboutPerson({ status, code }: DiscordAPIError): boolean {
  return status !== 401 && code !== RESTJSONErrorCodes.OpeningDirectMessagesTooFast;
}

async function postIn(calls: DiscordCalls, request: SendRequest): Promise<SendResult> {
  const { rest, channel, limit } = calls;
  const post = async (wanted: SendRequest): Promise<SendResult> => {
    const options = { ...newMessage(wanted), signal: limit };
    const messageId = textField(await rest.post(Routes.channelMessages(channel), options), "id");
    if (messageId === undefined)
      return { kind: "unknown-outcome", reason: "Discord answered something else" };
    if (request.crosspost === true) await publish(calls, messageId);
    return { kind: "sent", messageId };
  };
  return orElse(post(request), RESTJSONErrorCodes.MissingPermissions, withoutExtras(request), post);
}

/**
 * Puts a message's newest words in its place, in the style it was posted in, whatever the style is now: a message
 * can't leave components behind.
 */
export async function editMessage(calls: DiscordCalls, request: EditRequest): Promise<SendResult> {
  const { rest, channel, limit } = calls;
  const { messageId, style } = request;
  const edit = async (wanted: EditRequest): Promise<SendResult> => {
    const options = { ...changedMessage(wanted), signal: limit };
    await rest.patch(Routes.channelMessage(channel, messageId), options);
    return { kind: "sent", messageId };
  };
  const inStyle = async (wanted: EditRequest): Promise<SendResult> =>
    orElse(edit(wanted), RESTJSONErrorCodes.MissingPermissions, withoutPicture(wanted), edit);
  const { style: _style, ...plain } = request;
  const other: EditRequest = style === undefined ? { ...plain, style: "embed" } : plain;
  return orElse(inStyle(request), RESTJSONErrorCodes.InvalidFormBodyOrContentType, other, inStyle);
}

/** The second way, where Discord refuses the first with this code and there is one. */
async function orElse<T>(
  first: Promise<SendResult>,
  code: RESTJSONErrorCodes,
  second: T | undefined,
  attempt: (second: T) => Promise<SendResult>,
): Promise<SendResult> {
  try {
    return await first;
  } catch (error) {
    if (second === undefined || !isRefusal(error, code)) throw error;
    return attempt(second);
  }
}

function isRefusal(error: unknown, code: RESTJSONErrorCodes): boolean {
  return error instanceof DiscordAPIError && error.code === code;
}

/** What needs no right but to write: the words must not be lost with a picture that may not be attached. */
function withoutExtras({ picture, style, ...words }: SendRequest): SendRequest | undefined {
  return picture === undefined && style === undefined ? undefined : words;
}

function withoutPicture({ picture, ...words }: EditRequest): EditRequest | undefined {
  return picture === undefined ? undefined : words;
}

function newMessage(request: SendRequest) {
  const { body, files } = rendered(request);
  const sound = request.silent === true ? MessageFlags.SuppressNotifications : 0;
  const once = { nonce: nonceOf(request.idempotencyKey), enforce_nonce: true };
  return { body: { ...body, flags: (body.flags ?? 0) | sound, ...once }, files };
}

/** The picture of before goes with the words of before. */
function changedMessage(request: EditRequest) {
  const { body, files } = rendered(request);
  return { body: { ...body, attachments: files.map(({ name }, id) => ({ id, filename: name })) }, files };
}

/** The picture as a file, under the name by which the message shows it; a line has no place for one. */
function rendered(request: SendRequest | EditRequest) {
  const { picture, message, ...rendering } = request;
  if (picture === undefined || message.kind === "line")
    return { body: renderDiscord(message, rendering), files: [] };
  const filename = "map.png";
  const named = { filename, description: message.headline };
  return {
    body: renderDiscord(message, { ...rendering, picture: named }),
    files: [{ name: filename, data: Buffer.from(picture.png), contentType: "image/png" }],
  };
}

/** To those who follow an announcement channel. Its few posts an hour may be used up: the message itself is there. */
async function publish(
  { rest, channel, limit }: DiscordCalls,
  messageId: string,
): Promise<"done" | "not-now"> {
  try {
    await rest.post(Routes.channelMessageCrosspost(channel, messageId), { signal: limit });
    return "done";
  } catch {
    return "not-now"; // never a reason to post again
  }
}

function nonceOf(idempotencyKey: string): string {
  return createHash("sha256").update(idempotencyKey).digest("base64url").slice(0, nonceLength);
}

export function textField(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof found === "string" ? found : undefined;
}
