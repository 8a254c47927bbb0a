import { createNotifier } from "../../src/notifier/notifier.ts";
import type { Sender } from "../../src/notifier/contracts.ts";
import { systemClock } from "../../src/ops/clock.ts";
import { noticesPlace } from "../../src/store/contracts/outbox.ts";
import { createBotMemory } from "../../src/store/botMemory.ts";
import { openStore } from "../../src/store/store.ts";
import { createFeedNotices } from "../../src/worker/feedNotices.ts";
import { handClock } from "../notifier/builders.ts";
import { anImbalance } from "../store/builders.ts";
import { silentLog, type TestRedis } from "../support/redis.ts";

const minuteMs = 60_000;

/** BTC's data has been lost for some minutes, as if never before, and what is to be said of it is delivered. */
export async function loseFeed(redis: TestRedis, sender: Sender): Promise<void> {
  const client = await redis.connect();
  const store = await openStore(client, { log: silentLog });
  const clock = handClock(Date.now() - 5 * minuteMs);
  const memory = createBotMemory(client);
  await memory.drop("feed-BTC");
  const notices = createFeedNotices({ ...store, memory, clock, log: silentLog });
  for (let minute = 0; minute < 5; minute += 1) {
    notices.note(anImbalance({ regime: "stale" }));
    await notices.settled();
    clock.advance(minuteMs);
  }
  const pump = createNotifier({
    sender,
    store,
    clock: systemClock,
    log: silentLog,
    nameOf: () => "a chat",
    onSettled: () => undefined,
    onRepeat: () => undefined,
    onNotice: () => undefined,
  });
  pump.wake(noticesPlace);
  await pump.settled();
  await pump.stop();
}
