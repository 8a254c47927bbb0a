import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { childrenOf } from "./processes.ts";
import { createSignal } from "./signal.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const builtCli = `${root}dist/cli.js`;

/** A child process of Lopside's command line, as users start it. */
export interface Child {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the first defined value; looks again whenever the child says something, and every 20 ms. */
  readonly waitFor: <T>(pick: () => T | undefined) => Promise<T>;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface ChildOptions {
  readonly args: readonly string[];
  /** All of it, beside PATH: nothing of the test's own environment reaches the child. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Another build than the checkout's. */
  readonly cli?: string;
}

const living = new Set<ChildProcess>();

/** `npm test` has built it; a test that is run alone builds what is missing. */
export function ensureBuilt(): void {
  if (existsSync(builtCli)) return;
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
}

export function startChild({ args, env, cwd, cli = builtCli }: ChildOptions): Child {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  living.add(child);
  const spoken = createSignal();
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
      spoken.notify();
    });
  }
  const exit = once(child, "close").then(() => {
    living.delete(child);
    return { code: child.exitCode, signal: child.signalCode };
  });
  if (child.pid === undefined) throw new Error("the child was not started");
  return {
    pid: child.pid,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    waitFor: spoken.waitFor,
    signal: (signal) => {
      child.kill(signal);
    },
    exit,
  };
}

/** What a failed test left running. */
export async function killChildren(): Promise<void> {
  await Promise.all(
    [...living].map(async (child) => {
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    }),
  );
}

/** Its children, theirs, and so on. */
export function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}
