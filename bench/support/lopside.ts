import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** bench/run.mjs works in the project's root. */
const cli = resolve("dist/cli.js");

/** Longer than any start takes. */
const silentMs = 60_000;

/** A Lopside of the built bundle, in a process of its own. */
export interface LopsideProcess {
  readonly pid: number;
  /** Ms from the spawn to the first log line with this message; rejects when the process ends before, or never says it. */
  readonly logged: (message: string) => Promise<number>;
  readonly sinceSpawn: () => number;
  /** Rejects, with what it said, when the process ends before it is told to. */
  readonly failed: Promise<never>;
  /** SIGTERM; resolves when it is gone. */
  readonly stop: () => Promise<void>;
}

export function spawnLopside(args: readonly string[], env: Readonly<Record<string, string>>): LopsideProcess {
  const spawnedAt = performance.now();
  const sinceSpawn = (): number => performance.now() - spawnedAt;
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const gone = once(child, "exit");
  const log = followLog(child.stderr, sinceSpawn);
  const failed = gone.then(([code]: unknown[]) => Promise.reject(new Error(ending(code, log.lines))));
  failed.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    logged: async (message) => Promise.race([log.first(message), failed, neverSaid(message)]),
    sinceSpawn,
    failed,
    stop: async () => {
      child.kill("SIGTERM");
      await gone;
    },
  };
}

async function neverSaid(message: string): Promise<never> {
  await sleep(silentMs, undefined, { ref: false });
  throw new Error(`lopside never logged “${message}”`);
}

function ending(code: unknown, lines: readonly string[]): string {
  return `lopside ended with ${String(code)}:\n${lines.join("\n")}`;
}

interface FollowedLog {
  readonly lines: readonly string[];
  readonly first: (message: string) => Promise<number>;
}

function followLog(output: Readable, sinceSpawn: () => number): FollowedLog {
  const seen = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  const lines: string[] = [];
  createInterface({ input: output }).on("line", (line) => {
    lines.push(line);
    const message = /"msg":"([^"]*)"/.exec(line)?.[1];
    if (message === undefined || seen.has(message)) return;
    seen.set(message, sinceSpawn());
    waiting.get(message)?.(sinceSpawn());
  });
  const first = async (message: string): Promise<number> =>
    seen.get(message) ?? new Promise((resolve) => waiting.set(message, resolve));
  return { lines, first };
}

/** Resident memory now and at its highest, in MB; undefined where the system doesn't say. */
export function memoryOf(pid: number): { now: number; peak: number } | undefined {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return undefined;
  const status = readFileSync(path, "utf8");
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { now: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}

/** CPU seconds a process has used; undefined where the system doesn't say. */
export function cpuSecondsOf(pid: number): number | undefined {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return undefined;
  const stat = readFileSync(path, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
