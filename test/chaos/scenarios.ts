import { createRandom } from "../../src/sim/random.ts";
import { judge } from "./oracle.ts";
import { openStage, type Stage } from "./stage.ts";
import { startActor } from "./troupe.ts";
import { waitUntil } from "./waiting.ts";

async function onStage<T>(crossings: number, act: (stage: Stage) => Promise<T>, cli?: string): Promise<T> {
  const stage = await openStage({
    crossings,
    everyMs: 20,
    random: createRandom(1),
    ...(cli !== undefined && { cli }),
  });
  try {
    return await act(stage);
  } finally {
    await stage.close();
  }
}

const told = (stage: Stage, crossing: number): boolean => {
  const { telegram, discord } = stage.posted();
  return [telegram, discord].every((posted) => posted.some((each) => each.crossing === crossing));
};

/** Ms of a process' start that are no part of what is measured. */
async function settled(stage: Stage): Promise<void> {
  await stage.cross();
  const done = await stage.committed();
  await waitUntil(async () => told(stage, done - 1), "the first crossing to be told");
}

/** The process that sends is killed while the platforms hold its requests; how long until its standby has sent. */
export async function workerDeath(): Promise<number> {
  return onStage(2, async (stage) => {
    const active = await startActor(stage.startNotifier);
    await settled(stage);
    const standby = await startActor(stage.startNotifier);
    await waitUntil(async () => standby.current().stderr().includes('"msg":"started"'), "the standby");
    // held by whoever asks first: the other one gets an answer
    for (const { faults } of [stage.telegram, stage.discord]) faults.add({ kind: "delay", ms: 60_000 });
    const held = stage.telegram.calls.length + stage.discord.calls.length;
    await stage.cross();
    await waitUntil(
      async () => stage.telegram.calls.length + stage.discord.calls.length >= held + 2,
      "both platforms to be asked",
    );
    const from = performance.now();
    for (const { current } of [active, standby]) current().signal("SIGKILL");
    await Promise.all([active, standby].map(async ({ current }) => current().exit));
    await startActor(stage.startNotifier);
    await waitUntil(async () => told(stage, 1), "the standby to take over");
    return performance.now() - from;
  });
}

/** Redis is away for a while in one of the ways it can be; how long after its return the waiting crossing is told. */
export async function redisGone(mode: "down" | "half" | "blackhole", forMs: number): Promise<number> {
  return onStage(2, async (stage) => {
    await startActor(stage.startNotifier);
    await settled(stage);
    await stage.proxy.set(mode);
    await stage.cross();
    await new Promise((resolve) => setTimeout(resolve, forMs));
    const from = performance.now();
    await stage.proxy.set("ok");
    await waitUntil(async () => told(stage, 1), "the crossing to be told");
    return performance.now() - from;
  });
}

export interface StopsReport {
  readonly slowestMs: number;
  readonly codes: readonly (number | null)[];
  readonly lost: number;
  readonly twice: number;
}

/** SIGTERM under load, again and again. */
export async function gracefulStops(times: number): Promise<StopsReport> {
  return onStage(times * 50, async (stage) => {
    const crosser = stage.startCrosser();
    const stops: { code: number | null; ms: number }[] = [];
    for (let n = 0; n < times; n++) {
      const notifier = await startActor(stage.startNotifier);
      const before = stage.posted().telegram.length;
      const all = async (): Promise<boolean> =>
        (await stage.committed()) >= times * 50 && (await stage.pending()) === 0;
      await waitUntil(
        async () => stage.posted().telegram.length > before + 5 || all(),
        "something to be sent",
      );
      stops.push(await notifier.stop());
    }
    await startActor(stage.startNotifier);
    await crosser.exit;
    await waitUntil(async () => (await stage.pending()) === 0, "everything to be delivered");
    const posted = stage.posted();
    const committed = await stage.committed();
    const verdicts = [judge(committed, posted.telegram), judge(committed, posted.discord)];
    return {
      slowestMs: Math.max(...stops.map(({ ms }) => ms)),
      codes: stops.map(({ code }) => code),
      lost: verdicts.reduce((sum, { lost }) => sum + lost.length, 0),
      twice: verdicts.reduce((sum, { repeated, marked }) => sum + repeated.length + marked.length, 0),
    };
  });
}

const burst = 150;
/** Longer than a takeover takes. */
const frozenMs = 22_000;

/**
 * A process is stopped while it holds claims it hasn't sent yet, its standby takes them over, and it is let go on. Says
 * how many were told twice. `cli`: a program without the fence, as a control.
 */
export async function frozenSender(cli?: string): Promise<number> {
  return onStage(
    burst,
    async (stage) => {
      const frozen = await startActor(stage.startNotifier);
      await settled(stage);
      for (let n = 1; n < burst; n += 1) await stage.cross();
      const before = stage.posted().telegram.length;
      await waitUntil(async () => stage.posted().telegram.length > before + 5, "the burst to be under way");
      // at the platform's rate: what it has claimed is waiting for its place in line
      const freezing = frozen.freeze(frozenMs);
      await startActor(stage.startNotifier);
      await freezing;
      await waitUntil(async () => (await stage.pending()) === 0, "everything to be delivered");
      // what the frozen one sends late
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      const posted = stage.posted();
      const verdicts = [judge(burst, posted.telegram), judge(burst, posted.discord)];
      return verdicts.reduce((sum, { repeated }) => sum + repeated.length, 0);
    },
    cli,
  );
}
