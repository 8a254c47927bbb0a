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
  /**
   * For who can't wait. Blows come with the crossings instead of the clock, so that a slow machine is struck no more
   * often. When all is committed everything is killed at once; it is started again when the platforms are well and
   * claims are old, and nobody waits for either.
   */
  readonly isBrief?: true;
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
    let notifiers = await startNotifiers(stage);
    const crosser = await startActor(async () => stage.startCrosser());
    const actors = [...notifiers, crosser];
    const blows = planBlows({
      ...options,
      random,
      durationMs: 2 * options.crossings * options.everyMs + 10 * options.redisEveryMs,
      processes: actors.length,
      notifiers: notifiers.length,
    });
    const struck = await strikeWhile(stage, actors, blows, options);
    if (options.isBrief === true) {
      await Promise.all(notifiers.map(async (actor) => actor.end()));
      for (const { faults } of [stage.telegram, stage.discord]) faults.clear();
      await stage.takeOver();
      notifiers = await startNotifiers(stage);
    }
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

async function startNotifiers({ startNotifier }: Stage): Promise<readonly Actor[]> {
  return Promise.all([startActor(startNotifier), startActor(startNotifier)]);
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

/** Strikes as planned until all is committed; ends with everything running. */
async function strikeWhile(
  stage: Stage,
  actors: readonly Actor[],
  blows: readonly Blow[],
  { crossings, everyMs, isBrief }: ChaosOptions,
): Promise<Pick<ChaosReport, "kills" | "redisKills" | "freezes">> {
  const from = performance.now();
  const isOver = async (): Promise<boolean> => (await stage.committed()) >= crossings;
  const reached = async (atMs: number): Promise<void> => {
    if (isBrief === true)
      await waitUntil(
        async () => (await stage.committed()) >= Math.min(crossings, atMs / everyMs),
        "a crossing",
      );
    else await waitFor(isOver, from + atMs);
  };
  const acting: Promise<void>[] = [];
  const struck = { kill: 0, "kill-redis": 0, freeze: 0 };
  let redisBusy: Promise<void> = Promise.resolve();
  for (const blow of blows) {
    await reached(blow.atMs);
    if (await isOver().catch(() => false)) break;
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
