import { type AlertContent, parseAlertContent } from "../alerts/content.ts";
import { type AlertMessage, alertMessage } from "../alerts/message.ts";
import { noticeMessage, parseNotice } from "../alerts/notices.ts";
import type { DestinationSettings } from "../alerts/subscription.ts";
import type { Parsed } from "../alerts/read.ts";
import type { KeptAlert } from "../store/contracts/outbox.ts";
import { type Language, languages } from "../texts/texts.ts";

/** Alerts that are on their way at one time, in all languages; the oldest give way. */
const mostKept = 512;

export interface Worded {
  readonly language: Language;
  readonly message: AlertMessage;
  /** Undefined for a notice. */
  readonly content?: AlertContent;
}

/**
 * An alert's message in its reader's language, made once and then the same object for all who are sent it. Notices
 * speak of local times besides.
 */
export type Wording = (alert: Alert, reader: Reader | undefined, isNotice: boolean) => Parsed<Worded>;

/** What an alert says; alerts of the same id may say different things. */
export type Alert = Pick<KeptAlert, "alertId" | "content">;

type Reader = Pick<DestinationSettings, "language" | "zone">;

export function createWording(): Wording {
  const kept = new Map<string, { readonly content: string; readonly worded: Parsed<Worded> }>();
  let newest: (Asked & { readonly worded: Parsed<Worded> }) | undefined;
  const word: Wording = (alert, reader, isNotice) => {
    const language = languageOf(reader?.language);
    const zone = isNotice ? reader?.zone : undefined;
    const key = `${language} ${zone ?? ""} ${alert.alertId}`;
    const known = kept.get(key);
    // a summary has the same id with nothing in it and with all
    if (known !== undefined && known.content === alert.content) return known.worded;
    const worded = isNotice ? wordNotice(alert.content, language, zone) : wordAlert(alert.content, language);
    kept.set(key, { content: alert.content, worded });
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return worded;
  };
  // most of those a claim names read the same: nothing is looked up for them
  return (alert, reader, isNotice) => {
    const language = reader?.language;
    const zone = reader?.zone;
    if (newest?.alert !== alert || newest.language !== language || newest.zone !== zone)
      newest = { alert, language, zone, worded: word(alert, reader, isNotice) };
    return newest.worded;
  };
}

interface Asked {
  readonly alert: Alert;
  readonly language: string | undefined;
  readonly zone: string | undefined;
}

function wordAlert(json: string, language: Language): Parsed<Worded> {
  const content = parseAlertContent(json);
  if (!content.ok) return content;
  const message = alertMessage(content.value, language);
  return { ok: true, value: { language, message, content: content.value } };
}

function wordNotice(json: string, language: Language, zone: string | undefined): Parsed<Worded> {
  const notice = parseNotice(json);
  if (!notice.ok) return notice;
  return { ok: true, value: { language, message: noticeMessage(notice.value, language, zone) } };
}

/** A language nobody speaks here any more is English. */
function languageOf(wanted: string | undefined): Language {
  return languages.find((language) => language === wanted) ?? "en";
}
