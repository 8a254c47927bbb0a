import { rememberedOf } from "../bots/telegram/remembered.ts";
import { createBotMemory } from "../store/botMemory.ts";
import { createDataMark } from "../store/dataMark.ts";
import { createForgetting } from "../store/destinations/forgetting.ts";
import { createPictureStore } from "../store/market/pictures.ts";
import { createFeedNotices } from "../worker/feedNotices.ts";
import { createPictureKeeper } from "../worker/pictureData.ts";
import { createRecompute } from "../worker/recompute.ts";
import { createCalibrationRecorder } from "../worker/calibrationRecord.ts";
import { createRecorder } from "../worker/record.ts";
import type { Handlers } from "../worker/contracts.ts";
import { createAfterwards } from "../worker/afterwards.ts";
import { createAhead } from "../worker/ahead.ts";
import { createPatience } from "../worker/patience.ts";
import { startDeadlines } from "../worker/slots.ts";
import { keepDailyExports } from "./dailyExport.ts";
import { followThroughLoss } from "./lostData.ts";
import { followConfiguration } from "./operator.ts";
import type { LopsideOptions, Parts } from "./parts.ts";
import { givePast } from "./past.ts";
import { keepRepairing } from "./repairs.ts";

type WorkerParts = Omit<LopsideOptions, "roles" | "print"> &
  Pick<Parts, "queues" | "shortcuts" | "slots" | "metrics" | "destinations" | "platforms">;

/** Recomputes every symbol once a slot. */
export async function startWorker(parts: WorkerParts): Promise<Pick<Handlers, "recompute" | "hear">> {
  const {
    config,
    clock,
    log,
    store,
    redis,
    queues,
    shortcuts,
    slots,
    metrics,
    destinations,
    platforms,
    lifecycle,
  } = parts;
  const { symbols, alerts } = config;
  await followThroughLoss({
    mark: createDataMark(redis.commands),
    follow: async () =>
      followConfiguration(store.destinations, destinations, { symbols, ratio: alerts.ratio }),
    log,
    lifecycle,
  });
  const forgetting = createForgetting(redis.commands, { symbols, remembered: rememberedOf });
  keepRepairing({ destinations: store.destinations, forgetting, log, lifecycle });
  keepDailyExports(parts);
  const record = createRecorder(metrics, log);
  const { destinations: places, outbox } = store;
  const memory = createBotMemory(redis.commands);
  const feedNotices = createFeedNotices({ destinations: places, outbox, memory, clock, log });
  const afterwards = createAfterwards();
  lifecycle.add("feed notices", async () => {
    afterwards.finish();
    await feedNotices.settled();
  });
  const keepForPictures = createPictureKeeper(createPictureStore(redis.commands), log);
  const ahead = createAhead({ expected: config.venues, rounds: store.rounds, log });
  const patience = createPatience(slots, clock);
  const { recompute, prepare } = createRecompute({
    store,
    rule: config.alerts,
    pollIntervalMs: config.pollIntervalMs,
    venues: config.venues,
    clock,
    log,
    onHeard: patience.note,
    onHistories: givePast({ store, log, lifecycle }),
    onCommitting: (symbol, alerts) => {
      for (const platform of platforms) shortcuts.deliverBehind(platform, symbol, alerts);
    },
    onAlerts: async (symbol) => {
      await Promise.all(platforms.map(async (platform) => shortcuts.deliver(platform, symbol)));
    },
    onCalibrated: createCalibrationRecorder(metrics, log),
    onCommitted: (imbalance, outcome) => {
      afterwards.leave(() => {
        record(imbalance, outcome);
        feedNotices.note(imbalance);
        void ahead.look(imbalance.symbol);
      });
    },
    keepForPictures: (committed) => afterwards.leave(() => keepForPictures(committed)),
  });
  const stopDeadlines = startDeadlines(slots, symbols, patience.deadlineMs, (symbol, slot) => {
    queues.recompute(symbol, slot).catch((error: unknown) => {
      log.warn({ symbol, error }, "a round's deadline could not wake its recompute; the next slot will");
    });
  });
  lifecycle.add("deadlines", stopDeadlines);
  return {
    hear: (symbol, report) => {
      const outset = ahead.hear(symbol, report);
      if (outset === undefined) afterwards.leave(() => prepare(symbol, report));
      return outset;
    },
    recompute: async (job, outset) => {
      ahead.recomputing(job.symbol, job.slot);
      // what was handed over with it nobody else has
      const bringsHistory = (outset?.histories.length ?? 0) > 0;
      if (job.slot < slots.current() - 1 && !bringsHistory) {
        // left over from while no worker ran: on today's data it would count as another look at the market
        metrics.recomputes.inc({ outcome: "too-late" });
        return;
      }
      const done = metrics.recomputeSeconds.startTimer();
      metrics.recomputes.inc({ outcome: await recompute(job, outset) });
      done();
    },
  };
}
