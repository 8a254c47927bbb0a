import { alertContent } from "../../../src/alerts/content.ts";
import { decideRules } from "../../../src/alerts/decide.ts";
import { isSaid, type SaidDecision } from "../../../src/alerts/decision.ts";
import { type EpisodeMemory, freshEpisodeMemory } from "../../../src/alerts/episode.ts";
import { indexRules } from "../../../src/alerts/ruleIndex.ts";
import type { Imbalance } from "../../../src/model/types.ts";
import { createBotMemory } from "../../../src/store/botMemory.ts";
import type { RuleAlert } from "../../../src/store/contracts/symbols.ts";
import { createFeedNotices, type FeedNotices } from "../../../src/worker/feedNotices.ts";
import { imbalanceOf } from "../../alerts/examples.ts";
import { aCommit } from "../../store/builders.ts";
import { die } from "./actor.ts";
import { symbols } from "./cast.ts";
import { clockOf, openFor, type Opened, type Posters } from "./processes.ts";
import type { Stage } from "./stage.ts";

const minuteMs = 60_000;
const policy = { holdMs: 10_000, cooldownMs: 15 * minuteMs, warmupMs: 0 };
/** How often a commit is heard of; else the sweep finds it. */
const heard = 0.7;

/** What is sighted, and the worker that says what it means. */
export interface Market {
  readonly setRatio: (symbol: string, ratio: number) => void;
  readonly setLost: (symbol: string, isLost: boolean) => void;
  /** After what it is at; it isn't waited for. */
  readonly look: (...at: readonly string[]) => void;
  readonly close: () => void;
}

interface Working {
  readonly stage: Stage;
  readonly posters: Posters;
  readonly opened: Opened;
  readonly feed: FeedNotices;
  readonly sightingOf: (symbol: string) => Imbalance;
  readonly memories: Map<string, EpisodeMemory>;
}

export async function openMarket(stage: Stage, posters: Posters): Promise<Market> {
  const { world } = stage;
  const worker = world.actor("worker");
  const opened = await openFor(world, worker);
  const { ratios, lost, sightingOf } = createSightings(stage);
  const feed = world.as(worker, () => feedOf(stage, opened));
  const working: Working = { stage, posters, opened, feed, sightingOf, memories: new Map() };
  let work = Promise.resolve();
  const look = (...at: readonly string[]): void => {
    work = work.then(async () =>
      world.as(worker, async () => {
        for (const symbol of at) await recompute(working, symbol);
      }),
    );
  };
  world.as(worker, () => keepWorking(stage, opened, () => look(...symbols)));
  return {
    setRatio: (symbol, ratio) => void ratios.set(symbol, ratio),
    setLost: (symbol, isLost) => void (isLost ? lost.add(symbol) : lost.delete(symbol)),
    look,
    close: () => die(worker),
  };
}

function createSightings({ world }: Stage) {
  const ratios = new Map<string, number>();
  const lost = new Set<string>();
  let nth = 0;
  const sightingOf = (symbol: string): Imbalance => {
    // no two sightings are alike: what a message shows says which it shows
    const ratio = (ratios.get(symbol) ?? 1) * (1 + (nth++ % 500) / 10_000);
    const usual: Imbalance = {
      ...imbalanceOf(Math.max(ratio, 1 / ratio)),
      symbol,
      time: clockOf(world).now(),
    };
    const sighted = ratio >= 1 ? usual : mirrored(usual);
    return lost.has(symbol) ? { ...sighted, regime: "stale" } : sighted;
  };
  return { ratios, lost, sightingOf };
}

function feedOf({ world, logOf }: Stage, { redis, store }: Opened): FeedNotices {
  const { destinations, outbox } = store;
  const memory = createBotMemory(redis);
  return createFeedNotices({ destinations, outbox, memory, clock: clockOf(world), log: logOf("worker") });
}

function keepWorking({ world, note }: Stage, { store, forgetting }: Opened, look: () => void): void {
  const clock = clockOf(world);
  const tell = (error: unknown): void => note(`the worker failed: ${String(error)}`);
  setInterval(look, minuteMs);
  setInterval(() => {
    store.destinations.repair(clock.now()).catch(tell);
    forgetting.goOn().catch(tell);
  }, minuteMs / 2);
}

async function recompute(working: Working, symbol: string): Promise<void> {
  const { opened, memories, feed } = working;
  const { symbols: repository, rules } = opened.store;
  const [{ version, slot }, inUse] = await Promise.all([repository.readVersion(symbol), rules.inUse(symbol)]);
  const imbalance = working.sightingOf(symbol);
  const at = imbalance.time;
  const decided = decideRules(
    memories.get(symbol) ?? freshEpisodeMemory(at),
    { symbol, imbalances: new Map([["auto" as const, imbalance]]) },
    indexRules(inUse.members.keys()),
    policy,
    at,
  );
  const ruleAlerts = decided.decisions.filter(isSaid).map((one) => toAlert(imbalance, one));
  const wanted = aCommit({ symbol, slot: slot + 1, basedOn: version, at, imbalance, ruleAlerts });
  const result = await repository.commit(wanted);
  if (result !== "committed") throw new Error(result);
  memories.set(symbol, decided.memory);
  feed.note(imbalance);
  if (ruleAlerts.length > 0) tell(working, symbol, ruleAlerts);
}

function tell({ stage, posters }: Working, symbol: string, alerts: readonly RuleAlert[]): void {
  const { world, history, note } = stage;
  history.said.push({ at: world.now(), symbol, alerts });
  note(`said ${alerts.map(({ alertId, kind }) => `${kind} ${alertId}`).join(", ")}`);
  for (const one of posters.all()) if (world.random() < heard) world.as(one.actor, () => one.wake(symbol));
}

function mirrored(imbalance: Imbalance): Imbalance {
  const { ratio } = imbalance;
  return {
    ...imbalance,
    ratio: ratio === null ? null : 1 / ratio,
    ratioMean: ratio === null ? null : 1 / ratio,
    downDistanceUsd: imbalance.upDistanceUsd,
    upDistanceUsd: imbalance.downDistanceUsd,
    downDistanceRatio: imbalance.upDistanceRatio,
    upDistanceRatio: imbalance.downDistanceRatio,
    regime: "long-flush",
  };
}

function toAlert(imbalance: Imbalance, decision: SaidDecision): RuleAlert {
  const { alertId, episodeId, rule, kind } = decision;
  return {
    alertId,
    kind: kind === "fire" || kind === "escalate" ? "push" : "edit",
    episodeId,
    content: JSON.stringify(alertContent(imbalance, decision)),
    rule,
  };
}
