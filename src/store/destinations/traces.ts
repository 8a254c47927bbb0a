import { z } from "zod";
import type { DestinationRecord } from "../../alerts/subscription.ts";
import { guildKey, registerKeys } from "../keys.ts";
import { createRegister } from "./register.ts";
import { createPlace, type Placement, placementOf } from "./rulePages.ts";
import type { RedisClient } from "../redis/script.ts";

/**
 * What a change of a destination touches outside of its document: places where it has to be looked for afterwards,
 * whether it belongs there or no longer does. Plain JSON.
 */
export interface Trace {
  /** Rules by symbol. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
  readonly guilds: readonly string[];
  /** Whether it came to be or ended. */
  readonly registered: boolean;
  /** Whether the configuration began or ceased to ask for something. */
  readonly configured: boolean;
}

/** A change that is under way, and since when (epoch ms). */
export interface Note {
  readonly at: number;
  readonly trace: Trace;
}

const storedNote = z.object({
  at: z.number(),
  trace: z.object({
    rules: z.record(z.string(), z.array(z.string())),
    guilds: z.array(z.string()),
    registered: z.boolean(),
    configured: z.boolean(),
  }),
}) satisfies z.ZodType<Note>;

export function formatNote(note: Note): string {
  return JSON.stringify(note);
}

export function parseNote(json: string): Note {
  return storedNote.parse(JSON.parse(json));
}

/** Undefined where nothing but the document changes. */
export function traceOf(
  before: DestinationRecord | undefined,
  after: DestinationRecord | undefined,
): Trace | undefined {
  const trace = {
    rules: touchedRules(placementOf(before), placementOf(after)),
    guilds: difference(before?.settings.guild, after?.settings.guild),
    registered: (before === undefined) !== (after === undefined),
    configured: isConfigured(before) !== isConfigured(after),
  };
  const touches = Object.keys(trace.rules).length + trace.guilds.length;
  return touches > 0 || trace.registered || trace.configured ? trace : undefined;
}

function isConfigured(record: DestinationRecord | undefined): boolean {
  return record?.subscriptions.some((one) => one.fromConfig === true) ?? false;
}

function touchedRules(before: Placement, after: Placement): Trace["rules"] {
  const symbols = [...new Set([...before.keys(), ...after.keys()])];
  return Object.fromEntries(
    symbols.flatMap((symbol) => {
      const [was, is] = [before.get(symbol), after.get(symbol)];
      const rules = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])];
      const touched = rules.filter((rule) => was?.get(rule) !== is?.get(rule));
      return touched.length > 0 ? [[symbol, touched]] : [];
    }),
  );
}

function difference(before: string | undefined, after: string | undefined): string[] {
  return before === after ? [] : [before, after].filter((one) => one !== undefined);
}

/** Makes everything a trace names agree with the record. Every step is safe to repeat. */
export function createFollow(
  redis: RedisClient,
): (destination: string, record: DestinationRecord | undefined, trace: Trace) => Promise<void> {
  const place = createPlace(redis);
  const register = createRegister(redis);
  const belong = async (key: string, destination: string, belongs: boolean): Promise<unknown> =>
    belongs ? redis.sadd(key, destination) : redis.srem(key, destination);

  return async (destination, record, trace) => {
    const placement = placementOf(record);
    const settings = record?.settings;
    await Promise.all([
      ...Object.entries(trace.rules).map(async ([symbol, rules]) => {
        const placed = placement.get(symbol);
        return place(symbol, destination, new Map(rules.map((rule) => [rule, placed?.get(rule) ?? ""])));
      }),
      ...trace.guilds.map(async (guild) => belong(guildKey(guild), destination, settings?.guild === guild)),
      ...(trace.configured ? [belong(registerKeys.configured, destination, isConfigured(record))] : []),
      ...(trace.registered ? [register.note(destination, record !== undefined)] : []),
    ]);
  };
}
