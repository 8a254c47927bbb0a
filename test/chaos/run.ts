import { createRandom } from "../../src/sim/random.ts";
import { judge, type Verdict } from "./oracle.ts";
import { planBlows, type Blow } from "./plan.ts";
import { openStage, type Stage } from "./stage.ts";
import { startActor, type Actor } from "./troupe.ts";
import { waitFor, waitUntil } from "./waiting.ts";

export interface ChaosOptions {
  readonly seed: number;
  readonly crossings: number;
  readonly everyMs: number;
  readonly killEveryMs: readonly [least: number, most: number];
  readonly redisEveryMs: number;
  readonly freezeEveryMs: number;
  /** Of requests that are cut, that fail with 502, and that take effect without an answer. */
  readonly resetChance: number;
  readonly statusChance: number;
  readonly lostAnswerChance: number;
  readonly cli?: string;
}

export interface ChaosReport {
  readonly seed: number;
  readonly committed: number;
  readonly telegram: Verdict;
  readonly discord: Verdict;
  readonly kills: number;
  readonly redisKills: number;
  readonly freezes: number;
  /** Answers that were never given although the request had taken effect. */
  readonly lostAnswers: number;
  readonly tookMs: number;
}

/** Crossings one after the other while everything is struck; afterwards everything must have been told, once. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const from = performance.now();
  const random = createRandom(options.seed);
  const stage = await openStage({ ...options, random });
  try {
    failPlatforms(stage, options);
    const notifiers = await Promise.all([startActor(stage.startNotifier), startActor(stage.startNotifier)]);
    const crosser = await startActor(async () => stage.startCrosser());
    const actors = [...notifiers, crosser];
    const blows = planBlows({
      ...options,
      random,
      durationMs: 2 * options.crossings * options.everyMs + 10 * options.redisEveryMs,
      processes: actors.length,
      notifiers: notifiers.length,
    });
    const struck = await strikeWhile(
      stage,
      actors,
      blows,
      async () => (await stage.committed()) >= options.crossings,
    );
    await waitUntil(async () => (await stage.pending()) === 0, "everything to be delivered");
    await Promise.all(notifiers.map(async (actor) => actor.stop()));
    await crosser.current().exit;
    const posted = stage.posted();
    const committed = await stage.committed();
    return {
      seed: options.seed,
      committed,
      telegram: judge(committed, posted.telegram),
      discord: judge(committed, posted.discord),
      ...struck,
      lostAnswers: lostAnswers(stage),
      tookMs: performance.now() - from,
    };
  } finally {
    await stage.close();
  }
}

function failPlatforms({ telegram, discord }: Stage, options: ChaosOptions): void {
  for (const [faults, method] of [
    [telegram.faults, "sendMessage"],
    [discord.faults, "POST /channels/:id/messages"],
  ] as const) {
    const often = { method, times: Infinity };
    faults.add({ ...often, kind: "resetBefore", chance: options.resetChance });
    faults.add({ ...often, kind: "status", status: 502, chance: options.statusChance });
    faults.add({ ...often, kind: "acceptThenReset", chance: options.lostAnswerChance });
  }
}

const lostAnswers = ({ telegram }: Stage): number => telegram.faults.struck.get("acceptThenReset") ?? 0;

/** Strikes as planned until `isOver`; ends with everything running. */
async function strikeWhile(
  stage: Stage,
  actors: readonly Actor[],
  blows: readonly Blow[],
  isOver: () => Promise<boolean>,
): Promise<Pick<ChaosReport, "kills" | "redisKills" | "freezes">> {
  const from = performance.now();
  const acting: Promise<void>[] = [];
  const struck = { kill: 0, "kill-redis": 0, freeze: 0 };
  let redisBusy: Promise<void> = Promise.resolve();
  for (const blow of blows) {
    const over = await waitFor(isOver, from + blow.atMs);
    if (over) break;
    struck[blow.kind] += 1;
    if (blow.kind === "kill-redis") redisBusy = redisBusy.then(async () => bounceRedis(stage, blow.downMs));
    else acting.push(strike(actors, blow));
  }
  await Promise.all([redisBusy, ...acting]);
  await waitUntil(isOver, "all crossings to be committed");
  return { kills: struck.kill, redisKills: struck["kill-redis"], freezes: struck.freeze };
}

async function strike(actors: readonly Actor[], blow: Exclude<Blow, { kind: "kill-redis" }>): Promise<void> {
  const actor = actors[blow.victim];
  if (actor === undefined) throw new Error(`the plan strikes process ${blow.victim}, which there is none of`);
  await (blow.kind === "kill" ? actor.kill() : actor.freeze(blow.forMs));
}

async function bounceRedis({ redis }: Stage, downMs: number): Promise<void> {
  await redis.kill();
  await new Promise((resolve) => setTimeout(resolve, downMs));
  await redis.start();
}
