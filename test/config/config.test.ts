import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import type { Config } from "../../src/config/config.ts";
import { secretsOf } from "../../src/config/secrets.ts";

const telegramToken = "123456789:AAE-abcdefghijklmnopqrstuvwxyz012345";

describe("an empty environment", () => {
  it("is the documented defaults", () => {
    expect(configOf({})).toMatchObject({
      symbols: ["BTC", "ETH", "SOL"],
      venues: ["binanceusdm", "bybit", "okx"],
      pollIntervalMs: 60_000,
      redisUrl: undefined,
      dataDir: ".lopside",
      alerts: { ratio: 2, holdMs: 90_000, cooldownMs: 3_600_000, warmupMs: 180_000 },
      telegram: { botToken: undefined, chats: [] },
      discord: { botToken: undefined, channels: [] },
      http: { host: "127.0.0.1", port: 8080, token: undefined, queuesPassword: undefined },
      logLevel: "info",
    });
  });

  it("is the same as one full of empty strings", () => {
    expect(configOf({ SYMBOLS: "", REDIS_URL: " ", HTTP_TOKEN: "", HTTP_TOKEN_FILE: "" })).toEqual(
      configOf({}),
    );
  });
});

describe("good values", () => {
  it.each([
    ["60s", 60_000],
    ["90s", 90_000],
    ["1s", 1000],
    ["1h", 3_600_000],
    ["1m30s", 90_000],
    ["1m 30s", 90_000],
    ["1500ms", 1500],
  ])("POLL_INTERVAL %s is %d ms", (text, pollIntervalMs) => {
    expect(configOf({ POLL_INTERVAL: text }).pollIntervalMs).toBe(pollIntervalMs);
  });

  it("takes 0 without a unit where nothing at all makes sense", () => {
    expect(configOf({ ALERT_WARMUP: "0", ALERT_HOLD: "0s" }).alerts).toMatchObject({
      warmupMs: 0,
      holdMs: 0,
    });
  });

  it("takes lists with spaces around the commas", () => {
    const { symbols, telegram, discord } = configOf({
      SYMBOLS: " BTC , 1000PEPE ",
      TELEGRAM_CHATS: "-1001234567890/17,@lopside_news,42",
      DISCORD_CHANNELS: "1234567890123456789",
    });
    expect(symbols).toEqual(["BTC", "1000PEPE"]);
    expect(telegram.chats).toEqual(["-1001234567890/17", "@lopside_news", "42"]);
    expect(discord.channels).toEqual(["1234567890123456789"]);
  });

  it.each([
    "redis://localhost",
    "rediss://user:pass@redis.example.org:6380/2",
    "redis://10.0.0.1:7000,redis://10.0.0.2:7000",
    "redis://:pass@10.0.0.1:7000,10.0.0.2:7000",
    "redis+sentinel://:pass@10.0.0.1:26379,10.0.0.2:26379/mymaster/0?sentinelPassword=x",
  ])("takes %s as REDIS_URL", (redisUrl) => {
    expect(configOf({ REDIS_URL: redisUrl }).redisUrl).toBe(redisUrl);
  });

  it("takes the slash off the end of an address", () => {
    expect(configOf({ TELEGRAM_API_ROOT: "http://bots.local:8081/" }).telegram.apiRoot).toBe(
      "http://bots.local:8081",
    );
  });
});

describe("a wrong value is refused", () => {
  it.each([
    ["SYMBOLS", "btc", "SYMBOLS entry 1 is not made of A–Z and 0–9, like BTC"],
    ["SYMBOLS", "BTC,,ETH", "SYMBOLS entry 2 is empty: check the commas"],
    ["SYMBOLS", "BTC,", "SYMBOLS entry 2 is empty: check the commas"],
    ["SYMBOLS", "BTC,ETH,BTC", "SYMBOLS entry 3 is there twice"],
    ["SYMBOLS", "A".repeat(21), "SYMBOLS entry 1 is not made of A–Z and 0–9, like BTC"],
    ["VENUES", "binance", 'VENUES "binance" is not supported; choose from binanceusdm, bybit, okx'],
    ["VENUE_BASE_URL", "ftp://x", "VENUE_BASE_URL is not a URL that starts with http:// or https://"],
    ["VENUE_BASE_URL", "http://x/?a=1", "VENUE_BASE_URL must not have a ? or # part"],
    ["POLL_INTERVAL", "60", "POLL_INTERVAL needs a unit: write 60s for seconds, 60m for minutes"],
    ["POLL_INTERVAL", "999ms", "POLL_INTERVAL must be between 1s and 1h"],
    ["POLL_INTERVAL", "0", "POLL_INTERVAL must be between 1s and 1h"],
    ["POLL_INTERVAL", "-5s", "POLL_INTERVAL is not a duration: write something like 90s, 15m or 1h"],
    ["POLL_INTERVAL", "1 banana", "POLL_INTERVAL is not a duration: write something like 90s, 15m or 1h"],
    ["ALERT_HOLD", "-1s", "ALERT_HOLD is not a duration: write something like 90s, 15m or 1h"],
    ["ALERT_COOLDOWN", "31d", "ALERT_COOLDOWN must be between 0s and 30d"],
    ["ALERT_RATIO", "1", "ALERT_RATIO must be a number from 1.1 to 20"],
    ["ALERT_RATIO", "20.5", "ALERT_RATIO must be a number from 1.1 to 20"],
    ["ALERT_RATIO", "two", "ALERT_RATIO must be a number from 1.1 to 20"],
    ["ALERT_RATIO", "0x2", "ALERT_RATIO must be a number from 1.1 to 20"],
    ["HTTP_PORT", "65536", "HTTP_PORT must be a port from 0 to 65535 (0 takes a free one)"],
    ["HTTP_PORT", "80.5", "HTTP_PORT must be a port from 0 to 65535 (0 takes a free one)"],
    ["HTTP_HOST", "http://x", "HTTP_HOST must be an address or a host name"],
    ["LOG_LEVEL", "loud", "LOG_LEVEL must be one of silent, fatal, error, warn, info, debug, trace"],
    ["DISCORD_PUBLIC_KEY", "abc", "DISCORD_PUBLIC_KEY must be the 64 hex digits of the developer portal"],
    ["DISCORD_CHANNELS", "general", "DISCORD_CHANNELS entry 1 is not a channel id (digits only)"],
    [
      "TELEGRAM_BOT_TOKEN",
      "a.b.c",
      "TELEGRAM_BOT_TOKEN looks like a Discord token; Telegram's come from @BotFather",
    ],
    [
      "DISCORD_BOT_TOKEN",
      telegramToken,
      "DISCORD_BOT_TOKEN looks like a Telegram token; Discord's are in the developer portal, under Bot",
    ],
    [
      "WEBHOOK_URLS",
      "https://a.example,b",
      "WEBHOOK_URLS entry 2 is not a URL that starts with http:// or https://",
    ],
    [
      "WEBHOOK_URLS",
      "https://me:pw@a.example/",
      "WEBHOOK_URLS entry 1 has a user name or a password in it, which is not sent",
    ],
    [
      "WEBHOOK_URLS",
      "https://:pw@a.example/",
      "WEBHOOK_URLS entry 1 has a user name or a password in it, which is not sent",
    ],
    ["WEBHOOK_URLS", "https://a.example,https://a.example", "WEBHOOK_URLS entry 2 is there twice"],
    ["WEBHOOK_SECRET", "short", "WEBHOOK_SECRET must have at least 16 characters and no spaces"],
    ["WEBHOOK_ALLOW_PRIVATE", "maybe", "WEBHOOK_ALLOW_PRIVATE must be true or false"],
    ["REDIS_URL", "http://localhost", expect.stringContaining("must be redis://HOST:PORT")],
    [
      "REDIS_URL",
      "redis+sentinel://h:26379",
      "REDIS_URL must look like redis+sentinel://host:26379,host:26379/mymaster",
    ],
  ])("%s=%s", (name, text, problem) => {
    expect(problemsOf({ [name]: text })).toEqual([problem]);
  });

  it("together with all the others, at once", () => {
    const problems = problemsOf({ SYMBOLS: "btc", HTTP_PORT: "x", ALERT_RATIO: "0", REDIS_URL: "http://x" });
    expect(problems.map((line) => line.split(" ")[0])).toEqual([
      "SYMBOLS",
      "REDIS_URL",
      "ALERT_RATIO",
      "HTTP_PORT",
    ]);
  });

  it("and never shown where it may be a secret", () => {
    const secret = "hunter2 hunter2";
    const names = [
      "REDIS_URL",
      "TELEGRAM_BOT_TOKEN",
      "DISCORD_BOT_TOKEN",
      "HTTP_TOKEN",
      "QUEUES_PASSWORD",
      "TELEGRAM_CHATS",
      "DISCORD_CHANNELS",
      "VENUES",
      "VENUE_BASE_URL",
      "TELEGRAM_API_ROOT",
      "POLL_INTERVAL",
      "LOG_LEVEL",
      "HTTP_HOST",
      "DISCORD_PUBLIC_KEY",
    ];
    const problems = problemsOf(Object.fromEntries(names.map((name) => [name, secret])));
    expect(problems).toHaveLength(names.length);
    expect(problems.join("\n")).not.toContain("hunter2");
  });

  it("whatever it is, with words and without a crash", () => {
    const names = fc.constantFrom(
      "SYMBOLS",
      "VENUES",
      "REDIS_URL",
      "POLL_INTERVAL",
      "ALERT_RATIO",
      "HTTP_PORT",
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.string()), (env) => {
        const result = load(env);
        expect(result.ok || result.problems.length > 0).toBe(true);
      }),
    );
  });
});

describe("values read from files", () => {
  const files: Record<string, string> = { "/run/secrets/token": `${telegramToken}\n`, "/empty": "\n" };

  it("are trimmed", () => {
    expect(configOf({ TELEGRAM_BOT_TOKEN_FILE: "/run/secrets/token" }, files).telegram.botToken).toBe(
      telegramToken,
    );
  });

  it.each([
    [{ HTTP_TOKEN_FILE: "/missing" }, "HTTP_TOKEN_FILE names a file that can't be read (ENOENT)"],
    [{ HTTP_TOKEN_FILE: "/empty" }, "HTTP_TOKEN_FILE names an empty file"],
    [{ HTTP_TOKEN: "x", HTTP_TOKEN_FILE: "/empty" }, "HTTP_TOKEN and HTTP_TOKEN_FILE are both set: keep one"],
  ])("are a problem when it is not clear what they are: %j", (env, problem) => {
    expect(problemsOf(env, files)).toEqual([problem]);
  });
});

describe("hints", () => {
  it.each([
    ["TELEGRAM_TOKEN", "TELEGRAM_TOKEN is not read: did you mean TELEGRAM_BOT_TOKEN?"],
    ["SYMBOL", "SYMBOL is not read: did you mean SYMBOLS?"],
    ["REDIS_URI", "REDIS_URI is not read: did you mean REDIS_URL?"],
    [
      "ALERT_RATIO_UP",
      "ALERT_RATIO_UP is not read; there are ALERT_RATIO, ALERT_HOLD, ALERT_COOLDOWN, ALERT_WARMUP",
    ],
  ])("%s", (name, hint) => {
    expect(load({ [name]: "x" })).toMatchObject({ ok: true, hints: [hint] });
  });

  it("leave other programs' variables alone", () => {
    expect(load({ PATH: "/bin", HTTP_PROXY: "x", LOGNAME: "me", HOME: "/", DATA: "1" })).toMatchObject({
      hints: [],
    });
  });

  it("say when destinations have no token", () => {
    expect(load({ DISCORD_CHANNELS: "1" })).toMatchObject({
      hints: ["DISCORD_CHANNELS is set, but nothing is posted there without DISCORD_BOT_TOKEN"],
    });
  });
});

describe("the secrets of a configuration", () => {
  it("are its tokens and passwords, those inside addresses too", () => {
    const config = configOf({
      TELEGRAM_BOT_TOKEN: telegramToken,
      DISCORD_BOT_TOKEN: "discord.token.value",
      HTTP_TOKEN: "http-token",
      QUEUES_PASSWORD: "queues-password",
      WEBHOOK_URLS: "https://example.org/hook?key=1",
      WEBHOOK_SECRET: "sixteen-letters-",
      REDIS_URL: "redis://:p%40ss@10.0.0.1:7000,redis://user:other@10.0.0.2:7000?sentinelPassword=third",
      VENUE_BASE_URL: "https://proxytoken@proxy.example.org",
    });
    expect(secretsOf(config)).toEqual([
      telegramToken,
      "discord.token.value",
      "sixteen-letters-",
      "http-token",
      "queues-password",
      "AAE-abcdefghijklmnopqrstuvwxyz012345",
      "p%40ss",
      "p@ss",
      "other",
      "third",
      "proxytoken",
      "https://example.org/hook?key=1",
    ]);
  });

  it("are none by default", () => {
    expect(secretsOf(configOf({}))).toEqual([]);
  });
});

function load(env: Record<string, string>, files: Record<string, string> = {}) {
  return loadConfig({
    env,
    supportedVenues: ["binanceusdm", "bybit", "okx"],
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return text;
    },
  });
}

function configOf(env: Record<string, string>, files: Record<string, string> = {}): Config {
  const result = load(env, files);
  if (!result.ok) throw new Error(result.problems.join("\n"));
  return result.config;
}

function problemsOf(env: Record<string, string>, files: Record<string, string> = {}): readonly string[] {
  const result = load(env, files);
  return result.ok ? [] : result.problems;
}
