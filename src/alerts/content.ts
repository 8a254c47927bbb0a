import type { Imbalance } from "../model/types.ts";
import { judgeData, type Direction, type UsableData } from "./data.ts";
import type { SaidDecision } from "./decision.ts";
import { parseJson, type Fields, type Parsed } from "./read.ts";
import type { RuleKey } from "./rules.ts";

interface Common {
  readonly version: 1;
  readonly alertId: string;
  readonly symbol: string;
  readonly direction: Direction;
  /** Epoch ms, when the episode fired. */
  readonly firedAt: number;
  /** Epoch ms of the imbalance that is told of. */
  readonly time: number;
  /** As the imbalance has it: above 1 shorts sit nearer, below 1 longs do. */
  readonly ratio: number;
  /** Which rule it is an alert of; absent in what older versions kept, and in an example. */
  readonly rule?: RuleKey;
}

/** The facts of an alert, or of the example that `send-test` posts. USD, and ratios of the mark price. */
export interface FiringContent extends Common {
  readonly kind: "firing" | "test";
  /** An escalation: 1.5 times (1) or twice (2) the rule's threshold. */
  readonly level?: 1 | 2;
  readonly markPrice: number;
  readonly notionalUsd: number;
  readonly downDistanceUsd: number;
  readonly upDistanceUsd: number;
  readonly downDistanceRatio: number;
  readonly upDistanceRatio: number;
  readonly venues: VenueCount;
  /** Fresh open interest / last known, 0 to 1. */
  readonly coverage: number;
  readonly ageMs?: number;
  /** 10th and 90th percentile of the ratio. */
  readonly band?: { readonly low: number; readonly high: number };
  /** Share of what past maps showed that was really liquidated. */
  readonly realisedShare?: number;
}

interface VenueCount {
  readonly fresh: number;
  readonly total: number;
  /** ccxt ids of those that aren't fresh. */
  readonly missing: readonly string[];
}

/** The end of an episode. */
export interface ResolvedContent extends Common {
  readonly kind: "resolved";
  readonly firedAlertId: string;
}

/** What an alert says, without a language: plain JSON, kept in the outbox, put into words when it is sent. */
export type AlertContent = FiringContent | ResolvedContent;

/** What is to be said of an imbalance; without a rule where somebody asks how an alert would read now. */
type Saying = Pick<SaidDecision, "kind" | "reason" | "direction" | "alertId" | "firedAt"> &
  Partial<Pick<SaidDecision, "rule" | "episodeId">>;

/** The content of a decision that is to be said. Throws when the imbalance could not have led to it. */
export function alertContent(imbalance: Imbalance, decision: Saying): AlertContent {
  const judged = judgeData(imbalance);
  if (!judged.usable) throw new Error(`nothing can be said of a ${judged.reason} imbalance`);
  const common = {
    version: 1,
    alertId: decision.alertId,
    symbol: imbalance.symbol,
    direction: decision.direction,
    firedAt: decision.firedAt,
    time: imbalance.time,
    ...(decision.rule !== undefined && { rule: decision.rule }),
  } as const;
  if (decision.kind === "resolve") {
    const firedAlertId = decision.episodeId ?? decision.alertId;
    return { ...common, kind: "resolved", firedAlertId, ratio: judged.data.ratio };
  }
  const level = levelOf(decision);
  return {
    ...common,
    kind: "firing",
    ...(level !== undefined && { level }),
    ...factsOf(judged.data),
    ...honestyOf(imbalance),
  };
}

function levelOf({ kind, reason }: Saying): 1 | 2 | undefined {
  if (kind !== "escalate") return undefined;
  return reason === "double" ? 2 : 1;
}

function factsOf({ ratioMean: _unsaid, ...facts }: UsableData): Omit<UsableData, "ratioMean"> {
  return facts;
}

type Honesty = Pick<FiringContent, "venues" | "coverage" | "ageMs" | "band" | "realisedShare">;

function honestyOf(imbalance: Imbalance): Honesty {
  const { ageMs, coverage, ratioLow, ratioHigh, realisedShare, venues } = imbalance;
  const missing = venues.filter(({ status }) => status !== "fresh").map(({ id }) => id);
  return {
    venues: { fresh: venues.length - missing.length, total: venues.length, missing },
    coverage,
    ...(ageMs !== null && { ageMs }),
    ...(ratioLow !== null && ratioHigh !== null && { band: { low: ratioLow, high: ratioHigh } }),
    ...(realisedShare !== null && { realisedShare }),
  };
}

/** The example that `send-test` posts: the reference case, scaled to a price. */
export function testAlertContent(symbol: string, now: number, markPrice = 84_230): FiringContent {
  const [downDistanceRatio, upDistanceRatio] = [2_000 / 84_230, 770 / 84_230];
  return {
    version: 1,
    kind: "test",
    alertId: `${symbol}-test-${now}`.replace(/[^A-Za-z0-9_.-]/g, "_"),
    symbol,
    direction: "up",
    firedAt: now,
    time: now,
    ratio: downDistanceRatio / upDistanceRatio,
    markPrice,
    notionalUsd: 1_100_000_000,
    downDistanceUsd: downDistanceRatio * markPrice,
    upDistanceUsd: upDistanceRatio * markPrice,
    downDistanceRatio,
    upDistanceRatio,
    venues: { fresh: 0, total: 0, missing: [] },
    coverage: 0,
  };
}

/** Content that was kept as JSON (text, or parsed already). */
export function parseAlertContent(json: unknown): Parsed<AlertContent> {
  return parseJson(json, readContent);
}

function readContent(fields: Fields): AlertContent {
  const version = fields.version(1);
  const kind = fields.oneOf("kind", ["firing", "test", "resolved"]);
  const common = {
    version,
    alertId: fields.text("alertId"),
    symbol: fields.text("symbol"),
    direction: fields.oneOf("direction", ["up", "down"]),
    firedAt: fields.number("firedAt"),
    time: fields.number("time"),
    ratio: fields.positive("ratio"),
    ...(fields.has("rule") && { rule: fields.text("rule") }),
  } as const;
  if (kind === "resolved") return { ...common, kind, firedAlertId: fields.text("firedAlertId") };
  return {
    ...common,
    kind,
    ...readLevel(fields),
    markPrice: fields.positive("markPrice"),
    notionalUsd: fields.positive("notionalUsd"),
    downDistanceUsd: fields.positive("downDistanceUsd"),
    upDistanceUsd: fields.positive("upDistanceUsd"),
    downDistanceRatio: fields.positive("downDistanceRatio"),
    upDistanceRatio: fields.positive("upDistanceRatio"),
    ...readHonesty(fields),
  };
}

function readLevel(fields: Fields): Pick<FiringContent, "level"> {
  if (!fields.has("level")) return {};
  return { level: fields.number("level") === 2 ? 2 : 1 };
}

function readHonesty(fields: Fields): Honesty {
  const venues = fields.object("venues");
  return {
    venues: { fresh: venues.count("fresh"), total: venues.count("total"), missing: venues.texts("missing") },
    coverage: fields.number("coverage"),
    ...(fields.has("ageMs") && { ageMs: fields.number("ageMs") }),
    ...(fields.has("band") && { band: readBand(fields.object("band")) }),
    ...(fields.has("realisedShare") && { realisedShare: fields.number("realisedShare") }),
  };
}

function readBand(fields: Fields): { low: number; high: number } {
  return { low: fields.positive("low"), high: fields.positive("high") };
}
