import { join } from "node:path";
import { createNotifier, type Notifier } from "../notifier/notifier.ts";
import { startSweep } from "../notifier/sweep.ts";
import { openSender, type SenderOptions, verifyToken } from "../notifier/senders/senders.ts";
import { createAlertLog } from "../store/ledger/alertLog.ts";
import { createBotMemory } from "../store/botMemory.ts";
import type { Sender } from "../notifier/contracts.ts";
import { noticesPlace } from "../store/contracts/outbox.ts";
import { entryOf, nameDestination } from "../notifier/destinations.ts";
import type { Handlers } from "../worker/contracts.ts";
import { openDressing, openFileIds } from "./dressing.ts";
import type { Parts } from "./parts.ts";

/** Delivers what the outbox holds. */
export async function startNotifier(parts: Parts): Promise<Pick<Handlers, "deliver">> {
  const { config, clock, log, store, redis, metrics, lifecycle } = parts;
  const senders = await openSenders(parts);
  const dress = await openDressing(parts);
  const notifiers = new Map<string, Notifier>();
  const wakeNotices = (): void => {
    for (const notifier of notifiers.values()) notifier.wake(noticesPlace);
  };
  for (const sender of senders) {
    const notifier = createNotifier({
      sender,
      store,
      clock,
      log,
      dress,
      nameOf: (destination) => nameDestination(destination, config),
      onSettled: (platform, outcome, latencyMs) => {
        metrics.deliveries.inc({ platform, outcome });
        if (outcome === "sent") metrics.alertLatency.observe(latencyMs / 1_000);
      },
      onRepeat: (platform) => metrics.repeats.inc({ platform }),
      onNotice: wakeNotices,
    });
    notifiers.set(sender.platform, notifier);
  }
  lifecycle.add("deliveries under way", async () => {
    await Promise.all([...notifiers.values()].map(async (notifier) => notifier.stop()));
  });
  // also of those that were watched: what waits of them waits for nobody else
  const places = [...(await createAlertLog(redis.commands).symbols(config.symbols)), noticesPlace];
  lifecycle.add("sweep", startSweep({ notifiers, outbox: store.outbox, places, log }));
  return { deliver: async ({ platform, symbol }, coming) => notifiers.get(platform)?.wake(symbol, coming) };
}

/** Opens the senders and asks the platforms about their tokens: a wrong one stops the start, an outage does not. */
async function openSenders(parts: Parts): Promise<Sender[]> {
  const { config, platforms, print, clock, log, redis } = parts;
  const fileIds = openFileIds(redis.commands, config.telegram.botToken, log);
  const options = {
    config,
    clock,
    print,
    pictureFolder: join(config.dataDir, "pictures"),
    terminal: process.stdout.isTTY,
    fileIds,
    ...(await topicGone(parts)),
  };
  return Promise.all(
    platforms.map(async (platform) => {
      const sender = await openSender(platform, options);
      const check = await verifyToken(platform, options);
      if (check.kind === "wrong") throw new Error(check.reason);
      if (check.kind === "unreachable")
        log.warn({ platform }, `${check.reason}; alerts wait until it can be reached`);
      return sender;
    }),
  );
}

async function topicGone({ config, store, redis, log }: Parts): Promise<Pick<SenderOptions, "onTopicGone">> {
  const { botToken: token, apiRoot } = config.telegram;
  if (token === undefined) return {};
  const { createTopicGone } = await import("../bots/telegram/topicGone.ts");
  const memory = createBotMemory(redis.commands);
  const { destinations } = store;
  const entry = (destination: string): string | undefined => entryOf(destination, config);
  return { onTopicGone: createTopicGone({ token, apiRoot, destinations, memory, log, entryOf: entry }) };
}
