import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { createSilence } from "./silence.ts";
import type { WatchdogData } from "./watchdog.ts";

/** The thread that watches; watchdog.ts starts it and says what it is given. */
const { beats, everyMs, limitMs }: WatchdogData = workerData;
const count = new Int32Array(beats);
const silence = createSilence(everyMs);

setInterval(() => {
  const silentMs = silence(Atomics.load(count, 0), performance.now());
  if (silentMs >= limitMs) end(silentMs);
}, everyMs);

/** The log goes through the loop that stands still, and so would any signal that can be caught. */
function end(silentMs: number): void {
  const level = "fatal";
  const time = new Date().toISOString();
  const msg = "the event loop stands still: ending, so that a new process takes over";
  writeSync(2, `${JSON.stringify({ level, time, silentMs: Math.round(silentMs), msg })}\n`);
  process.kill(process.pid, "SIGKILL");
}
