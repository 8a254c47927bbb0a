import { GrammyError, HttpError } from "grammy";
import type { Texts } from "../../texts/texts.ts";

/** What the Bot API refused, without its URL, which carries the token; undefined for what is no refusal. */
export function refusalOf(
  error: unknown,
): { readonly code: number; readonly description: string } | undefined {
  if (!(error instanceof GrammyError)) return undefined;
  return { code: error.error_code, description: error.description };
}

/** An error as it may be logged. */
export function safeError(error: unknown): { readonly kind: string; readonly reason: string } {
  const refusal = refusalOf(error);
  if (refusal !== undefined) return { kind: `refused ${refusal.code}`, reason: refusal.description };
  // the inner error's text has the address in it
  if (error instanceof HttpError) return { kind: "unreachable", reason: "no answer from Telegram" };
  if (error instanceof Error) return { kind: error.name, reason: error.message };
  return { kind: "thrown", reason: String(error) };
}

/** Refusals that mean nothing is left to do. */
export function isHarmless(error: unknown): boolean {
  const description = refusalOf(error)?.description ?? "";
  return /message is not modified|query is too old|query id is invalid/iu.test(description);
}

export function isWrongFile(error: unknown): boolean {
  return /wrong (?:remote )?file identifier|wrong file_id|file reference/iu.test(
    refusalOf(error)?.description ?? "",
  );
}

/** May the bot not write there (any more)? */
export function isShutOut(error: unknown): boolean {
  const refusal = refusalOf(error);
  if (refusal === undefined) return false;
  if (refusal.code === 403) return true;
  return /not enough rights|have no rights|need administrator rights|chat_write_forbidden|topic_closed|chat not found/iu.test(
    refusal.description,
  );
}

type Wording = "bot-right-post" | "bot-right-send-photos" | "bot-right-send-text";

const rights: readonly (readonly [RegExp, Wording])[] = [
  [/administrator rights in the channel|chat_admin_required|post messages/iu, "bot-right-post"],
  [/send photos|send_photos|chat_send_photos_forbidden|send media/iu, "bot-right-send-photos"],
  [
    /not enough rights|have no rights|chat_write_forbidden|chat_restricted|send_plain|text messages/iu,
    "bot-right-send-text",
  ],
];

/** A refusal to post in words that name what is missing, as Telegram's own settings call it. */
export function explainRefusal(texts: Texts, reason: string): string {
  if (/not a member|kicked|blocked|chat not found|left/iu.test(reason))
    return texts.say("bot-missing-member");
  if (/topic_closed|thread not found|topic_deleted/iu.test(reason)) return texts.say("bot-missing-topic");
  const right = rights.find(([pattern]) => pattern.test(reason));
  return right === undefined ? reason : texts.say("bot-missing-right", { right: texts.say(right[1]) });
}
