import type { Log } from "../../ops/log.ts";
import type { RedisEnd } from "./redisUrl.ts";
import { describeRedis } from "./redisUrl.ts";

/** What one process' connections know together of whether Redis is there, and say of it once for all of them. */
export interface Outage {
  /** This connection is down, for whatever reason: what is asked over it fails. */
  readonly down: (connection: object) => void;
  /** Why it is down, or stays so at every further attempt. */
  readonly failed: (connection: object, reason: string) => void;
  readonly up: (connection: object) => void;
  /** It was closed by us and is nobody's trouble any more. */
  readonly closed: (connection: object) => void;
  /** Did this fail only because Redis is away, or was until a moment ago? Errors, or texts made of them. */
  readonly explains: (thrown: unknown) => boolean;
}

export interface OutageOptions {
  readonly end: RedisEnd;
  readonly log: Log;
  /** Epoch ms. */
  readonly now?: () => number;
}

/** Whoever looks at the log's end is to see that it lasts, and no more than that. */
const remindMs = 10 * 60_000;
/** Work that was under way at the break ends, and says how, up to so long after it. */
const lingerMs = 60_000;

export function createOutage({ end, log, now = Date.now }: OutageOptions): Outage {
  /** Since when, epoch ms. */
  const missing = new Map<object, number>();
  const redis = describeRedis(end);
  let said: { readonly since: number; readonly timer: NodeJS.Timeout } | undefined;
  let refusal: string | undefined;
  let overAt = Number.NEGATIVE_INFINITY;
  let wasThere = false;
  let isTrying = false;

  const say = (reason: string): void => {
    const since = Math.min(...missing.values());
    const time = new Date(since).toISOString();
    const remind = (): void => log.warn({ redis, since: time }, "Redis is still away");
    said = { since, timer: setInterval(remind, remindMs) };
    said.timer.unref();
    log.warn(
      { redis, reason, since: time, hint: hintFor(end) },
      "Redis is away: nothing is polled, decided or answered until it is back",
    );
  };
  /** Whoever connects gives up soon, and says then what to do. */
  const tryOn = (reason: string): void => {
    if (!isTrying) log.warn({ redis, reason }, "Redis can't be reached; trying again for some seconds");
    isTrying = true;
  };
  const down = (connection: object): void => {
    if (!missing.has(connection)) missing.set(connection, now());
  };
  const noLonger = (connection: object): boolean => {
    if (!missing.delete(connection) || missing.size > 0) return false;
    overAt = now();
    return true;
  };
  const forget = (): void => {
    clearInterval(said?.timer);
    said = undefined;
    refusal = undefined;
  };

  return {
    down,
    failed: (connection, reason) => {
      down(connection);
      if (!wasThere) return tryOn(reason);
      if (said === undefined) say(reason);
      if (isRefusal(reason) && reason !== refusal)
        log.error({ redis, reason, hint: loginHint }, "Redis refuses us");
      if (isRefusal(reason)) refusal = reason;
    },
    up: (connection) => {
      wasThere = true;
      if (!noLonger(connection)) return;
      if (said !== undefined)
        log.info({ redis, awaySeconds: Math.round((now() - said.since) / 1000) }, "Redis answers again");
      forget();
    },
    closed: (connection) => {
      if (noLonger(connection)) forget();
    },
    explains: (thrown) => (missing.size > 0 || now() - overAt < lingerMs) && saysOutage(thrown),
  };
}

function hintFor(end: RedisEnd): string {
  return end.kind === "socket"
    ? "It is Lopside's own, which starts it again by itself; what follows says if it can't."
    : "Start it again, or mend the way to it (REDIS_URL). Lopside goes on by itself, within ten seconds of its return.";
}

export const loginHint =
  "Put the password it wants into REDIS_URL: redis://:PASSWORD@HOST:PORT, or redis://USER:PASSWORD@HOST:PORT.";

export function isRefusal(reason: string): boolean {
  return /^(?:WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR DB index)/.test(reason);
}

/** ioredis' words for a command that could not be asked, or whose answer will never come. */
const words = [
  "enableOfflineQueue options is false",
  "Connection is closed",
  "max retries per request limit",
  "Command timed out",
  "Socket timeout. Expecting data",
  "None of startup nodes is available",
  "Failed to refresh slots cache",
] as const;

function saysOutage(thrown: unknown): boolean {
  if (typeof thrown === "string") return words.some((word) => thrown.includes(word));
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return thrown.errors.every(saysOutage);
  return saysOutage(thrown.message) || saysOutage(thrown.cause);
}
