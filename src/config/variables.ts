import { z } from "zod";
import {
  discordToken,
  duration,
  httpUrl,
  list,
  numberBetween,
  port,
  redisUrl,
  subset,
  telegramToken,
  textLike,
  venueProxies,
  webhookUrls,
  yesOrNo,
} from "./values.ts";

/** What `.env.example` and the documentation say about a variable. */
export interface VariableDoc {
  /** As it would be written; undefined when there is none. */
  readonly fallback?: string;
  /** What happens without it, where that is not plain "off". */
  readonly otherwise?: string;
  readonly meaning: string;
  readonly example?: string;
}

const symbol = /^[A-Z0-9]{1,20}$/;
const telegramChat = /^(?:-?[1-9]\d{0,19}|@[A-Za-z]\w{3,31})(?:\/[1-9]\d{0,9})?$/;
const anySecret = textLike(/^\S+$/, "must not contain spaces or line breaks");

export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** Every variable Lopside reads, in the order of the documentation, and what is said about each. */
export function variables(supportedVenues: readonly string[]) {
  const docs = z.registry<VariableDoc>();
  const setting = <T>(schema: z.ZodType<T, string>, fallback: string, meaning: string) =>
    z.string().default(fallback).pipe(schema).register(docs, { fallback, meaning });
  const optional = <T>(schema: z.ZodType<T, string>, doc: VariableDoc) =>
    schema.optional().register(docs, doc);
  const schema = z.object({
    SYMBOLS: setting(list(symbol, "made of A–Z and 0–9, like BTC"), "BTC,ETH,SOL", "base assets to watch"),
    VENUES: optional(subset(supportedVenues), {
      otherwise: "all supported",
      meaning: "exchanges to ask, by their ccxt ids",
      example: "binanceusdm,bybit",
    }),
    VENUE_BASE_URL: optional(httpUrl(), {
      meaning: "reverse proxy for all venues: REST and websockets at `{base}/{venue id}/…`",
      example: "http://127.0.0.1:8000",
    }),
    VENUE_PROXIES: optional(venueProxies(supportedVenues), {
      meaning:
        "proxies for single venues' requests and streams, comma-separated `VENUE=URL` (http, https, socks5)",
      example: "binanceusdm=http://proxy.example.org:3128",
    }),
    POLL_INTERVAL: setting(duration("1s", "1h"), "60s", "how often every venue is asked, from `1s`"),
    REDIS_URL: optional(redisUrl, {
      otherwise: "embedded",
      meaning:
        "`redis://`, `rediss://`, comma-separated nodes for Cluster, `redis+sentinel://` for Sentinel; without it Lopside starts a Redis of its own",
      example: "redis://127.0.0.1:6379",
    }),
    DATA_DIR: setting(
      z.string().min(1),
      ".lopside",
      "where the embedded Redis, pictures and daily exports are kept",
    ),
    TELEGRAM_BOT_TOKEN: optional(telegramToken, { meaning: "from @BotFather; without it Telegram is off" }),
    TELEGRAM_API_ROOT: optional(httpUrl(), {
      otherwise: "Telegram's own",
      meaning: "a self-hosted Bot API server",
      example: "http://127.0.0.1:8081",
    }),
    TELEGRAM_CHATS: optional(
      list(telegramChat, "a chat: -100…, a number or @name, a topic after a slash", 10_000),
      {
        meaning: "the operator's own chats, comma-separated; `CHAT/TOPIC` for a forum topic",
        example: "-1001234567890,-1001234567890/17",
      },
    ),
    TELEGRAM_WEBHOOK_URL: optional(httpUrl(), {
      otherwise: "long polling",
      meaning: "public address at which Telegram reaches this machine",
      example: "https://lopside.example.org/telegram",
    }),
    TELEGRAM_PAID_RATE: optional(numberBetween(30, 1_000), {
      otherwise: "25, free",
      meaning: "messages a second that the bot pays for in Telegram Stars",
      example: "500",
    }),
    DISCORD_BOT_TOKEN: optional(discordToken, {
      meaning: "from Discord's developer portal; without it Discord is off",
    }),
    DISCORD_API_URL: optional(httpUrl(), {
      otherwise: "Discord's own",
      meaning: "a REST proxy; the gateway's address comes from the API",
      example: "http://127.0.0.1:8082/api",
    }),
    DISCORD_CHANNELS: optional(list(/^[1-9]\d{0,19}$/, "a channel id (digits only)", 10_000), {
      meaning: "the operator's own channels, comma-separated ids",
      example: "1234567890123456789",
    }),
    DISCORD_PUBLIC_KEY: optional(
      textLike(/^[0-9a-fA-F]{64}$/, "must be the 64 hex digits of the developer portal"),
      {
        otherwise: "gateway",
        meaning: "the application's public key, for interactions by HTTP",
      },
    ),
    WEBHOOK_URLS: optional(webhookUrls, {
      meaning: "the operator's own addresses, comma-separated, to which alerts are posted as signed JSON",
      example: "https://example.org/lopside",
    }),
    WEBHOOK_SECRET: optional(textLike(/^\S{16,}$/, "must have at least 16 characters and no spaces"), {
      meaning: "signs what is posted to WEBHOOK_URLS (HMAC-SHA256); without it nothing is posted there",
    }),
    WEBHOOK_ALLOW_PRIVATE: setting(
      yesOrNo,
      "false",
      "whether webhooks may lead to private, loopback and link-local addresses",
    ),
    ALERT_RATIO: setting(
      numberBetween(1.1, 20),
      "2",
      "threshold: alerts when the ratio crosses it, or its inverse",
    ),
    ALERT_HOLD: setting(
      duration("0s", "1d"),
      "90s",
      "how long a crossing must hold (and at least two recomputes)",
    ),
    ALERT_COOLDOWN: setting(duration("0s", "30d"), "1h", "quiet time after an alert"),
    ALERT_WARMUP: setting(duration("0s", "1d"), "3m", "silence after a cold start"),
    HTTP_HOST: setting(
      textLike(/^[\w.:-]{1,253}$/, "must be an address or a host name"),
      "127.0.0.1",
      "address to listen on",
    ),
    HTTP_PORT: setting(port, "8080", "port to listen on"),
    HTTP_TOKEN: optional(anySecret, { meaning: "bearer token of `/api/alerts`, which is off without it" }),
    QUEUES_PASSWORD: optional(anySecret, {
      meaning: "password of a board of the queues, which isn't built yet: nothing is served for it",
    }),
    LOG_LEVEL: setting(
      z.enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` }),
      "info",
      logLevels.join(", "),
    ),
  });
  return { schema, docs };
}

export type Values = z.output<ReturnType<typeof variables>["schema"]>;
