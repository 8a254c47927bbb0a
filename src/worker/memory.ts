import { z } from "zod";
import { type EpisodeMemory, freshEpisodeMemory, parseEpisodeMemory } from "../alerts/episode.ts";
import { freshNotionalMemory, type NotionalMemory } from "../model/imbalance.ts";

/** What a symbol remembers from one recompute to the next, beside the model's state. */
export interface SymbolMemory {
  readonly notional: NotionalMemory;
  readonly episode: EpisodeMemory;
}

const notionalMemory = z.object({
  rung: z.number().positive().nullable(),
  candidate: z.number().positive().nullable(),
  candidateSince: z.number().nullable(),
});
const stored = z.object({ notional: notionalMemory, episode: z.unknown() });

export function encodeMemory(memory: SymbolMemory): string {
  return JSON.stringify(memory);
}

/** Unreadable memory is a cold start: it costs a warm-up, never a wrong alert. */
export function decodeMemory(json: string | undefined, now: number): SymbolMemory {
  if (json === undefined) return { notional: freshNotionalMemory, episode: freshEpisodeMemory(now) };
  const parsed = stored.parse(JSON.parse(json));
  return { notional: parsed.notional, episode: parseEpisodeMemory(parsed.episode) };
}
