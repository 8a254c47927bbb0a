import { z } from "zod";
import { wishKey } from "../../alerts/edits.ts";
import {
  leastCooldownMs,
  leastNotionalUsd,
  mostCooldownMs,
  mostLoudPerDay,
  mostNotionalUsd,
  mostSubscriptions,
  roundNotional,
} from "../../alerts/limits.ts";
import { isOnGrid } from "../../alerts/rules.ts";
import type { DestinationRecord } from "../../alerts/subscription.ts";
import { isZone } from "../../alerts/zone.ts";
import { languages } from "../../texts/texts.ts";
import { wordProblems, wordSum, wordThreshold } from "./recordProblems.ts";

/** Longer than any record can get. */
const longestLine = 65_536;

const destination = z
  .string()
  .regex(
    /^(?:console|telegram:(?:-?[1-9]\d{0,19}|@[A-Za-z]\w{3,31})(?:\/[1-9]\d{0,9})?|discord:[1-9]\d{0,19}|webhook:https?:\/\/\S{1,2000})$/,
    "is no destination: telegram:CHAT, telegram:CHAT/TOPIC, discord:CHANNEL, webhook:URL or console",
  )
  .refine(isPostable, "is no address to post to: webhook:https://HOST/PATH, without a user name");
const person = z
  .string()
  .regex(/^(?:telegram|discord):[1-9]\d{0,19}$/, "is nobody's id: telegram:USER or discord:USER");
const minute = z.int().min(0).max(1_439);
/** ECMA-262, time values: beyond, no date can be written. */
const lastMoment = 8.64e15;
const moment = z.int().min(-lastMoment).max(lastMoment);
/** Buttons have room for nine digits. */
const id = z.int().positive().max(999_999_999);

const subscription = z.strictObject({
  id,
  symbol: z.string().regex(/^[A-Z0-9]{1,20}$/, "is no symbol: capital letters and digits, like BTC"),
  ratio: z.number().refine(isOnGrid, { error: ({ input }) => wordThreshold(Number(input)) }),
  direction: z.enum(["both", "up", "down"]),
  notionalUsd: z.union(
    [
      z.literal("auto"),
      z
        .number()
        .min(leastNotionalUsd)
        .max(mostNotionalUsd)
        .refine((sum) => roundNotional(sum) === sum, { error: ({ input }) => wordSum(Number(input)) }),
    ],
    "is neither auto nor a sum in USD",
  ),
  confidence: z.literal([50, 80, 90]),
  cooldownMs: z.int().min(leastCooldownMs).max(mostCooldownMs).exactOptional(),
  mode: z.enum(["loud", "silent", "off"]),
  fromConfig: z.literal(true).exactOptional(),
});

const settings = z.strictObject({
  kind: z.enum(["direct", "group", "channel", "webhook", "console"]),
  language: z.enum(languages, `is no language there are texts in: ${languages.join(" or ")}`).exactOptional(),
  zone: z.string().refine(isZone, "is no time zone: a name like Europe/Madrid").exactOptional(),
  quietHours: z
    .strictObject({ from: minute, to: minute })
    .refine(({ from, to }) => from !== to, "have no length")
    .exactOptional(),
  mutedUntil: moment.positive().exactOptional(),
  loudPerDay: z.int().min(1).max(mostLoudPerDay).exactOptional(),
  feedNotices: z.literal(true).exactOptional(),
  owner: person.exactOptional(),
  guild: z
    .string()
    .regex(
      /^(?:[1-9]\d{0,19}|telegram:-?[1-9]\d{0,19})$/,
      "is no server: a Discord server's digits, or telegram:GROUP",
    )
    .exactOptional(),
  style: z.literal("embed").exactOptional(),
  crosspost: z.literal(true).exactOptional(),
});

const record = z
  .strictObject({
    version: z.literal(1, "is of another version of Lopside: this one reads 1"),
    destination,
    settings,
    subscriptions: z.array(subscription),
    nextId: id,
    disabled: z
      .strictObject({ reason: z.string().max(500), at: moment, ownerTold: z.boolean() })
      .exactOptional(),
  })
  .superRefine((kept, context) => {
    for (const [field, message] of contradictions(kept))
      context.addIssue({ code: "custom", path: [field], message, input: kept });
  }) satisfies z.ZodType<DestinationRecord>;

/** A destination's record as one line of JSON, for exports; `parseRecordLine` reads it back exactly. */
export function formatRecordLine(kept: DestinationRecord): string {
  return JSON.stringify(kept);
}

export type ParsedRecord =
  { readonly ok: true; readonly record: DestinationRecord } | { readonly ok: false; readonly reason: string };

export function parseRecordLine(line: string): ParsedRecord {
  if (line.length > longestLine) return { ok: false, reason: `it is longer than ${longestLine} characters` };
  const json = parsedJson(line);
  if (json === undefined) return { ok: false, reason: "it is no JSON" };
  const parsed = record.safeParse(json);
  if (parsed.success) return { ok: true, record: parsed.data };
  const { issues } = parsed.error;
  return { ok: false, reason: wordProblems(issues, json) };
}

/** Of a webhook: what the configuration takes, too. */
function isPostable(destination: string): boolean {
  const [, url] = /^webhook:(.*)$/s.exec(destination) ?? [];
  if (url === undefined) return true;
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return `${username}${password}` === "";
}

function contradictions({
  subscriptions,
  nextId,
}: DestinationRecord): readonly (readonly [keyof DestinationRecord, string])[] {
  const ids = subscriptions.map(({ id }) => id);
  const again = ids.find((id, index) => ids.indexOf(id) !== index);
  const wishes = subscriptions.map(wishKey);
  const same = wishes.findIndex((wish, index) => wishes.indexOf(wish) !== index);
  const first = wishes.indexOf(wishes[same] ?? "");
  const newest = Math.max(0, ...ids);
  // the configuration asks for every symbol, however many there are
  const own = subscriptions.filter(({ fromConfig }) => fromConfig !== true);
  return [
    ...(own.length <= mostSubscriptions
      ? []
      : [["subscriptions", `are too many: at most ${mostSubscriptions}`] as const]),
    ...(again === undefined ? [] : [["subscriptions", `have the id ${again} twice`] as const]),
    ...(same < 0 ? [] : [["subscriptions", `[${first}] and [${same}] ask for the same`] as const]),
    ...(newest < nextId ? [] : [["nextId", `was given already: at least ${newest + 1}`] as const]),
  ];
}

function parsedJson(text: string): unknown {
  try {
    // without what some editors put before a file's first letter
    return JSON.parse(text.trim());
  } catch {
    return undefined; // reported as no JSON; the parser's own words would quote the text
  }
}
