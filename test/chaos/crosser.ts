import { alertContent } from "../../src/alerts/content.ts";
import { freshEpisodeMemory } from "../../src/alerts/episode.ts";
import { type Rule, ruleKey } from "../../src/alerts/rules.ts";
import { freshNotionalMemory } from "../../src/model/imbalance.ts";
import { connectRedis } from "../../src/store/redis/connect.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import type { Commit } from "../../src/store/contracts/symbols.ts";
import { parseRedisUrl } from "../../src/store/redis/redisUrl.ts";
import { openStore } from "../../src/store/store.ts";
import { encodeMemory } from "../../src/worker/memory.ts";
import { createQueues, type Queues } from "../../src/worker/queues.ts";
import { firedUp, referenceImbalance } from "../alerts/examples.ts";
import { aCommit } from "../store/builders.ts";
import { silentLog } from "../support/redis.ts";

/** No exchange lists it: only crossings of the chaos are ever said of it. */
export const lab = "LAB";

/**
 * A process that commits scripted crossings as a worker's recompute would, one after the other. It goes on where the
 * version in Redis says the last one ended, so that it can be killed at any moment. The n-th crossing speaks of a
 * symbol of its own and goes to whoever is subscribed to the n-th rule (`subscribeAll`).
 */
export async function cross(): Promise<void> {
  const { CHAOS_REDIS: url = "", CHAOS_COUNT, CHAOS_EVERY_MS } = process.env;
  const end = parseRedisUrl(url);
  const store = await openStore(await connectRedis({ end, role: "commands", log: silentLog }), {
    log: silentLog,
  });
  const connection = await connectRedis({ end, role: "queue", log: silentLog });
  const queues = createQueues({ connection, venues: [], platforms, log: silentLog });
  for (;;) {
    const done = await commitNext(store, Number(CHAOS_COUNT));
    if (done === "all") break;
    if (done === "committed") await wake(queues);
    await pause(Number(CHAOS_EVERY_MS));
  }
  process.exit(0);
}

const platforms = ["telegram", "discord"] as const;

/** A notional of its own for each: rules of one symbol and direction that share nothing else. */
function ruleOf(crossing: number): Rule {
  return { direction: "up", notionalUsd: (crossing + 1) * 1e6, confidence: 50, ratio: 2 };
}

/** Subscribes the n-th destinations to the n-th rule. */
export async function subscribeAll(
  store: Store,
  destinations: readonly (readonly string[])[],
): Promise<void> {
  for (const [crossing, places] of destinations.entries()) {
    const { direction, notionalUsd, confidence, ratio } = ruleOf(crossing);
    const wish = { id: 1, symbol: lab, ratio, direction, notionalUsd, confidence, mode: "loud" } as const;
    await Promise.all(
      places.map(async (destination) =>
        store.destinations.change(destination, () => ({
          kind: "keep",
          record: {
            version: 1,
            destination,
            settings: { kind: destination.startsWith("telegram") ? "direct" : "channel" },
            subscriptions: [wish],
            nextId: 2,
          },
        })),
      ),
    );
  }
}

/** The next crossing, unless there are no more. Redis is struck too: what fails is tried again. */
export async function commitNext(store: Store, count: number): Promise<"committed" | "again" | "all"> {
  try {
    const { version, slot } = await store.symbols.read(lab);
    if (version >= count) return "all";
    const result = await store.symbols.commit(crossing(version, slot + 1));
    return result === "committed" ? "committed" : "again";
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    return "again";
  }
}

function crossing(version: number, slot: number): Commit {
  const at = Date.now();
  const imbalance = { ...referenceImbalance, symbol: `C${version}`, time: at };
  const rule = ruleKey(ruleOf(version));
  const alertId = `${lab}-${version}`;
  const fired = { ...firedUp, alertId, episodeId: alertId, rule, firedAt: at };
  const content = JSON.stringify(alertContent(imbalance, fired));
  return aCommit({
    symbol: lab,
    slot,
    basedOn: version,
    at,
    memory: encodeMemory({ notional: freshNotionalMemory, episode: freshEpisodeMemory(at) }),
    imbalance: { ...referenceImbalance, symbol: lab, time: at },
    ruleAlerts: [{ alertId, kind: "push", episodeId: alertId, content, rule }],
  });
}

/** The queue only wakes: without it the sweep finds what is due. */
async function wake(queues: Queues): Promise<void> {
  const woken = await Promise.allSettled(platforms.map(async (platform) => queues.deliver(platform, lab)));
  for (const each of woken) if (each.status === "rejected") process.stderr.write(`${String(each.reason)}\n`);
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
