import type { Actions } from "./actions.ts";
import type { Bot, Poster, Posters } from "./processes.ts";
import type { Stage } from "./stage.ts";

/** How many events from now something strikes at most: amid what goes on, not between. */
const soon = 80;
/** How long what was in a process' hands may be late. */
const lapseMs = 20_000;

/** What befalls the processes. */
export function createStrikes(stage: Stage, posters: Posters, bot: Bot): Actions {
  const { world, history, note, pick } = stage;
  const strike = (run: (one: Poster) => Promise<void>): void => {
    const one = posters.any();
    if (one === undefined) return;
    world.after(Math.floor(world.random() * soon), async () => {
      if (!one.actor.isDead) await run(one);
    });
  };
  const isTroubled = ({ name }: Poster["actor"], ms: number): void => {
    history.trouble.push({ at: world.now(), by: name, until: world.now() + ms + lapseMs });
  };
  return {
    kill: async () =>
      strike(async (one) => {
        note(`${one.actor.name} dies`);
        isTroubled(one.actor, 0);
        posters.kill(one);
      }),
    freeze: async () => {
      const ms = pick([300, 1_600, 5_000, 14_000, 30_000]);
      strike(async ({ actor }) => {
        note(`${actor.name} stands still for ${ms} ms`);
        isTroubled(actor, ms);
        await world.freeze(actor, ms);
      });
    },
    away: async () => {
      const ms = pick([10, 500, 3_000, 15_000]);
      strike(async ({ actor }) => {
        note(`${actor.name} loses Redis for ${ms} ms`);
        isTroubled(actor, ms);
        actor.awayUntil = world.now() + ms;
      });
    },
    botDies: async () => world.after(Math.floor(world.random() * soon), () => bot.kill()),
    another: async () => {
      if (posters.all().length < 2) await posters.start();
    },
    stop: async () => {
      const one = posters.any();
      if (one !== undefined) await posters.stop(one);
    },
  };
}
