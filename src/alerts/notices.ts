import { textsIn, type Language, type Texts } from "../texts/texts.ts";
import type { AlertMessage } from "./message.ts";
import { parseJson, type Fields, type Parsed } from "./read.ts";
import { countTold, readHeld, summaryLines, type HeldAlert } from "./summary.ts";

interface Common {
  readonly version: 1;
  /** Epoch ms of what is told of. */
  readonly time: number;
}

/** What was held back for a destination, in one message. */
export interface SummaryNotice extends Common {
  readonly kind: "summary";
  readonly why: "quiet-hours" | "late";
  /** Oldest first; empty while it waits: what is held back by then is put in when it is sent. */
  readonly alerts: readonly HeldAlert[];
}

/** To an owner: nothing is sent to one of their destinations any more. */
export interface DisabledNotice extends Common {
  readonly kind: "disabled";
  readonly destination: string;
  readonly reason: string;
}

/** A symbol's data is lost, or back again: nothing can be alerted in between. */
export interface FeedNoticeContent extends Common {
  readonly kind: "feed-lost" | "feed-back";
  readonly symbol: string;
  /** Since when it was lost, epoch ms. */
  readonly since: number;
}

/** A message that belongs to no symbol, as it is kept in the outbox: plain JSON. */
export type Notice = SummaryNotice | DisabledNotice | FeedNoticeContent;

export function parseNotice(json: unknown): Parsed<Notice> {
  return parseJson(json, readNotice);
}

function readNotice(fields: Fields): Notice {
  const common = { version: fields.version(1), time: fields.number("time") } as const;
  const kind = fields.oneOf("kind", ["summary", "disabled", "feed-lost", "feed-back"]);
  if (kind === "feed-lost" || kind === "feed-back")
    return { ...common, kind, symbol: fields.text("symbol"), since: fields.number("since") };
  if (kind === "disabled")
    return {
      ...common,
      kind: "disabled",
      destination: fields.text("destination"),
      reason: fields.text("reason"),
    };
  return {
    ...common,
    kind: "summary",
    why: fields.oneOf("why", ["quiet-hours", "late"]),
    alerts: fields.objects("alerts").map(readHeld),
  };
}

/** Puts a notice into its reader's words, and on their clock: a headline, and for a summary a line for each alert. */
export function noticeMessage(notice: Notice, language: Language, zone?: string): AlertMessage {
  const texts = textsIn(language);
  const { time } = notice;
  return {
    kind: "line",
    symbol: "",
    asOf: { at: time, text: texts.time(time, zone) },
    repeatNote: texts.say("possible-repeat"),
    ...wordsOf(notice, texts, zone),
  };
}

function wordsOf(
  notice: Notice,
  texts: Texts,
  zone: string | undefined,
): { readonly headline: string; readonly lines?: readonly string[] } {
  if (notice.kind === "disabled") {
    const { destination, reason } = notice;
    return {
      headline: texts.say("notice-disabled", { destination }),
      lines: [texts.say("notice-disabled-reason", { reason }), texts.say("notice-disabled-return")],
    };
  }
  if (notice.kind !== "summary") {
    const { symbol, since, time } = notice;
    const words = { symbol, since: texts.time(since, zone), lasted: texts.age(time - since) };
    return { headline: texts.say(`notice-${notice.kind}`, words) };
  }
  const count = texts.count(countTold(notice.alerts));
  return {
    headline: texts.say(`summary-${notice.why}`, { count }),
    lines: summaryLines(notice.alerts, texts, zone),
  };
}
