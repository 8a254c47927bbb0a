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
    const notifiers = notifiersOf(stage, actor, store);
    const stopSweep = startSweep({ notifiers, outbox: store.outbox, places, log });
    return {
      actor,
      wake: (place) => wakeAll(notifiers, place),
      stop: async () => {
        await stopSweep();
        await Promise.all([...notifiers.values()].map(async (notifier) => notifier.stop()));
      },
    };
  });
}

function notifiersOf(stage: Stage, actor: Actor, store: Store): ReadonlyMap<string, Notifier> {
  const { world, platforms } = stage;
  const notifiers = new Map<string, Notifier>();
  for (const sender of sendersFor(world, platforms, actor)) {
    const notifier = createNotifier({
      sender,
      store,
      clock: clockOf(world, actor.skew),
      log: stage.logOf(actor.name),
      nameOf: (destination) => destination,
      onSettled: () => undefined,
      onRepeat: () => undefined,
      onNotice: () => wakeAll(notifiers, noticesPlace),
      monotonicMs: world.now,
    });
    notifiers.set(sender.platform, notifier);
  }
  return notifiers;
}

function wakeAll(notifiers: ReadonlyMap<string, Notifier>, place: string): void {
  for (const notifier of notifiers.values()) notifier.wake(place);
}
