import { Worker } from "node:worker_threads";
import type { ChartAssets } from "../assets.ts";
import type { PictureFailure } from "../contracts.ts";
import type { Drawing, Drawn, RendererData } from "./messages.ts";
import type { Raster } from "./rasterise.ts";

export type DrawResult = { readonly kind: "drawn"; readonly raster: Raster } | PictureFailure;

/** Draws in a thread of its own, one picture after the other. */
export interface RendererThread {
  readonly draw: (drawing: Drawing) => Promise<DrawResult>;
  readonly close: () => Promise<void>;
}

export interface ThreadOptions {
  readonly assets: ChartAssets;
  /** Drawings that may wait; more fail as "busy". */
  readonly mostWaiting?: number;
  /** Real ms for one drawing, the thread's start included. */
  readonly timeoutMs?: number;
}

interface Job {
  readonly drawing: Drawing;
  readonly settle: (result: DrawResult) => void;
}

const defaultMostWaiting = 64;
/** A hundred times what a picture takes: only a hanging renderer needs it. */
const defaultTimeoutMs = 5_000;
/** A drawing takes 20 MB; one that wants more ends its thread, not the process. Little new space is swept often. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/**
 * The thread starts with the first drawing and holds no process open. One that hangs or dies is replaced: the drawing
 * it had fails, those that wait go on in the next one.
 */
export function createRendererThread(options: ThreadOptions): RendererThread {
  const { assets, mostWaiting = defaultMostWaiting, timeoutMs = defaultTimeoutMs } = options;
  const waiting: Job[] = [];
  let worker: Worker | undefined;
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const start = (): Worker => {
    const started = openWorker(assets);
    started.on("message", (drawn: Drawn) => {
      // a thread that was given up may still have answered
      if (worker === started) finish(toResult(drawn));
    });
    // an error is followed by the exit
    let reason = "the renderer ended";
    started.on("error", (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    started.on("exit", () => {
      if (worker !== started) return;
      worker = undefined;
      finish(failure("crashed", reason));
    });
    return started;
  };

  const finish = (result: DrawResult): void => {
    clearTimeout(timer);
    const done = current;
    current = undefined;
    worker?.unref();
    next();
    done?.settle(result);
  };

  const next = (): void => {
    if (closed || current !== undefined) return;
    current = waiting.shift();
    if (current === undefined) return;
    worker ??= start();
    worker.ref();
    worker.postMessage(current.drawing);
    timer = setTimeout(giveUp, timeoutMs);
  };

  const giveUp = (): void => {
    const hanging = worker;
    worker = undefined;
    void hanging?.terminate();
    finish(failure("timed-out", `a picture took longer than ${timeoutMs} ms`));
  };

  return {
    draw: async (drawing) => {
      if (closed) return failure("busy", "the renderer is closed");
      if (waiting.length >= mostWaiting) return failure("busy", `${mostWaiting} pictures wait already`);
      return new Promise((settle) => {
        waiting.push({ drawing, settle });
        next();
      });
    },
    close: async () => {
      closed = true;
      for (const job of waiting.splice(0)) job.settle(failure("busy", "the renderer is closed"));
      const last = worker;
      worker = undefined;
      finish(failure("busy", "the renderer is closed"));
      await last?.terminate();
    },
  };
}

function openWorker({ worker, fonts }: ChartAssets): Worker {
  const workerData: RendererData = { fonts: fonts.href };
  return new Worker(worker, { workerData, resourceLimits });
}

function toResult(drawn: Drawn): DrawResult {
  if (drawn.kind === "drawn") return drawn;
  return failure(drawn.kind === "unfit" ? "unavailable" : "crashed", drawn.message);
}

export function failure(reason: PictureFailure["reason"], message: string): PictureFailure {
  return { kind: "failed", reason, message };
}
