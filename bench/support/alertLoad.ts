import { setTimeout as sleep } from "node:timers/promises";
import { alertContent } from "../../src/alerts/content.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { createQueues, type Queues } from "../../src/worker/queues.ts";
import { openStore } from "../../src/store/store.ts";
import { firedUp, referenceImbalance } from "../../test/alerts/examples.ts";
import { aCommit } from "../../test/store/builders.ts";
import { silentLog, type TestRedis } from "../../test/support/redis.ts";
import type { TelegramServer } from "../../test/support/telegram/server.ts";

/** The symbol whose alerts are timed; nobody asks for it. */
export const alertedSymbol = "ALERTED";
const perSecond = 8;

/** Commits alerts as a worker does, and sees when Telegram gets them. */
export interface Alerting {
  /** Ms from the commit to the message, for each alert of so many seconds. */
  readonly alertFor: (seconds: number) => Promise<readonly number[]>;
  readonly close: () => Promise<void>;
}

export async function openAlerting(redis: TestRedis, server: TelegramServer): Promise<Alerting> {
  const store = await openStore(await redis.connect(), { log: silentLog });
  const connection = await redis.connect("queue");
  const queues = createQueues({ connection, venues: [], platforms: ["telegram"], log: silentLog });
  const time = Date.now();
  let count = 0;
  return {
    alertFor: async (seconds) => {
      const waits: Promise<number>[] = [];
      const startedAt = performance.now();
      for (let index = 0; index < seconds * perSecond; index += 1) {
        await sleep(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()));
        waits.push(alertOnce({ store, queues, server }, { id: `a${(count += 1)}`, time }));
      }
      return Promise.all(waits);
    },
    close: queues.close,
  };
}

interface Ways {
  readonly store: Store;
  readonly queues: Pick<Queues, "deliver">;
  readonly server: TelegramServer;
}

async function alertOnce({ store, queues, server }: Ways, { id, time }: { id: string; time: number }) {
  const chat = server.driver.addPrivateChat(server.driver.addUser());
  const imbalance = { ...referenceImbalance, symbol: alertedSymbol, time };
  const content = alertContent(imbalance, { ...firedUp, alertId: id, episodeId: id, firedAt: Date.now() });
  const alert = { alertId: id, content: JSON.stringify(content), destinations: [`telegram:${chat.id}`] };
  // the picture stays the same
  const map = { ...aCommit().map, symbol: alertedSymbol, time };
  const known = { symbol: alertedSymbol, imbalance, map };
  let outcome = "";
  // another one may have come in between
  while (outcome !== "committed") {
    const { version, slot } = await store.symbols.read(alertedSymbol);
    outcome = await store.symbols.commit(
      aCommit({ ...known, basedOn: version, slot: slot + 1, at: Date.now() }),
    );
  }
  await store.outbox.insert(alertedSymbol, Date.now(), [alert]);
  const committedAt = performance.now();
  await queues.deliver("telegram", alertedSymbol);
  await server.waitFor(() => server.sent(chat.id)[0]);
  return performance.now() - committedAt;
}
