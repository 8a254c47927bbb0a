import { createHmac, timingSafeEqual } from "node:crypto";
import { decodeAction, encodeAction, type Action } from "./actions.ts";
import { decodeTarget, encodeTarget } from "./target.ts";

/** What a button asks for, and for which destination where it isn't the one it stands in. */
export interface Pressed {
  readonly action: Action;
  readonly target?: string;
}

export interface Seal {
  /** Kept in Redis, so that buttons outlive the process. */
  readonly key: Uint8Array;
  /** The destination the button stands in: elsewhere its data means nothing. */
  readonly place: string;
  /** Epoch ms. */
  readonly now: number;
}

export type Opened =
  | { readonly kind: "pressed"; readonly pressed: Pressed }
  /** Made by us, too long ago. */
  | { readonly kind: "expired" }
  /** Not made by us, not for this place, or by a version that spoke otherwise. */
  | { readonly kind: "foreign" };

/** Telegram's limit for a button's data, the tightest (Bot API, InlineKeyboardButton). */
export const dataLimitBytes = 64;

/** A month: whoever presses an older button is better served by today's message. */
const validMs = 30 * 24 * 3_600_000;
const minuteMs = 60_000;
/** Clocks of two machines may differ. */
const futureMs = 10 * minuteMs;
/** 64 bits of the HMAC: nobody can try that often before Telegram's limits stop them. */
const macBytes = 8;
const macLength = 11;
/** Minutes since 1970 in base 36; five letters until the year 2085. */
const stampLength = 5;

/**
 * A button is sealed to its chat: an old message doesn't say any more in which topic it stood. So what stands in a
 * topic names it.
 */
function chatOf(place: string): { readonly chat: string; readonly topic?: string } {
  const slash = /^telegram:[^/]+(?=\/)/u.exec(place);
  return slash === null ? { chat: place } : { chat: slash[0], topic: place };
}

/** Action, target, minute and signature as a button carries them. Throws where that doesn't fit. */
export function seal(pressed: Pressed, { key, place, now }: Seal): string {
  const { chat, topic } = chatOf(place);
  const meant = pressed.target ?? topic;
  const target = meant === undefined ? "" : `@${encodeTarget(meant)}`;
  const stamp = Math.floor(now / minuteMs)
    .toString(36)
    .padStart(stampLength, "0");
  const body = `${encodeAction(pressed.action)}${target}~${stamp}`;
  const data = `${body}${macOf(key, chat, body)}`;
  if (Buffer.byteLength(data) > dataLimitBytes) throw new RangeError(`button data of ${data.length} bytes`);
  return data;
}

/** What `seal` was given, if this key made it for this place. */
export function unseal(data: string, { key, place, now }: Seal): Opened {
  const body = data.slice(0, -macLength);
  const tilde = body.length - stampLength - 1;
  if (data.length > dataLimitBytes || tilde < 1 || body[tilde] !== "~") return { kind: "foreign" };
  if (!sameText(data.slice(-macLength), macOf(key, chatOf(place).chat, body))) return { kind: "foreign" };
  const madeAt = Number.parseInt(body.slice(tilde + 1), 36) * minuteMs;
  if (now - madeAt > validMs || madeAt - now > futureMs) return { kind: "expired" };
  const [code = "", target] = body.slice(0, tilde).split("@");
  const action = decodeAction(code);
  const meant = target === undefined ? undefined : decodeTarget(target);
  if (action === undefined || (target !== undefined && meant === undefined)) return { kind: "foreign" };
  return { kind: "pressed", pressed: { action, ...(meant !== undefined && { target: meant }) } };
}

function macOf(key: Uint8Array, place: string, body: string): string {
  const mac = createHmac("sha256", key).update(`${place}\n${body}`).digest();
  return mac.subarray(0, macBytes).toString("base64url");
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
