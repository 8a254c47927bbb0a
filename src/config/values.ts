import parseDuration from "parse-duration";
import { z } from "zod";

/** The shapes a setting's text can have. Messages are for the operator and never repeat what may be a secret. */

type Check<T> = (text: string) => { readonly value: T } | { readonly problem: string };

function checked<T>(check: Check<T>) {
  return z.string().transform((text, context): T => {
    const result = check(text);
    if ("value" in result) return result.value;
    context.issues.push({ code: "custom", message: result.problem, input: text });
    return z.NEVER;
  });
}

const durationText = /^(?:\d+(?:\.\d+)?\s*(?:ms|s|sec|m|min|h|d|w)\s*)+$/;

/** "90s", "1h 30m" → ms. parse-duration alone would skip words it doesn't know and take "1 banana" for 1 ms. */
export function duration(least: string, most: string) {
  const [leastMs, mostMs] = [parseDuration(least) ?? 0, parseDuration(most) ?? Infinity];
  return checked((text) => {
    if (/^\d+(?:\.\d+)?$/.test(text) && Number(text) !== 0)
      return { problem: `needs a unit: write ${text}s for seconds, ${text}m for minutes` };
    const value = text === "0" ? 0 : durationText.test(text) ? parseDuration(text) : null;
    if (value === null) return { problem: "is not a duration: write something like 90s, 15m or 1h" };
    if (value < leastMs || value > mostMs) return { problem: `must be between ${least} and ${most}` };
    return { value };
  });
}

export function numberBetween(least: number, most: number) {
  return checked((text) => {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return { value };
    return { problem: `must be a number from ${least} to ${most}` };
  });
}

export const port = checked((text) => {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return value <= 65_535 ? { value } : { problem: "must be a port from 0 to 65535 (0 takes a free one)" };
});

/** `describe` says what an entry must be; entries are named by their place, because they may be chat ids. */
export function list(entry: RegExp, describe: string, most = 200) {
  return checked((text): { value: readonly string[] } | { problem: string } => {
    const entries = text.split(",").map((part) => part.trim());
    const wrong = entries.findIndex((part) => !entry.test(part));
    if (wrong >= 0) return { problem: listProblem(entries[wrong] ?? "", wrong, describe) };
    const repeated = entries.findIndex((part, index) => entries.indexOf(part) !== index);
    if (repeated >= 0) return { problem: `entry ${repeated + 1} is there twice` };
    if (entries.length > most)
      return { problem: `has ${entries.length} entries; at most ${most} are allowed` };
    return { value: entries };
  });
}

function listProblem(entry: string, index: number, describe: string): string {
  if (entry === "") return `entry ${index + 1} is empty: check the commas`;
  return `entry ${index + 1} is not ${describe}`;
}

/** Entries out of a known set; these are no secrets, so the wrong one is named. */
export function subset(known: readonly string[]) {
  return list(/^/, "").transform((entries, context): readonly string[] => {
    for (const entry of entries.filter((name) => !known.includes(name))) {
      const message = entry === "" ? "has an empty entry: check the commas" : unknownEntry(entry, known);
      context.issues.push({ code: "custom", message, input: entry });
    }
    return entries;
  });
}

function unknownEntry(entry: string, known: readonly string[]): string {
  const shown = /^[\w-]{1,30}$/.test(entry) ? `"${entry}"` : "an entry";
  return `${shown} is not supported; choose from ${known.join(", ")}`;
}

export function httpUrl() {
  return checked((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== "http:" && url?.protocol !== "https:")
      return { problem: "is not a URL that starts with http:// or https://" };
    if (url.search !== "" || url.hash !== "") return { problem: "must not have a ? or # part" };
    return { value: text.replace(/\/+$/, "") };
  });
}

/** Comma-separated addresses that may carry a secret in their path or query: entries are named by their place. */
const proxySchemes: ReadonlySet<string> = new Set(["http:", "https:", "socks5:"]);

/** "okx=http://proxy:3128,bybit=socks5://…" → URL by venue. */
export function venueProxies(known: readonly string[]) {
  return checked((text) => {
    const entries = text.split(",").map((part) => {
      const [venue = "", ...url] = part.trim().split("=");
      return { venue, url: url.join("=") };
    });
    const strange = entries.findIndex(({ venue }) => !known.includes(venue));
    if (strange >= 0) return { problem: `entry ${strange + 1} doesn't begin with a supported venue and "="` };
    const wrong = entries.findIndex(({ url }) => !proxySchemes.has(urlOf(url)?.protocol ?? ""));
    if (wrong >= 0)
      return { problem: `entry ${wrong + 1} doesn't name a proxy by http://, https:// or socks5://` };
    const byVenue = new Map(entries.map(({ venue, url }) => [venue, url] as const));
    if (byVenue.size < entries.length) return { problem: "names a venue twice" };
    return { value: Object.fromEntries(byVenue) };
  });
}

export const webhookUrls = checked((text) => {
  const entries = text.split(",").map((part) => part.trim());
  const wrong = entries.findIndex((entry) => !/^https?:$/.test(urlOf(entry)?.protocol ?? ""));
  if (wrong >= 0) return { problem: `entry ${wrong + 1} is not a URL that starts with http:// or https://` };
  const named = entries.findIndex((entry) => hasLogin(urlOf(entry)));
  if (named >= 0)
    return { problem: `entry ${named + 1} has a user name or a password in it, which is not sent` };
  const repeated = entries.findIndex((entry, index) => entries.indexOf(entry) !== index);
  if (repeated >= 0) return { problem: `entry ${repeated + 1} is there twice` };
  if (entries.length > 100) return { problem: `has ${entries.length} entries; at most 100 are allowed` };
  return { value: entries.map((entry) => urlOf(entry)?.href ?? entry) };
});

function hasLogin(url: URL | undefined): boolean {
  return url !== undefined && `${url.username}${url.password}` !== "";
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

export const yesOrNo = checked((text) => {
  if (/^(?:true|yes|1)$/i.test(text)) return { value: true };
  if (/^(?:false|no|0)$/i.test(text)) return { value: false };
  return { problem: "must be true or false" };
});

const redisShape =
  /^rediss?(?<sentinel>\+sentinel)?:\/\/(?:\S*@)?[^/?@\s]+(?:\/(?<path>[^?\s]*))?(?:\?\S*)?$/;

/** Only its outline, for the store reads the rest: several hosts with commas are no URL to anybody else. */
export const redisUrl = checked((text) => {
  const groups = redisShape.exec(text)?.groups;
  if (groups === undefined)
    return {
      problem:
        "must be redis://HOST:PORT or rediss://…, several with commas for Cluster, or redis+sentinel://…",
    };
  if (groups["sentinel"] !== undefined && (groups["path"] ?? "") === "")
    return { problem: "must look like redis+sentinel://host:26379,host:26379/mymaster" };
  return { value: text };
});

export const telegramToken = checked((text) => {
  if (/^\d+:[\w-]+$/.test(text)) return { value: text };
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text))
    return { problem: "looks like a Discord token; Telegram's come from @BotFather" };
  return { problem: "is not a bot token: it looks like 123456789:AA…, from @BotFather" };
});

export const discordToken = checked((text) => {
  if (/^\d+:[\w-]+$/.test(text))
    return { problem: "looks like a Telegram token; Discord's are in the developer portal, under Bot" };
  if (/^Bot\s/i.test(text)) return { problem: 'must be given without the word "Bot" before it' };
  if (/\s/.test(text)) return { problem: "must not contain spaces or line breaks" };
  return { value: text };
});

export function textLike(pattern: RegExp, problem: string) {
  return checked((text) => (pattern.test(text) ? { value: text } : { problem }));
}
