import type { AlertContent } from "../alerts/content.ts";
import type { DestinationSettings } from "../alerts/subscription.ts";
import { type Delivery, noticesPlace } from "../store/contracts/outbox.ts";
import type { Language } from "../texts/texts.ts";
import type { SendRequest } from "./contracts.ts";
import type { Addressee } from "./judge.ts";
import type { FinalResult } from "./settlement.ts";
import type { Wording } from "./wording.ts";

/** Picture and buttons of an alert; never rejects. */
export type Dress = (
  content: AlertContent,
  destination: string,
  language: Language,
) => Promise<Pick<SendRequest, "picture" | "buttons">>;

export interface LetterOptions {
  readonly wording: Wording;
  readonly dress?: Dress;
}

export type Letter = Omit<SendRequest, "silent">;

/** A letter is its own request, nearly always: a copy for each of very many costs as much as the letter. */
export function requestOf(letter: Letter, possibleRepeat: boolean, silent: boolean): SendRequest {
  if (silent) return { ...letter, possibleRepeat, silent };
  return possibleRepeat ? { ...letter, possibleRepeat } : letter;
}

export type LetterOrNone = Letter | Extract<FinalResult, { kind: "rejected" }>;

/** A promise only where something has to be drawn: to very many it costs as much as the words. */
export function letterFor(
  { wording, dress }: LetterOptions,
  { alert, place: symbol }: Delivery,
  { destination, record }: Addressee,
): LetterOrNone | Promise<LetterOrNone> {
  const worded = wording(alert, record?.settings, symbol === noticesPlace);
  if (!worded.ok)
    return { kind: "rejected", reason: `the stored alert is unreadable: ${worded.reason}`, disable: false };
  const { message, content, language } = worded.value;
  const plain: Letter = {
    destination,
    message,
    content: alert.content,
    idempotencyKey: `${alert.alertId}|${destination}`,
    possibleRepeat: false,
  };
  const letter = record === undefined ? plain : styled(plain, record.settings);
  if (dress === undefined || content === undefined) return letter;
  return dress(content, destination, language).then((more) => ({ ...letter, ...more }));
}

/** Discord's styles; the others have one look each. */
function styled(letter: Letter, { style, crosspost }: DestinationSettings): Letter {
  if (style === undefined && crosspost === undefined) return letter;
  return { ...letter, ...(style !== undefined && { style }), ...(crosspost !== undefined && { crosspost }) };
}
