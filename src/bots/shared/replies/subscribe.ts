import type { Subscription } from "../../../alerts/subscription.ts";
import type { Texts } from "../../../texts/texts.ts";
import type { Firings, TestOutcome } from "../../contracts.ts";
import type { AlertState } from "../alertState.ts";
import { bold, inRows, plain, press, type Paragraph, type Reply } from "../reply.ts";
import { stateText } from "./state.ts";

/** Where the answer stands, and what it is about, if that is another chat. */
export interface About {
  /** The destination that is set up, when it isn't the one that is answered. */
  readonly target?: string;
  /** Its name for people. */
  readonly chat?: string;
}

/** Symbols offered as buttons; the others are typed. */
const offered = 24;

export function chooseSymbolReply(texts: Texts, symbols: readonly string[], about: About): Reply {
  const { say } = texts;
  const buttons = symbols
    .slice(0, offered)
    .map((symbol) => press(symbol, { do: "choose-ratio", symbol }, about.target));
  const rest = symbols.slice(offered);
  return {
    paragraphs: [
      plain(say("bot-choose-symbol")),
      ...(rest.length === 0 ? [] : [plain(say("bot-choose-symbol-more", { symbols: rest.join(", ") }))]),
      example(texts, `/subscribe ${symbols[0] ?? "BTC"} 2.5`),
    ],
    rows: inRows(buttons, 3),
  };
}

/** Ratios that are offered: from often to hardly ever. */
export const offeredRatios: readonly number[] = [1.5, 2, 2.5, 3, 4, 5];

/** The choice of a ratio, for a new subscription or (`id`) for one there is. */
export function chooseRatioReply(
  texts: Texts,
  wish: { readonly symbol: string; readonly id?: number },
  firings: Firings,
  about: About,
): Reply {
  const { say } = texts;
  const { symbol, id } = wish;
  const buttons = offeredRatios.map((ratio) =>
    press(
      ratioLabel(texts, ratio, firings),
      id === undefined ? { do: "subscribe", symbol, ratio } : { do: "change-ratio", id, ratio },
      about.target,
    ),
  );
  const known = firings.isReconstructed ? "reconstructed" : "recorded";
  const looked =
    firings.days === 0
      ? say("bot-choose-ratio-unknown")
      : say(`bot-choose-ratio-${known}`, { days: texts.count(firings.days) });
  return {
    paragraphs: [
      bold(say("bot-choose-ratio", { symbol })),
      plain(looked),
      [{ text: `${say("bot-choose-ratio-typed")} ` }, { text: `/subscribe ${symbol} 2.7`, style: "code" }],
    ],
    rows: inRows(buttons, 2),
  };
}

function ratioLabel(texts: Texts, ratio: number, { days, counts }: Firings): string {
  const count = counts.get(ratio);
  if (count === undefined || days === 0) return texts.say("bot-ratio-button", { ratio: texts.ratio(ratio) });
  return texts.say("bot-ratio-button-count", {
    ratio: texts.ratio(ratio),
    count: texts.count(count),
    days: texts.count(days),
  });
}

export interface Subscribed {
  readonly subscription: Subscription;
  /** What was asked for, where steps made another ratio of it. */
  readonly typed: number;
  readonly isNew: boolean;
  readonly away: number | undefined;
  /** What it does now: where its alert is out already, or something keeps it back, nothing soon can be promised. */
  readonly state: AlertState;
  readonly zone: string | undefined;
  /** Undefined in a private chat: there the answer itself is the test. */
  readonly test: TestOutcome | undefined;
  /** Why a test failed, in words. */
  readonly testReason: string;
}

export function subscribedReply(texts: Texts, done: Subscribed, about: About): Reply {
  const { say } = texts;
  const { symbol } = done.subscription;
  const figures = [rounding(texts, done), now(texts, done)].filter((line) => line !== "").join("\n");
  const paragraphs: Paragraph[] = [
    bold(confirmation(texts, done, about)),
    ...(figures === "" ? [] : [plain(figures)]),
    ...(isKeptBack(done) ? [[...stateText(texts, done.state, done.zone)]] : []),
    plain(testLine(texts, done, about)),
  ];
  return {
    paragraphs,
    rows: [
      [
        press(say("bot-button-alerts"), { do: "alerts" }, about.target),
        press(`📊 ${symbol}`, { do: "imbalance", symbol }),
      ],
    ],
  };
}

function confirmation(texts: Texts, { subscription, isNew }: Subscribed, { chat }: About): string {
  const args = { symbol: subscription.symbol, ratio: exactRatio(texts, subscription.ratio) };
  if (chat !== undefined) return texts.say("bot-subscribed-in", { ...args, chat });
  return texts.say(isNew ? "bot-subscribed" : "bot-subscribed-already", args);
}

function rounding(texts: Texts, { subscription, typed }: Subscribed): string {
  if (typed === subscription.ratio) return "";
  const args = { typed: exactRatio(texts, typed), ratio: exactRatio(texts, subscription.ratio) };
  return texts.say("bot-subscribed-rounded", args);
}

/** By the place always; by the rule or the data where it would be due. */
function isKeptBack({ state: { kind }, away = 1 }: Subscribed): boolean {
  return kind === "muted" || kind === "quiet" || (away <= 0 && (kind === "cooling" || kind === "held"));
}

function now(texts: Texts, done: Subscribed): string {
  const { subscription, away, state } = done;
  if (away === undefined) return texts.say("bot-subscribed-now-unknown");
  const ratio = texts.ratio(subscription.ratio / (1 + away));
  if (away <= 0 && isKeptBack(done)) return "";
  // also where it has weakened: crossing again is no new alert before that one is over
  if (state.kind === "firing") return texts.say("bot-subscribed-now-firing", { ratio });
  if (away <= 0) return texts.say("bot-subscribed-now-beyond", { ratio });
  return texts.say("bot-subscribed-now-armed", { ratio, away: texts.percent(away) });
}

function testLine(texts: Texts, { test, testReason }: Subscribed, { target }: About): string {
  if (test === undefined) return texts.say("bot-test-direct");
  if (test.kind === "sent") return texts.say(target === undefined ? "bot-test-sent-here" : "bot-test-sent");
  if (test.kind === "refused") return texts.say("bot-test-refused", { reason: testReason });
  return texts.say(test.kind === "later" ? "bot-test-later" : "bot-test-unsure");
}

/** τ as it is set: 2.25 stays 2.25 where `texts.ratio` would say 2.3. */
export function exactRatio(texts: Texts, ratio: number): string {
  return new Intl.NumberFormat(texts.language, { maximumFractionDigits: 2 }).format(ratio);
}

export function example(texts: Texts, line: string): Paragraph {
  return [{ text: `${texts.say("bot-example")} ` }, { text: line, style: "code" }];
}
