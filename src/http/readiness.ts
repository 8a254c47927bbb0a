import { agedImbalance } from "../model/aged.ts";
import type { Imbalance } from "../model/types.ts";
import type { HttpSources, Readiness, ReadinessCheck } from "./contracts.ts";

/**
 * Ready means: Redis answers, the worker really consumes (a ping would not tell: a worker's blocking read can die
 * alone), and at least one symbol's data is fresh.
 */
export async function readiness(sources: HttpSources): Promise<Readiness> {
  const redis = await redisCheck(sources);
  if (!redis.ok) return { ready: false, checks: [redis] };
  const stored = await Promise.all(sources.symbols.map(async (symbol) => sources.imbalance(symbol)));
  const checks = [redis, queuesCheck(sources), workerCheck(stored, sources), dataCheck(stored, sources)];
  return { ready: checks.every((check) => check.ok), checks };
}

async function redisCheck({ ping }: HttpSources): Promise<ReadinessCheck> {
  try {
    await ping();
    return { name: "redis", ok: true, detail: "answers" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name: "redis", ok: false, detail: `does not answer: ${reason}` };
  }
}

/** Each of this process' workers comes back from its blocking read every few seconds. */
function queuesCheck({ silentQueues }: HttpSources): ReadinessCheck {
  const silent = silentQueues?.() ?? [];
  if (silent.length === 0) return { name: "queues", ok: true, detail: "consumed" };
  return { name: "queues", ok: false, detail: `not consumed by this process: ${silent.join(", ")}` };
}

/** A recompute commits every slot whatever the venues say, so its newest time is the worker's pulse. */
function workerCheck(
  stored: readonly (Imbalance | undefined)[],
  { symbols, clock, staleAfterMs }: HttpSources,
): ReadinessCheck {
  const late = symbols.filter((_, i) => {
    const imbalance = stored[i];
    return imbalance === undefined || clock.now() - imbalance.time > staleAfterMs;
  });
  if (late.length === 0) return { name: "worker", ok: true, detail: "recomputes every symbol" };
  return { name: "worker", ok: false, detail: `no recent recompute of ${late.join(", ")}` };
}

function dataCheck(
  stored: readonly (Imbalance | undefined)[],
  { symbols, clock, staleAfterMs }: HttpSources,
): ReadinessCheck {
  const now = clock.now();
  const stale = symbols.filter((_, i) => {
    const imbalance = stored[i];
    return imbalance === undefined || agedImbalance(imbalance, now, staleAfterMs).regime === "stale";
  });
  if (stale.length === symbols.length)
    return { name: "data", ok: false, detail: "no fresh data of any symbol" };
  if (stale.length > 0) return { name: "data", ok: true, detail: `stale: ${stale.join(", ")}` };
  return { name: "data", ok: true, detail: "fresh" };
}
