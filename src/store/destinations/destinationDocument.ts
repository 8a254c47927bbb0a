import type {
  Confidence,
  DestinationKind,
  DestinationRecord,
  DestinationSettings,
  Disabled,
  Subscription,
} from "../../alerts/subscription.ts";
import { StoreError } from "../errors.ts";

/** Of the documents; a newer one is refused, an older one brought on where it is read. */
const documentVersion = 1;

/** There are hundreds of thousands of documents: names are one letter, defaults are left out, subscriptions are rows. */
interface Document {
  readonly v: number;
  readonly k: string;
  /** nextId */
  readonly n: number;
  readonly s: readonly (readonly (string | number)[])[];
  readonly l?: string | undefined;
  readonly z?: string | undefined;
  readonly q?: readonly number[] | undefined;
  readonly m?: number | undefined;
  readonly d?: number | undefined;
  readonly f?: 1 | undefined;
  readonly o?: string | undefined;
  readonly g?: string | undefined;
  readonly e?: 1 | undefined;
  readonly c?: 1 | undefined;
  /** disabled: reason, at, whether the owner was told */
  readonly x?: readonly (string | number)[] | undefined;
}

const kinds: readonly DestinationKind[] = ["direct", "group", "channel", "webhook", "console"];
const directions = ["both", "up", "down"] as const;
const modes = ["loud", "silent", "off"] as const;
const confidences: readonly Confidence[] = [50, 80, 90];

export function formatDocument(record: DestinationRecord): string {
  const { settings, disabled } = record;
  const document: Document = {
    v: record.version,
    k: settings.kind,
    n: record.nextId,
    s: record.subscriptions.map(rowOf),
    l: settings.language,
    z: settings.zone,
    q: settings.quietHours && [settings.quietHours.from, settings.quietHours.to],
    m: settings.mutedUntil,
    d: settings.loudPerDay,
    f: settings.feedNotices && 1,
    o: settings.owner,
    g: settings.guild,
    e: settings.style && 1,
    c: settings.crosspost && 1,
    x: disabled && [disabled.reason, disabled.at, Number(disabled.ownerTold)],
  };
  return JSON.stringify(document);
}

/** id, symbol, τ, then direction, notional, confidence, cooldown, mode and origin as far as they aren't the default 0. */
function rowOf(subscription: Subscription): readonly (string | number)[] {
  const { id, symbol, ratio, direction, notionalUsd, confidence, cooldownMs, mode } = subscription;
  const row = [
    id,
    symbol,
    ratio,
    directions.indexOf(direction),
    notionalUsd === "auto" ? 0 : notionalUsd,
    confidences.indexOf(confidence),
    cooldownMs ?? 0,
    modes.indexOf(mode),
    subscription.fromConfig === true ? 1 : 0,
  ];
  return row.slice(0, row.findLastIndex((value) => value !== 0) + 1);
}

/** Throws a StoreError on what a newer Lopside wrote, an Error on what none did. */
export function parseDocument(destination: string, text: string): DestinationRecord {
  return recordOf(destination, parseFacts(text));
}

type Facts = Omit<DestinationRecord, "destination">;

const mostKnown = 256;

/**
 * Reads documents for a crowd: most people want what is offered first, so that their documents are the same text but
 * for whose they are, and what is in them is read once and then shared. The oldest give way.
 */
export function createDocumentReader(): typeof parseDocument {
  const known = new Map<string, Facts>();
  return (destination, text) => {
    const facts = known.get(text);
    if (facts !== undefined) return recordOf(destination, facts);
    const read = parseFacts(text);
    known.set(text, read);
    const [oldest] = known.keys();
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
    return recordOf(destination, read);
  };
}

// by hand: a spread takes several times as long
function recordOf(
  destination: string,
  { version, settings, subscriptions, nextId, disabled }: Facts,
): DestinationRecord {
  if (disabled !== undefined) return { version, destination, settings, subscriptions, nextId, disabled };
  return { version, destination, settings, subscriptions, nextId };
}

function parseFacts(text: string): Facts {
  const document = fieldsOf(parsedJson(text));
  if (document["v"] !== documentVersion) throw refusal(document["v"]);
  const { n, s, x } = document;
  const disabled = x === undefined ? undefined : disabledOf(x);
  return {
    version: documentVersion,
    settings: settingsOf(document),
    subscriptions: isList(s) ? s.map(subscriptionOf) : wrong("s"),
    nextId: isNumber(n) ? n : wrong("n"),
    ...(disabled !== undefined && { disabled }),
  };
}

function settingsOf({ k, l, z, q, m, d, f, o, g, e, c }: Fields): DestinationSettings {
  const [from, to] = isList(q) ? q : [];
  return {
    kind: kinds.find((kind) => kind === k) ?? wrong("k"),
    ...(isText(l) && { language: l }),
    ...(isText(z) && { zone: z }),
    ...(isNumber(from) && isNumber(to) && { quietHours: { from, to } }),
    ...(isNumber(m) && { mutedUntil: m }),
    ...(isNumber(d) && { loudPerDay: d }),
    ...(f === 1 && { feedNotices: true as const }),
    ...(isText(o) && { owner: o }),
    ...(isText(g) && { guild: g }),
    ...(e === 1 && { style: "embed" as const }),
    ...(c === 1 && { crosspost: true as const }),
  };
}

function subscriptionOf(row: unknown): Subscription {
  if (!isList(row)) return wrong("s");
  const [id, symbol, ratio, direction = 0, notional = 0, confidence = 0, cooldown = 0, mode = 0, origin] =
    row;
  if (!isNumber(id) || !isText(symbol) || !isNumber(ratio)) return wrong("s");
  if (!isNumber(notional) || !isNumber(cooldown)) return wrong("s");
  return {
    id,
    symbol,
    ratio,
    direction: pick(directions, direction),
    notionalUsd: notional === 0 ? "auto" : notional,
    confidence: pick(confidences, confidence),
    ...(cooldown !== 0 && { cooldownMs: cooldown }),
    mode: pick(modes, mode),
    ...(origin === 1 && { fromConfig: true as const }),
  };
}

function disabledOf(x: unknown): Disabled {
  const [reason, at, told] = isList(x) ? x : [];
  if (!isText(reason) || !isNumber(at)) return wrong("x");
  return { reason, at, ownerTold: told === 1 };
}

function pick<T>(choices: readonly T[], index: unknown): T {
  return (isNumber(index) ? choices[index] : undefined) ?? wrong("s");
}

/** The parser's own words would quote the text, and with it ids of people. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return wrong("it");
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : wrong("it");
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function wrong(field: string): never {
  throw new Error(`a stored destination is not of the expected shape: ${field}`);
}

function refusal(version: unknown): StoreError {
  return new StoreError(
    `A stored destination is of version ${String(version)}; this Lopside knows version ${documentVersion}.`,
    "A newer Lopside has written it. Start that one again, or give this one another REDIS_URL or DATA_DIR.",
  );
}
