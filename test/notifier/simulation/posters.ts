import { createNotifier, type Notifier } from "../../../src/notifier/notifier.ts";
import { startSweep } from "../../../src/notifier/sweep.ts";
import { noticesPlace } from "../../../src/store/contracts/outbox.ts";
import type { Store } from "../../../src/store/contracts/store.ts";
import type { Actor } from "./actor.ts";
import { places } from "./cast.ts";
import { clockOf, createGroup, type Group, type Member, openFor, startIn } from "./processes.ts";
import { sendersFor } from "./senders.ts";
import type { Stage } from "./stage.ts";

/** A notifier's process. */
export interface Poster extends Member {
  readonly wake: (place: string) => void;
}

export type Posters = Group<Poster>;

export function createPosters(stage: Stage): Posters {
  const apartMs = stage.world.random() < 0.3 ? 50_000 : 0;
  return createGroup(stage, { name: "notifier", apartMs }, async (actor) => startPoster(stage, actor));
}

async function startPoster(stage: Stage, actor: Actor): Promise<Poster> {
  const { store } = await openFor(stage.world, actor);
  return startIn(stage.world, actor, async () => {
    const log = stage.logOf(actor.name);
    const pumps = pumpsOf(stage, actor, store);
    const stopSweep = startSweep({ pumps, outbox: store.outbox, places, log });
    return {
      actor,
      wake: (place) => wakeAll(pumps, place),
      stop: async () => {
        await stopSweep();
        await Promise.all([...pumps.values()].map(async (pump) => pump.stop()));
      },
    };
  });
}

function pumpsOf(stage: Stage, actor: Actor, store: Store): ReadonlyMap<string, Notifier> {
  const { world, platforms } = stage;
  const pumps = new Map<string, Notifier>();
  for (const sender of sendersFor(world, platforms, actor)) {
    const pump = createNotifier({
      sender,
      store,
      clock: clockOf(world, actor.skew),
      log: stage.logOf(actor.name),
      nameOf: (destination) => destination,
      onSettled: () => undefined,
      onRepeat: () => undefined,
      onNotice: () => wakeAll(pumps, noticesPlace),
      monotonicMs: world.now,
    });
    pumps.set(sender.platform, pump);
  }
  return pumps;
}

function wakeAll(pumps: ReadonlyMap<string, Notifier>, place: string): void {
  for (const pump of pumps.values()) pump.wake(place);
}
