import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../ops/log.ts";
import { messageOf, StoreError } from "../errors.ts";
import { endOrphan } from "./orphan.ts";
import { takeOwnership } from "./owner.ts";
import { findExecutable, notWritable, preparePlaces } from "./places.ts";
import type { RedisEnd } from "./redisUrl.ts";
import { lastEnd, writeConfig } from "./serverConfig.ts";
import type { EmbeddedEnd } from "./serverConfig.ts";
import { startServer } from "./serverProcess.ts";
import type { ServerCommand, ServerProcess } from "./serverProcess.ts";

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** Where redis-server is looked for; default PATH. */
  readonly path?: string;
}

/** A redis-server of our own, whose data outlives it under DATA_DIR/redis. */
export interface EmbeddedRedis {
  readonly end: RedisEnd;
  /** Of the server that runs now; another after a restart. */
  readonly pid: number;
  /** Ends the server and lets go of the directory. Close connections first. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts redis-server over the data under `dataDir`, and again whenever it dies. It ends when this process does,
 * however that comes about, but not by a Ctrl-C that is meant for us. Throws a StoreError that says what to do:
 * no redis-server, the directory in use or not writable, data it can't load.
 */
export async function startEmbeddedRedis(options: EmbeddedOptions): Promise<EmbeddedRedis> {
  const { dataDir, log } = options;
  const binary = findExecutable("redis-server", options.path ?? process.env["PATH"] ?? "");
  if (binary === undefined) throw noServer();
  const places = await preparePlaces(dataDir);
  const ownership = await writing(dataDir, async () => takeOwnership(dataDir, places.ownerDir));
  try {
    const last = await lastEnd(places);
    if (last !== undefined) await endOrphan(last, log);
    const { configPath, end } = await writing(dataDir, async () => writeConfig(places));
    const keeper = await keepRunning({ binary, configPath, home: places.home }, end, log);
    return {
      end,
      get pid() {
        return keeper.pid();
      },
      stop: async () => {
        await keeper.stop();
        await ownership.release();
      },
    };
  } catch (error) {
    await ownership.release();
    throw error;
  }
}

interface Keeper {
  readonly pid: () => number;
  readonly stop: () => Promise<void>;
}

const restartDelayMs = (failures: number): number => Math.min(10_000, 100 * 2 ** Math.min(failures, 10));
/** One that ran this long did not die of what it was started with. */
const settledMs = 60_000;

async function keepRunning(command: ServerCommand, end: EmbeddedEnd, log: Log): Promise<Keeper> {
  let server = await startServer(command);
  const stopping = new AbortController();
  const watch = async (): Promise<void> => {
    for (let failures = 0; ; failures++) {
      const startedAt = performance.now();
      const { code, lastLines } = await server.gone;
      if (stopping.signal.aborted) return;
      if (performance.now() - startedAt > settledMs) failures = 0;
      log.error({ code, lastLines }, "the embedded Redis died; starting it again");
      const next = await startAgain(command, end, { log, failures, signal: stopping.signal });
      if (next === undefined) return;
      server = next;
    }
  };
  const watched = watch();
  return {
    pid: () => server.pid,
    stop: async () => {
      stopping.abort();
      await server.stop();
      await watched;
    },
  };
}

interface Restart {
  readonly log: Log;
  readonly failures: number;
  readonly signal: AbortSignal;
}

/** Tries until it runs; undefined when we are to stop meanwhile. */
async function startAgain(
  command: ServerCommand,
  end: EmbeddedEnd,
  { log, failures, signal }: Restart,
): Promise<ServerProcess | undefined> {
  for (let attempt = failures; ; attempt++) {
    await sleep(restartDelayMs(attempt), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return undefined;
    try {
      // its guard alone may have died
      await endOrphan(end, log);
      const server = await startServer(command);
      log.info({ pid: server.pid }, "the embedded Redis runs again");
      if (!signal.aborted) return server;
      await server.stop();
      return undefined;
    } catch (error) {
      log.error({}, `the embedded Redis can't be started again: ${messageOf(error)}`);
    }
  }
}

async function writing<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StoreError ? error : notWritable(dataDir, error);
  }
}

function noServer(): StoreError {
  return new StoreError(
    "redis-server is not installed (it is nowhere on PATH).",
    "Debian and Ubuntu: apt-get install redis-server. macOS: brew install redis. " +
      "Or set REDIS_URL to a Redis that runs elsewhere.",
  );
}
