import type { Redis } from "ioredis";
import type { Actions } from "./actions.ts";
import { symbols } from "./cast.ts";
import { type Market, openMarket } from "./market.ts";
import { createPosters, type Posters } from "./posters.ts";
import { createBot } from "./processes.ts";
import { setStage, type Stage } from "./stage.ts";
import { sizesOf } from "./sizes.ts";
import { createStrikes } from "./strikes.ts";
import { fine, someWeather } from "./weather.ts";
import { createWishes } from "./wishes.ts";
import { createWorkers, type Workers } from "./workers.ts";
import { inWorld, type World } from "./world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const ratios = [1, 1.2, 1.6, 2.2, 2.4, 3.3, 4.2, 6.5, 1 / 1.6, 1 / 2.2, 1 / 3.3, 1 / 6.5];
/** As far apart as sightings may be and still be looks at one episode. */
const lookMs = 5_100;

export interface Options {
  readonly seed: number;
  readonly steps: number;
}

interface Plot {
  readonly stage: Stage;
  readonly posters: Posters;
  readonly workers: Workers;
  readonly market: Market;
  readonly asks: Actions;
  readonly strikes: Actions;
  /** One strike after the other, with little time between. */
  readonly isDense: boolean;
}

/** When one may look: all that was said is delivered, or nothing is left to be said either. */
export type Moment = "calm" | "over";

/** Plays what follows from the seed, lets everything come to its end, and shows what there is then. */
export async function simulate(
  executor: Redis,
  { seed, steps }: Options,
  look: (stage: Stage, moment: Moment) => Promise<void>,
): Promise<void> {
  await executor.flushall();
  await inWorld(executor, { seed, startAt: startOf(seed), sizes: sizesOf(seed) }, async (world) => {
    const plot = await begin(executor, world, seed);
    for (let step = 0; step < steps; step += 1) {
      await act(plot);
      await passSome(plot);
      for (const some of [plot.posters, plot.workers])
        if (some.all().length === 0 && world.random() < 0.7) await some.start();
    }
    await calm(plot);
    await look(plot.stage, "calm");
    await end(plot);
    await look(plot.stage, "over");
  });
}

/** An afternoon before clocks go back, or forth, or neither. */
function startOf(seed: number): number {
  const [back, forth, neither] = [
    Date.UTC(2026, 9, 24, 15),
    Date.UTC(2026, 2, 28, 14),
    Date.UTC(2026, 10, 22, 12),
  ];
  return [back, forth][seed % 3] ?? neither;
}

async function begin(executor: Redis, world: World, seed: number): Promise<Plot> {
  const stage = await setStage(executor, world);
  const posters = createPosters(stage);
  const workers = createWorkers(stage, posters);
  const market = openMarket(stage, workers);
  const bot = await createBot(stage);
  const wishes = createWishes(stage, bot);
  await wishes.begin();
  for (const some of [workers, posters]) await some.start();
  // or a standby is there from the beginning
  if (stage.world.random() < 0.5) await workers.start();
  const strikes = createStrikes(stage, { posters, workers, bot });
  return { stage, posters, workers, market, asks: wishes.asks, strikes, isDense: seed % 2 === 1 };
}

async function act(plot: Plot): Promise<void> {
  const { stage, asks, strikes, isDense } = plot;
  const kind = stage.world.random();
  if (isDense && kind > 0.55) await oneOf(stage, strikes);
  else if (kind < 0.35) await moveRatio(plot);
  else if (kind < 0.45)
    await oneOf(stage, { lose: async () => lose(plot), weather: async () => turn(stage) });
  else if (kind < 0.7) await oneOf(stage, asks);
  else await oneOf(stage, strikes);
  if (isDense && stage.world.random() < 0.3) turn(stage);
}

async function oneOf({ pick }: Stage, actions: Actions): Promise<void> {
  await actions[pick(Object.keys(actions))]?.();
}

async function moveRatio({ stage, market, strikes }: Plot): Promise<void> {
  const { world, note, pick } = stage;
  const symbol = pick(symbols);
  const ratio = pick(ratios);
  note(`${symbol} ${ratio.toFixed(2)}`);
  market.setRatio(symbol, ratio);
  // an alert has to hold before it is said
  for (let looks = 0; looks < 3; looks += 1) {
    await world.pass(lookMs);
    if (world.random() < 0.3) await oneOf(stage, strikes);
    market.look(symbol);
  }
}

function lose({ stage, market }: Plot): void {
  const symbol = stage.pick(symbols);
  const isLost = stage.world.random() < 0.5;
  stage.note(`${symbol} ${isLost ? "lost" : "back"}`);
  market.setLost(symbol, isLost);
}

function turn({ world, platforms, note }: Stage): void {
  platforms.weather = someWeather(world.random);
  note(`weather ${JSON.stringify(platforms.weather)}`);
}

async function passSome({ stage, isDense }: Plot): Promise<void> {
  const { random, pass } = stage.world;
  const gap = isDense ? random() * 0.7 : random();
  if (gap < 0.45) return pass(random() * 2_000);
  if (gap < 0.8) return pass(random() * minuteMs * 0.5);
  await pass(minuteMs / 2);
  await pass(random() * (gap < 0.93 ? 30 * minuteMs : 6 * hourMs), true);
}

/** Nothing strikes any more, and nothing new is seen: what is under way gets where it is to go. */
async function calm({ stage, posters, workers, market }: Plot): Promise<void> {
  stage.note("all is calm");
  stage.platforms.weather = fine;
  market.rest(true);
  await stage.world.pass(40_000);
  await staff([posters, workers]);
  await stage.world.pass(3 * minuteMs);
  // what struck last may strike only now, amid so little that goes on
  await staff([posters, workers]);
}

async function staff(groups: readonly (Posters | Workers)[]): Promise<void> {
  for (const some of groups) if (some.all().length === 0) await some.start();
}

/** What is still to be said is said, and what was held up is summed up. */
async function end({ stage, posters, workers, market }: Plot): Promise<void> {
  const { world, note } = stage;
  note("the end begins");
  market.rest(false);
  for (const symbol of symbols) {
    market.setRatio(symbol, 1);
    market.setLost(symbol, false);
  }
  await world.pass(3 * minuteMs);
  await world.pass(26 * hourMs, true);
  await world.pass(2 * minuteMs);
  market.close();
  for (const one of workers.all()) await workers.stop(one);
  for (const one of posters.all()) await posters.stop(one);
}
