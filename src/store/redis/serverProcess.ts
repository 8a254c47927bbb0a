import { once } from "node:events";
import { createInterface } from "node:readline";
import { StoreError } from "../errors.ts";
import { spawnGuarded } from "./guarded.ts";
import type { GuardedProcess } from "./guarded.ts";
import { within } from "./orphan.ts";

export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the server is gone, with what it said last. */
  readonly gone: Promise<Ending>;
  /** Ends it: politely, and after a while for good. */
  readonly stop: () => Promise<void>;
}

interface Ending {
  readonly code: number | null;
  readonly lastLines: readonly string[];
}

export interface ServerCommand {
  readonly binary: string;
  readonly configPath: string;
  readonly home: string;
}

const keptLines = 15;
/** A large append-only file takes its time to load. */
const startLimitMs = 5 * 60_000;
/** Ending includes writing what is still in memory. */
const politeMs = 5_000;

/** Starts redis-server; resolves when it takes connections, rejects with a StoreError when it ends before. */
export async function startServer({ binary, configPath, home }: ServerCommand): Promise<ServerProcess> {
  const guard = spawnGuarded(binary, [configPath], home);
  const output = followOutput(guard);
  const gone = once(guard, "close").then(([code]: unknown[]): Ending => {
    return { code: typeof code === "number" ? code : null, lastLines: output.lines };
  });
  const failed = gone.then((ending) => Promise.reject(didNotStart(ending, home)));
  const started = within(Promise.race([output.ready, failed]), startLimitMs);
  // once it is up, `gone` says how it ended
  failed.catch(() => undefined);

  if (!(await started)) {
    guard.stdin.end();
    throw didNotStart({ code: null, lastLines: output.lines }, home);
  }
  const pid = Number(output.pid());
  return { pid, gone, stop: async () => endServer(guard, pid, gone) };
}

function followOutput(guard: GuardedProcess): {
  readonly lines: readonly string[];
  readonly pid: () => string | undefined;
  readonly ready: Promise<void>;
} {
  const lines: string[] = [];
  let pid: string | undefined;
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
  };
  createInterface({ input: guard.stderr }).on("line", keep);
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: guard.stdout }).on("line", (line) => {
      if (pid === undefined) {
        pid = line;
        return;
      }
      keep(line);
      // said once the data is loaded
      if (/ready to accept connections/i.test(line)) resolve();
    });
  });
  return { lines, pid: () => pid, ready };
}

async function endServer(guard: GuardedProcess, pid: number, gone: Promise<Ending>): Promise<void> {
  guard.stdin.end();
  if (await within(gone, politeMs)) return;
  process.kill(pid, "SIGKILL");
  await gone;
}

function didNotStart({ code, lastLines }: Ending, home: string): StoreError {
  const said = lastLines.length === 0 ? "" : `; its last words:\n  ${lastLines.join("\n  ")}`;
  return new StoreError(
    `redis-server did not start (exit code ${code ?? "none"})${said}`,
    hintFor(lastLines, home),
  );
}

function hintFor(lines: readonly string[], home: string): string {
  const said = lines.join("\n");
  if (/No space left on device/i.test(said)) return "The disk is full: free some space and start again.";
  if (/Bad file format|Unexpected end of file|redis-check-aof/i.test(said))
    return (
      `The append-only file is damaged. Copy ${home} away, then type: ` +
      `redis-check-aof --fix ${home}/appendonlydir/appendonly.aof.manifest`
    );
  if (/Read-only file system|Permission denied/i.test(said))
    return `${home} must be writable; set DATA_DIR to a directory that is.`;
  return `Put right what it complains about, or move ${home} away to start with empty data, or set REDIS_URL.`;
}
