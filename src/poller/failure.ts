import { TaskCancelledError } from "cockatiel";
import {
  BadSymbol,
  DDoSProtection,
  ExchangeError,
  OperationFailed,
  RateLimitExceeded,
  RequestTimeout,
  RestrictedLocation,
} from "../../node_modules/ccxt/js/src/base/errors.js";
import type { PollFailure } from "./contracts.ts";
import type { HttpFacts } from "./exchanges.ts";
import { Malformed, Stale } from "./read.ts";

const reasonLength = 200;
const defaultCoolDownMs = 60_000;
const bybitBlockMs = 600_000; // Bybit: after a 403 stop and wait at least ten minutes
const longestCoolDownMs = 3 * 86_400_000; // Binance bans last from two minutes to three days
/** Somebody who travels, or changes a proxy, shouldn't have to restart. */
const disabledMs = 3_600_000;

export interface Circumstances {
  readonly venue: string;
  /** The call, for a person: "klines BTCUSDT". */
  readonly what: string;
  /** Epoch ms on our clock. */
  readonly now: number;
  readonly timeoutMs: number;
  readonly http?: HttpFacts | undefined;
  /** How the header that says when its limit begins anew counts. */
  readonly reset?: { readonly counts: "ms" | "epoch ms" | "epoch s" } | undefined;
  /** The venue's own words for a symbol it doesn't know. */
  readonly unknownSymbol?: RegExp | undefined;
}

/** Why a call gave nothing: the venue said no to this question, we stopped waiting, or anything else. */
export type RefusalCause = "refused" | "stopped" | "other";

/** What went wrong, in the few words that are counted. */
export type Cause =
  | "malformed"
  | "stale"
  | "timeout"
  | "blocked"
  | "rate-limited"
  | "unknown-symbol"
  | "refused"
  | "unreachable";

/** A call that didn't give what was asked for, already translated. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly failure: PollFailure;
  readonly why: RefusalCause;

  constructor(failure: PollFailure, why: RefusalCause = "other") {
    super(failure.reason);
    this.failure = failure;
    this.why = why;
  }
}

/** What a caller's abort leaves behind. */
export const stopped = (): Refusal =>
  new Refusal({ kind: "retry", reason: "stopped before the venue answered" }, "stopped");

/** Worth another try within the round: nobody answered, or only with an excuse. */
export function isTransient(error: unknown, http: HttpFacts | undefined): boolean {
  if (isPressure(error, http) || isBlocked(error, http)) return false;
  return error instanceof OperationFailed || error instanceof TaskCancelledError;
}

/** The one place where ccxt's errors, HTTP statuses and bodies become the few kinds the rest of the program knows. */
export function toFailure(error: unknown, at: Circumstances): PollFailure {
  if (error instanceof Refusal) return error.failure;
  const explain = (text: string): string => cut(`${at.venue} ${at.what}: ${text}`);
  const text = explain(messageOf(error));
  switch (toCause(error, at)) {
    case "stale":
      return { kind: "retry", reason: cut(`stale: ${at.venue} ${at.what}: ${messageOf(error)}`) };
    case "malformed":
      return { kind: "retry", reason: explain(`malformed: ${messageOf(error)}`) };
    case "timeout":
      return { kind: "retry", reason: explain(`no answer within ${at.timeoutMs} ms`) };
    case "blocked":
      return { kind: "disable-venue", reason: blockedReason(at), until: at.now + disabledMs };
    case "rate-limited":
      return { kind: "cool-down", reason: text, until: coolDownEnd(error, at) };
    case "unknown-symbol":
      return { kind: "give-up-symbol", reason: text };
    case "refused":
    case "unreachable":
      return { kind: "retry", reason: text };
  }
}

/** What the venue says itself is a page of legal words. */
function blockedReason({ venue, what, http }: Circumstances): string {
  const status = http === undefined ? "" : ` (HTTP ${http.status})`;
  return `${venue} turns requests from this location away${status} at ${what}: take it out of VENUES, or give it a proxy with VENUE_PROXIES`;
}

export function toCause(error: unknown, { http, unknownSymbol }: Circumstances): Cause {
  if (error instanceof Stale) return "stale";
  if (error instanceof Malformed) return "malformed";
  if (error instanceof TaskCancelledError || error instanceof RequestTimeout) return "timeout";
  if (isBlocked(error, http)) return "blocked";
  if (isPressure(error, http)) return "rate-limited";
  if (isUnknownSymbol(error, unknownSymbol)) return "unknown-symbol";
  return causeOf(error) === "refused" ? "refused" : "unreachable";
}

/** The venue understood the question and refuses it: asking again at once is no use. */
export function causeOf(error: unknown): RefusalCause {
  if (error instanceof Refusal) return error.why;
  const refused = error instanceof ExchangeError && !isSystemError(error) && !isBlocked(error, undefined);
  return refused ? "refused" : "other";
}

/** Bybit's 10016 "system error, try again later" is a plain ExchangeError in ccxt. */
const isSystemError = (error: Error): boolean => /"retCode":\s*10016\b/.test(error.message);

function isPressure(error: unknown, http: HttpFacts | undefined): boolean {
  if (http?.status === 418 || http?.status === 429) return true;
  return error instanceof DDoSProtection || error instanceof RateLimitExceeded;
}

/** HTTP 451 arrives as ExchangeNotAvailable, a retryable class; Bybit's edge answers 403 with a page that says why. */
function isBlocked(error: unknown, http: HttpFacts | undefined): boolean {
  if (http?.status === 451 || error instanceof RestrictedLocation) return true;
  return error instanceof Error && /block access from your country|"retCode":\s*10024\b/.test(error.message);
}

function isUnknownSymbol(error: unknown, words: RegExp | undefined): boolean {
  if (error instanceof BadSymbol) return true;
  return error instanceof ExchangeError && words?.test(error.message) === true;
}

function coolDownEnd(error: unknown, at: Circumstances): number {
  const named =
    bannedUntil(messageOf(error)) ?? retryAfter(at.http?.retryAfter, at.now) ?? resetAt(at.http?.reset, at);
  if (named !== undefined && named > at.now) return Math.min(named, at.now + longestCoolDownMs);
  const blocked = at.venue === "bybit" && at.http?.status === 403;
  return at.now + (blocked ? bybitBlockMs : defaultCoolDownMs);
}

function bannedUntil(message: string): number | undefined {
  const stamp = /banned until (\d{13})/.exec(message)?.[1];
  return stamp === undefined ? undefined : Number(stamp);
}

function resetAt(header: string | undefined, { reset, now }: Circumstances): number | undefined {
  const figure = header === undefined || header.trim() === "" ? Number.NaN : Number(header);
  if (reset === undefined || !Number.isFinite(figure)) return undefined;
  if (reset.counts === "ms") return now + figure;
  return reset.counts === "epoch s" ? figure * 1000 : figure;
}

/** Seconds, or a date. */
function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const end = /^\d+(\.\d+)?$/.test(header.trim()) ? now + Number(header) * 1000 : Date.parse(header);
  return Number.isFinite(end) ? end : undefined;
}

/** Addresses go: a proxy's may carry a password, and `what` names the call already. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\b(?:https?|wss?):\/\/\S+/g, "…");
}

/** Proxies and load balancers answer with pages; what they say on them is enough. */
function pageInWords(page: string): string {
  const words = page
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return `(a web page: ${words.slice(0, 80)})`;
}

function cut(text: string): string {
  const line = text
    .replace(/<(?:!doctype|html)\b[\s\S]*/i, pageInWords)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > reasonLength ? `${line.slice(0, reasonLength - 1)}…` : line;
}
