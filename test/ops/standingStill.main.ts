import { startWatchdog } from "../../src/ops/watchdog.ts";

/** Runs under a watch until it is told to stand still, which it then does for good. */
startWatchdog({
  limitMs: 500,
  worker: new URL("./watchdog.worker.mjs", import.meta.url),
  onFailure: (error) => {
    throw error;
  },
});
process.on("SIGTERM", () => undefined);
process.stdin.on("data", () => {
  process.stdout.write("standing still\n");
  for (;;) Math.random();
});
process.stdout.write("running\n");
