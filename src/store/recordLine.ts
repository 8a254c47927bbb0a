import { z } from "zod";
import { wishKey } from "../alerts/edits.ts";
import {
  leastCooldownMs,
  leastNotionalUsd,
  mostCooldownMs,
  mostLoudPerDay,
  mostNotionalUsd,
  mostSubscriptions,
  roundNotional,
} from "../alerts/limits.ts";
import { isOnGrid } from "../alerts/rules.ts";
import type { DestinationRecord } from "../alerts/subscription.ts";
import { isZone } from "../alerts/zone.ts";

/** Longer than any record can get. */
const longestLine = 65_536;

const destination = z
  .string()
  .regex(
    /^(?:console|telegram:(?:-?\d{1,20}|@\w{4,32})(?:\/\d{1,10})?|discord:\d{1,20}|webhook:https?:\/\/\S{1,2000})$/,
    "is no destination",
  );
const person = z.string().regex(/^(?:telegram|discord):\d{1,20}$/, "is nobody's id");
const minute = z.int().min(0).max(1_439);

const subscription = z.strictObject({
  id: z.int().positive(),
  symbol: z.string().regex(/^[A-Z0-9]{1,20}$/, "is no symbol"),
  ratio: z.number().refine(isOnGrid, "is no threshold that is watched"),
  direction: z.enum(["both", "up", "down"]),
  notionalUsd: z.union([
    z.literal("auto"),
    z
      .number()
      .min(leastNotionalUsd)
      .max(mostNotionalUsd)
      .refine((sum) => roundNotional(sum) === sum, "has more than two significant digits"),
  ]),
  confidence: z.union([z.literal(50), z.literal(80), z.literal(90)]),
  cooldownMs: z.int().min(leastCooldownMs).max(mostCooldownMs).exactOptional(),
  mode: z.enum(["loud", "silent", "off"]),
  fromConfig: z.literal(true).exactOptional(),
});

const settings = z.strictObject({
  kind: z.enum(["direct", "group", "channel", "webhook", "console"]),
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/, "is no language")
    .exactOptional(),
  zone: z.string().refine(isZone, "is no time zone").exactOptional(),
  quietHours: z
    .strictObject({ from: minute, to: minute })
    .refine(({ from, to }) => from !== to, "have no length")
    .exactOptional(),
  mutedUntil: z.int().positive().exactOptional(),
  loudPerDay: z.int().min(1).max(mostLoudPerDay).exactOptional(),
  feedNotices: z.literal(true).exactOptional(),
  owner: person.exactOptional(),
  guild: z
    .string()
    .regex(/^\d{1,20}$/, "is no server")
    .exactOptional(),
  style: z.literal("embed").exactOptional(),
  crosspost: z.literal(true).exactOptional(),
});

const record = z
  .strictObject({
    version: z.literal(1, "is of another version of Lopside"),
    destination,
    settings,
    subscriptions: z.array(subscription).max(mostSubscriptions),
    nextId: z.int().positive(),
    disabled: z
      .strictObject({ reason: z.string().max(500), at: z.int(), ownerTold: z.boolean() })
      .exactOptional(),
  })
  .refine(({ subscriptions }) => new Set(subscriptions.map(({ id }) => id)).size === subscriptions.length, {
    path: ["subscriptions"],
    error: "have an id twice",
  })
  .refine(({ subscriptions }) => new Set(subscriptions.map(wishKey)).size === subscriptions.length, {
    path: ["subscriptions"],
    error: "ask for the same twice",
  })
  .refine(({ subscriptions, nextId }) => subscriptions.every(({ id }) => id < nextId), {
    path: ["nextId"],
    error: "was given already",
  }) satisfies z.ZodType<DestinationRecord>;

/** A destination's record as one line of JSON, for exports; `parseRecordLine` reads it back exactly. */
export function formatRecordLine(kept: DestinationRecord): string {
  return JSON.stringify(kept);
}

export type ParsedRecord =
  | { readonly ok: true; readonly record: DestinationRecord }
  /** Names the field, never its content: a chat's id would end up in somebody's terminal or log. */
  | { readonly ok: false; readonly reason: string };

export function parseRecordLine(line: string): ParsedRecord {
  if (line.length > longestLine) return { ok: false, reason: `is longer than ${longestLine} characters` };
  const parsed = record.safeParse(parsedJson(line));
  if (parsed.success) return { ok: true, record: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  return {
    ok: false,
    reason: where === "" ? "is not a record's JSON" : `${where} ${wordsOf(issue?.message)}`,
  };
}

/** Zod's own sentences quote no input, but would read oddly after a field's name. */
function wordsOf(message = "is wrong"): string {
  return /^[A-Z]/.test(message) ? `is wrong: ${message.charAt(0).toLowerCase()}${message.slice(1)}` : message;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // reported as no JSON; the parser's own words would quote the text
  }
}
