import type { FiringContent } from "../../../alerts/content.ts";
import { strength } from "../../../alerts/data.ts";
import type { Texts } from "../../../texts/texts.ts";
import type { PastDelivery } from "../../contracts.ts";
import type { Aftermath } from "../aftermath.ts";
import { bold, plain, type Paragraph, type Piece, type Reply } from "../reply.ts";
import { timePiece, withTimes } from "../times.ts";

/** An alert that was sent, or should have been, and what came after. */
export interface PastAlert {
  readonly delivery: PastDelivery;
  readonly content: FiringContent;
  readonly after: Aftermath;
}

export interface PastAsked {
  readonly symbol: string | undefined;
  readonly zone: string | undefined;
}

export function historyReply(texts: Texts, past: readonly PastAlert[], asked: PastAsked): Reply {
  const { say } = texts;
  const { symbol } = asked;
  if (past.length === 0) {
    const none = symbol === undefined ? say("bot-history-none") : say("bot-history-none-symbol", { symbol });
    return { paragraphs: [plain(none)] };
  }
  const title = symbol === undefined ? say("bot-history-title") : say("bot-history-title-symbol", { symbol });
  return {
    paragraphs: [
      bold(title),
      ...past.map((alert) => entry(texts, alert, asked.zone)),
      [{ text: say("bot-history-note"), style: "italic" }],
    ],
    ...(symbol !== undefined && { picture: { kind: "history", symbol } }),
  };
}

function entry(texts: Texts, alert: PastAlert, zone: string | undefined): Paragraph {
  const { content } = alert;
  const time = timePiece(texts, content.time, zone);
  const line = texts.say(`bot-history-line-${content.direction}`, {
    time: time.text,
    symbol: content.symbol,
    ratio: texts.ratio(strength(content.ratio, content.direction)),
    price: texts.price(content.markPrice),
  });
  const notes = [outcome(texts, alert.delivery), ...whatCame(texts, alert)].filter((note) => note !== "");
  return [...withTimes(line, [time]), ...notes.map((note): Piece => ({ text: `\n   ${note}` }))];
}

/** Why this program itself kept one back; a platform's refusals are told as they came. */
const ownReasons = [
  "quiet-hours",
  "late",
  "muted",
  "off",
  "cooling-down",
  "floor",
  "disabled",
  "unsubscribed",
] as const;

/** Only what is worth saying: that it was sent goes without. */
function outcome(texts: Texts, { outcome: kind, reason = "" }: PastDelivery): string {
  const own = kind === "skipped" ? ownReasons.find((each) => each === reason) : undefined;
  if (own !== undefined) return texts.say(`bot-history-${own}`);
  if (kind === "dead" || kind === "skipped") return texts.say("bot-history-not-sent", { reason });
  if (kind === "pending") return texts.say("bot-history-pending");
  return kind === "unknown" ? texts.say("bot-history-unsure") : "";
}

/** Too short a time to speak of. */
const soonMs = 10 * 60_000;

function whatCame(texts: Texts, { content, after }: PastAlert): readonly string[] {
  const { afterHour, afterDay, reached, watchedMs } = after;
  const changes = [
    ...(afterHour === undefined ? [] : [texts.say("bot-after-hour", { change: signed(texts, afterHour) })]),
    ...(afterDay === undefined ? [] : [texts.say("bot-after-day", { change: signed(texts, afterDay) })]),
  ].join(", ");
  if (reached === undefined && watchedMs < soonMs) {
    const isNew = watchedMs > 0 || changes === "";
    return [texts.say(isNew ? "bot-after-soon" : "bot-after-unknown")];
  }
  return [changes, levelReached(texts, content, after)];
}

function levelReached(texts: Texts, content: FiringContent, { reached, watchedMs }: Aftermath): string {
  if (reached === undefined) return texts.say("bot-after-unreached", { age: texts.age(watchedMs) });
  const isUp = reached.direction === "up";
  return texts.say(`bot-after-reached-${reached.direction}`, {
    distance: texts.percent(isUp ? content.upDistanceRatio : content.downDistanceRatio),
    age: texts.age(reached.afterMs),
  });
}

function signed(texts: Texts, change: number): string {
  return `${change < 0 ? "−" : "+"}${texts.percent(Math.abs(change))}`;
}
