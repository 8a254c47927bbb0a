import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { keepDailyFile } from "../ops/dailyFile.ts";
import { createLease } from "../store/lease.ts";
import { exportLines } from "../store/destinations/transfer.ts";
import type { LopsideOptions } from "./parts.ts";

/** Real ms: how often it is seen whether there is a file for today. */
const lookMs = 15 * 60_000;
/** Longer than any export takes. */
const turnMs = 10 * 60_000;
/** As PRIVACY.md promises. */
const keepDays = 14;

/** Writes who is told what to DATA_DIR/exports every day; one worker of a machine does it. */
export function keepDailyExports({
  config,
  store,
  redis,
  clock,
  log,
  lifecycle,
}: Omit<LopsideOptions, "roles" | "print">): void {
  const holder = randomUUID();
  // processes on one machine share a folder; where two machines take turns each gets its copy within the hour
  const lease = createLease(redis.commands, "daily-export");
  let running: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    if ((await lease.hold(holder, turnMs)).kind === "taken") return;
    let unreadable = 0;
    const onUnreadable = (count: number): void => {
      unreadable += count;
    };
    const written = await keepDailyFile({
      dir: join(config.dataDir, "exports"),
      name: "subscriptions",
      lines: () => exportLines(store.destinations, onUnreadable),
      now: clock.now(),
      keepDays,
    });
    if (unreadable > 0) log.warn({ unreadable }, "destinations that can't be read are not in today's export");
    if (written) log.info({ folder: "exports" }, "today's export of subscriptions is written");
    await lease.release(holder);
  };
  const tick = (): void => {
    running ??= look()
      .catch((error: unknown) => {
        log.warn({ error }, "today's export of subscriptions could not be written; trying again");
      })
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(tick, lookMs);
  const first = setTimeout(tick, 60_000);
  lifecycle.add("daily export", async () => {
    clearInterval(timer);
    clearTimeout(first);
    await running;
  });
}
