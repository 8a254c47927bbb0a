import type { AlertRule } from "../../../src/alerts/decision.ts";
import { keepRepairing } from "../../../src/roles/repairs.ts";
import { createBotMemory } from "../../../src/store/botMemory.ts";
import type { Outset, VenueReport } from "../../../src/store/contracts/rounds.ts";
import { createAfterwards } from "../../../src/worker/afterwards.ts";
import { createAhead } from "../../../src/worker/ahead.ts";
import type { RecomputeJob } from "../../../src/worker/contracts.ts";
import { createFeedNotices } from "../../../src/worker/feedNotices.ts";
import { createRecompute } from "../../../src/worker/recompute.ts";
import type { Actor } from "./actor.ts";
import { hearFeeds, hearWorker } from "./hearing.ts";
import type { Posters } from "./posters.ts";
import { clockOf, createGroup, type Group, type Member, openFor, type Opened, startIn } from "./processes.ts";
import type { Stage } from "./stage.ts";

export const rule: AlertRule = { ratio: 2, holdMs: 10_000, cooldownMs: 15 * 60_000, warmupMs: 0 };
export const venues: readonly string[] = ["bybit"];
/** How often a commit is heard of by a notifier; else the sweep finds it. */
const heard = 0.7;
/** So far apart two workers' clocks are at most. */
const mostApartMs = 30_000;

export interface Worker extends Member {
  /** A round's recompute, as its own poll brings it about, or as a queue does. It isn't waited for. */
  readonly work: (job: RecomputeJob, isPolled: boolean) => void;
}

export type Workers = Group<Worker>;

/** The processes that recompute: the worker's own code, but for its queues and for what the model measures. */
export function createWorkers(stage: Stage, posters: Posters): Workers {
  const apartMs = stage.world.random() < 0.5 ? mostApartMs : 0;
  return createGroup(stage, { name: "worker", apartMs }, async (actor) => startWorker(stage, posters, actor));
}

async function startWorker(stage: Stage, posters: Posters, actor: Actor): Promise<Worker> {
  const { world, history, note } = stage;
  const opened = hearWorker(stage, actor, await openFor(world, actor));
  return startIn(world, actor, async () => {
    const stops: (() => Promise<void> | void)[] = [];
    const { store, forgetting } = opened;
    keepRepairing({
      destinations: store.destinations,
      forgetting,
      log: stage.logOf(actor.name),
      lifecycle: { add: (_name, stop) => void stops.push(stop), stopAll: async () => true },
    });
    const { run, finish } = roundsOf(stage, posters, { actor, opened });
    const underWay = new Set<Promise<void>>();
    return {
      actor,
      work: (job, isPolled) => {
        const work = world.as(actor, async () => run(job, isPolled));
        const done = work
          .catch((error: unknown) => {
            history.failures.push({ at: world.now(), by: actor.name, message: String(error) });
            note(`${actor.name} failed at ${job.symbol}: ${String(error)}`);
          })
          .finally(() => underWay.delete(done));
        underWay.add(done);
      },
      stop: async () => {
        await Promise.all(underWay);
        await finish();
        await Promise.all(stops.map(async (stop) => stop()));
      },
    };
  });
}

interface Working {
  readonly actor: Actor;
  readonly opened: Opened;
}

/** As `roles/worker.ts` and a poller beside it do it. */
function roundsOf(stage: Stage, posters: Posters, { actor, opened }: Working) {
  const { store, redis } = opened;
  const { rounds, destinations, outbox } = store;
  const clock = clockOf(stage.world, actor.skew);
  const log = stage.logOf(actor.name);
  const afterwards = createAfterwards();
  const memory = hearFeeds(createBotMemory(redis), stage);
  const feedNotices = createFeedNotices({ destinations, outbox, memory, clock, log });
  const ahead = createAhead({ expected: venues, rounds, log });
  const { recompute } = createRecompute({
    store,
    rule,
    pollIntervalMs: 60_000,
    venues,
    clock,
    log,
    onAlerts: async (symbol) => wakeSome(stage, posters, symbol),
    onCommitted: (imbalance) => {
      afterwards.leave(() => {
        feedNotices.note(imbalance);
        void ahead.look(imbalance.symbol);
      });
    },
  });
  const begin = async (job: RecomputeJob, outset?: Outset): Promise<void> => {
    ahead.recomputing(job.symbol, job.slot);
    await recompute(job, outset);
  };
  return {
    run: async (job: RecomputeJob, isPolled: boolean): Promise<void> => {
      if (!isPolled) return begin(job);
      const report = aReport(job, clock.now());
      const known = ahead.hear(job.symbol, report);
      const keep = async () => rounds.report(job.symbol, report, venues, { outset: known === undefined });
      if (known !== undefined) {
        await Promise.all([begin(job, known), keep()]);
        return;
      }
      const outset = await keep();
      if (typeof outset === "object") await begin(job, outset);
    },
    finish: async (): Promise<void> => {
      afterwards.finish();
      await feedNotices.settled();
    },
  };
}

/** That a venue was asked is all that counts here: what it would say is sighted. */
function aReport({ slot }: RecomputeJob, at: number): VenueReport {
  const [venue = ""] = venues;
  return { venue, slot, at, failure: { kind: "retry", reason: "nothing is asked here" } };
}

function wakeSome({ world }: Stage, posters: Posters, symbol: string): void {
  for (const one of posters.all()) if (world.random() < heard) world.as(one.actor, () => one.wake(symbol));
}
