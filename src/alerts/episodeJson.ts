import { type Episode, type EpisodeMemory, freshEpisodeMemory } from "./episode.ts";
import type { Hold } from "./hold.ts";
import { malformed, parseJson, type Fields } from "./read.ts";
import { parseRuleKey } from "./rules.ts";
import type { Watch } from "./watch.ts";

/**
 * The memory that was kept as JSON (text, or parsed already). What can't be read, or is of a version there is no way
 * from, is answered with a fresh one and the reason: that costs a warm-up, never a wrong alert.
 */
export function parseEpisodeMemory(json: unknown, now: number): { memory: EpisodeMemory; reason?: string } {
  const parsed = parseJson(json, readMemory);
  return parsed.ok ? { memory: parsed.value } : { memory: freshEpisodeMemory(now), reason: parsed.reason };
}

function readMemory(fields: Fields): EpisodeMemory {
  const version = fields.version(2);
  const open = fields.object("open");
  const cooling = fields.object("cooling");
  return {
    version,
    startedAt: fields.number("startedAt"),
    watch: readWatch(fields.object("watch")),
    episodes: fields.count("episodes"),
    open: Object.fromEntries(rulesIn(open).map((rule) => [rule, readEpisode(open.object(rule))])),
    cooling: Object.fromEntries(rulesIn(cooling).map((rule) => [rule, cooling.number(rule)])),
    ...(fields.has("held") && { held: fields.oneOf("held", holdReasons) }),
  };
}

const holdReasons = [
  "stale",
  "thin",
  "one-sided",
  "invalid-number",
  "few-venues",
  "low-coverage",
  "contradiction",
  "uncertain",
] as const;

function rulesIn(fields: Fields): readonly string[] {
  const wrong = fields.keys().find((key) => parseRuleKey(key) === undefined);
  return wrong === undefined ? fields.keys() : malformed(`"${wrong}" is no rule`);
}

function readWatch(fields: Fields): Watch {
  return {
    wallAt: fields.number("wallAt"),
    elapsedMs: fields.number("elapsedMs"),
    stepMs: fields.number("stepMs"),
    owedMs: fields.number("owedMs"),
  };
}

function readEpisode(fields: Fields): Episode {
  const status = fields.oneOf("status", ["pending", "firing"]);
  if (status === "pending") return { status, ...readHold(fields) };
  const level = ([0, 1, 2] as const).find((known) => known === fields.count("level"));
  return {
    status,
    episodeId: fields.text("episodeId"),
    firedAt: fields.number("firedAt"),
    firedMs: fields.number("firedMs"),
    level: level ?? malformed('"level" is not 0, 1 or 2'),
    said: fields.positive("said"),
    saidMs: fields.number("saidMs"),
    updates: fields.count("updates"),
    ...(fields.has("rising") && { rising: readHold(fields.object("rising")) }),
  };
}

function readHold(fields: Fields): Hold {
  return {
    since: fields.number("since"),
    recomputes: fields.count("recomputes"),
    heldMs: fields.number("heldMs"),
    seenMs: fields.number("seenMs"),
    interrupted: fields.boolean("interrupted"),
  };
}
