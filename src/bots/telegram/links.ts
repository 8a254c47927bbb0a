import { accept, type Parsed } from "../shared/refusal.ts";
import { parseRatio } from "../shared/ratios.ts";
import { symbolMeant } from "../shared/symbols.ts";
import { decodeTarget, encodeTarget } from "../shared/target.ts";
import type { Action } from "../shared/actions.ts";

/** Rights that are asked for when the bot is added to a channel: enough to post, and to keep posts current. */
const channelRights = "post_messages+edit_messages";

export interface Links {
  /** Opens the private chat with a payload (letters, digits, _ and -). */
  readonly start: (payload: string) => string;
  readonly addToGroup: string;
  readonly addToChannel: string;
}

export function linksOf(username: string): Links {
  const base = `https://t.me/${username}`;
  return {
    start: (payload) => `${base}?start=${payload}`,
    addToGroup: `${base}?startgroup=new`,
    addToChannel: `${base}?startchannel&admin=${channelRights}`,
  };
}

/** The payload that opens the set-up of a chat, and back. */
export function setUpPayload(destination: string): string {
  return `setup-${encodeTarget(destination).replace("/", "_")}`;
}

export type Started =
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "set-up"; readonly target: string }
  | { readonly kind: "plain" };

/** What a deep link asks for: `BTC`, `BTC_2`, `BTC_2-5`, or the set-up of a chat. */
export function readPayload(payload: string, watched: readonly string[]): Started {
  const setUp = /^setup-([\w-]{2,40})$/u.exec(payload)?.[1];
  const target = setUp === undefined ? undefined : decodeTarget(setUp.replace("_", "/"));
  if (target !== undefined) return { kind: "set-up", target };
  const [, name = "", ratioText] = /^([A-Za-z0-9]{1,20})(?:_([\d_-]{1,6}))?$/u.exec(payload) ?? [];
  const symbol = symbolMeant(name, watched);
  if (symbol === undefined) return { kind: "plain" };
  const ratio = readRatio(ratioText);
  if (ratio?.ok === true) return { kind: "action", action: { do: "subscribe", symbol, ratio: ratio.value } };
  return { kind: "action", action: { do: "choose-ratio", symbol } };
}

/** A payload can't hold a dot, so `2-5` and `2_5` are 2.5. */
function readRatio(text: string | undefined): Parsed<number> | undefined {
  if (text === undefined) return undefined;
  const parsed = parseRatio(text.replace(/[_-]/u, "."), "");
  return parsed.ok ? accept(parsed.value) : parsed;
}
