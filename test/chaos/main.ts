import { killChildren } from "../support/child.ts";
import { runChaos, type ChaosReport } from "./run.ts";
import { frozenSender, gracefulStops, redisGone, workerDeath } from "./scenarios.ts";
import { buildUnfenced } from "./unfenced.ts";

interface Line {
  readonly promise: string;
  readonly measured: string;
  readonly target: string;
  readonly kept: boolean;
}

const lines: Line[] = [];

function say(promise: string, measured: string, target: string, kept: boolean): void {
  lines.push({ promise, measured, target, kept });
  process.stdout.write(`${kept ? "kept  " : "BROKEN"}  ${promise}: ${measured} (target ${target})\n`);
}

/** `--seeds N` runs with as many seeds; `--only NAME` one of crossings, death, redis, stops, fence; `--crossings N`. */
export async function main(argv: readonly string[]): Promise<number> {
  const option = (name: string): string | undefined => argv[argv.indexOf(`--${name}`) + 1];
  const has = (name: string): boolean => argv.includes(`--${name}`);
  const seeds = has("seeds") ? Number(option("seeds")) : 3;
  const crossings = has("crossings") ? Number(option("crossings")) : 1_000;
  const cli = has("cli") ? option("cli") : undefined;
  const wants = (part: string): boolean => !has("only") || option("only") === part;
  try {
    if (wants("crossings"))
      for (let seed = 1; seed <= seeds; seed++)
        tellOf(await runChaos({ ...hard, seed, crossings, ...(cli !== undefined && { cli }) }));
    if (wants("death")) within("worker death: kill -9 → sent by the next", await workerDeath(), 20_000);
    if (wants("redis")) await redisAway();
    if (wants("stops")) tellOfStops(await gracefulStops(20));
    if (wants("fence")) await tellOfFence();
  } finally {
    await killChildren();
  }
  const broken = lines.filter(({ kept }) => !kept).length;
  process.stdout.write(`\n${lines.length - broken} of ${lines.length} promises kept\n`);
  return broken === 0 ? 0 : 1;
}

const hard = {
  everyMs: 150,
  killEveryMs: [2_000, 5_000],
  redisEveryMs: 60_000,
  freezeEveryMs: 45_000,
  resetChance: 0.05,
  statusChance: 0.05,
  lostAnswerChance: 0.02,
} as const;

function tellOf(report: ChaosReport): void {
  const { seed, committed, telegram, discord, kills, redisKills, freezes, lostAnswers, tookMs } = report;
  process.stdout.write(
    `seed ${seed}: ${committed} crossings, ${kills} kills -9, ${redisKills} of Redis, ${freezes} freezes, ` +
      `${lostAnswers} lost answers, ${Math.round(tookMs / 1000)} s\n`,
  );
  const lost = telegram.lost.length + discord.lost.length;
  say(`seed ${seed}: nothing lost`, `${lost} of ${2 * committed}`, "0", lost === 0);
  const discordTwice = discord.repeated.length + discord.marked.length;
  say(`seed ${seed}: nothing twice on Discord`, String(discordTwice), "0", discordTwice === 0);
  // a process that is killed or frozen between a platform's acceptance and its answer loses that answer too
  const allowed = lostAnswers + (kills + freezes) * 16;
  const { repeated, marked } = telegram;
  const kept = repeated.length === 0 && marked.length <= allowed;
  say(
    `seed ${seed}: repeats on Telegram are marked`,
    `${marked.length} marked, ${repeated.length} not`,
    "0 unmarked",
    kept,
  );
}

/** A check that can't fail says nothing: without the fence it must. */
async function tellOfFence(): Promise<void> {
  const twice = await frozenSender();
  say("a sender stopped over its takeover repeats nothing", `${twice} repeated`, "0", twice === 0);
  const unfenced = await buildUnfenced();
  try {
    const control = await frozenSender(unfenced.cli);
    say("… and would without the fence (control)", `${control} repeated`, "> 0", control > 0);
  } finally {
    await unfenced.remove();
  }
}

function within(promise: string, ms: number, limitMs: number): void {
  say(promise, `${(ms / 1000).toFixed(1)} s`, `≤ ${limitMs / 1000} s`, ms <= limitMs);
}

async function redisAway(): Promise<void> {
  for (const mode of ["down", "half", "blackhole"] as const)
    for (const seconds of [2, 15, 60])
      within(`Redis ${mode} for ${seconds} s → consuming`, await redisGone(mode, seconds * 1000), 10_000);
}

function tellOfStops({ slowestMs, codes, lost, twice }: Awaited<ReturnType<typeof gracefulStops>>): void {
  within(`SIGTERM under load, ${codes.length} times: slowest stop`, slowestMs, 10_000);
  say(
    "… exit codes",
    [...new Set(codes)].join(", "),
    "0",
    codes.every((code) => code === 0),
  );
  say("… lost or twice", `${lost} lost, ${twice} twice`, "0, 0", lost === 0 && twice === 0);
}
