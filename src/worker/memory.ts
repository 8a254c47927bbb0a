import { z } from "zod";
import { type EpisodeMemory, freshEpisodeMemory } from "../alerts/episode.ts";
import { parseEpisodeMemory } from "../alerts/episodeJson.ts";
import type { OpenInterestMemory } from "./jumps.ts";
import { freshNotionalMemory, type ImbalanceMemory } from "../model/imbalance.ts";

/** What a symbol remembers from one recompute to the next, beside the model's state. */
export interface SymbolMemory {
  readonly notional: ImbalanceMemory;
  readonly episode: EpisodeMemory;
  /** What jumps are held against, by series. */
  readonly openInterest?: OpenInterestMemory;
}

const notionalMemory = z.object({
  notionalUsd: z.number().positive().nullable(),
  candidate: z.object({ notionalUsd: z.number().positive(), since: z.number() }).nullable(),
  excess: z.object({ hour: z.number().int(), logs: z.array(z.number().nullable()) }).optional(),
});
const openInterestMemory = z.record(z.string(), z.object({ at: z.number(), value: z.number().positive() }));
const stored = z.object({
  notional: notionalMemory,
  episode: z.unknown(),
  openInterest: openInterestMemory.exactOptional(),
});

export function encodeMemory(memory: SymbolMemory): string {
  return JSON.stringify(memory);
}

/** Unreadable memory is a cold start, with the reason: it costs a warm-up, never a wrong alert. */
export function decodeMemory(
  json: string | undefined,
  now: number,
): { memory: SymbolMemory; reason?: string } {
  const fresh = { notional: freshNotionalMemory, episode: freshEpisodeMemory(now) };
  if (json === undefined) return { memory: fresh };
  const parsed = stored.safeParse(parseJson(json));
  if (!parsed.success) return { memory: fresh, reason: z.prettifyError(parsed.error) };
  const { memory: episode, reason } = parseEpisodeMemory(parsed.data.episode, now);
  const { notional, openInterest } = parsed.data;
  const memory = { notional, episode, ...(openInterest === undefined ? {} : { openInterest }) };
  return reason === undefined ? { memory } : { memory, reason };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
