import type { Actions } from "./actions.ts";
import type { Actor } from "./actor.ts";
import type { Posters } from "./posters.ts";
import type { Bot, Group, Member } from "./processes.ts";
import type { Stage } from "./stage.ts";
import type { Workers } from "./workers.ts";

/** How many events from now something strikes at most: amid what goes on, not between. */
const soon = 80;
/** How long what was in a notifier's hands may be late. */
const lapseMs = 20_000;

interface Struck {
  readonly posters: Posters;
  readonly workers: Workers;
  readonly bot: Bot;
}

/** What befalls the processes. */
export function createStrikes(stage: Stage, { posters, workers, bot }: Struck): Actions {
  const { world, history } = stage;
  const isTroubled = ({ name }: Actor, ms: number): void => {
    history.trouble.push({ at: world.now(), by: name, until: world.now() + ms + lapseMs });
  };
  const ofPosters = strikesOn(stage, posters, {
    whenTroubled: isTroubled,
    stillMs: [300, 1_600, 5_000, 14_000, 30_000],
  });
  // a message has nothing to do with whether its worker is there
  const ofWorkers = strikesOn(stage, workers, {
    whenTroubled: () => undefined,
    stillMs: [300, 5_000, 30_000, 200_000],
  });
  const named = Object.entries(ofWorkers).map(([name, strike]) => [`worker ${name}`, strike]);
  return {
    ...ofPosters,
    ...Object.fromEntries(named),
    botDies: async () => world.after(Math.floor(world.random() * soon), () => bot.kill()),
  };
}

interface Manner {
  readonly whenTroubled: (actor: Actor, ms: number) => void;
  /** How long one of them may stand still. */
  readonly stillMs: readonly number[];
}

function strikesOn<T extends Member>(
  { world, note, pick }: Stage,
  group: Group<T>,
  { whenTroubled, stillMs }: Manner,
): Actions {
  const strike = (run: (one: T) => Promise<void>): void => {
    const one = group.any();
    if (one === undefined) return;
    world.after(Math.floor(world.random() * soon), async () => {
      if (!one.actor.isDead) await run(one);
    });
  };
  return {
    kill: async () =>
      strike(async (one) => {
        note(`${one.actor.name} dies`);
        whenTroubled(one.actor, 0);
        group.kill(one);
      }),
    freeze: async () => {
      const ms = pick(stillMs);
      strike(async ({ actor }) => {
        note(`${actor.name} stands still for ${ms} ms`);
        whenTroubled(actor, ms);
        await world.freeze(actor, ms);
      });
    },
    away: async () => {
      const ms = pick([10, 500, 3_000, 15_000]);
      strike(async ({ actor }) => {
        note(`${actor.name} loses Redis for ${ms} ms`);
        whenTroubled(actor, ms);
        actor.awayUntil = world.now() + ms;
      });
    },
    another: async () => {
      if (group.all().length < 2) await group.start();
    },
    stop: async () => {
      const one = group.any();
      if (one !== undefined) await group.stop(one);
    },
  };
}
