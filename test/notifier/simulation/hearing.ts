import { z } from "zod";
import type { BotMemory } from "../../../src/store/contracts/memory.ts";
import type { Commit } from "../../../src/store/contracts/symbols.ts";
import { symbolKeys } from "../../../src/store/keys.ts";
import type { Actor } from "./actor.ts";
import type { Opened } from "./processes.ts";
import type { Stage } from "./stage.ts";

const kept = z.object({ unsaid: z.object({ kind: z.string(), since: z.number() }).optional() });

/** What a worker wants counts once its commit was done, whether or not it heard of that. */
export function hearWorker(stage: Stage, actor: Actor, opened: Opened): Opened {
  const { world, history, note } = stage;
  const { symbols } = opened.store;
  const asked = new Map<string, Commit>();
  world.onScript(async ({ script, args, answer, by }) => {
    const commit = asked.get(String(args[2]));
    if (by !== actor || script !== "lopsideCommit" || commit === undefined) return;
    if (String(answer) !== "committed") return note(`${actor.name}'s commit: ${String(answer)}`);
    history.commits.push({ at: world.now(), by: actor.name, commit });
    const { symbol, ruleAlerts: alerts } = commit;
    if (alerts.length === 0) return;
    history.said.push({ at: world.now(), symbol, alerts });
    note(`said ${alerts.map(({ alertId, kind }) => `${kind} ${alertId}`).join(", ")}`);
  });
  return {
    ...opened,
    store: {
      ...opened.store,
      symbols: {
        ...symbols,
        commit: async (commit) => {
          asked.set(symbolKeys(commit.symbol).state, commit);
          return symbols.commit(commit);
        },
      },
    },
  };
}

/** Notes which losses of data, and which returns, were to be said: they are kept so until all were told. */
export function hearFeeds(memory: BotMemory, { world, history }: Stage): BotMemory {
  return {
    ...memory,
    remember: async (name, value, ms) => {
      const { unsaid } = kept.parse(JSON.parse(value));
      if (unsaid !== undefined) history.announced.push({ at: world.now(), name, ...unsaid });
      return memory.remember(name, value, ms);
    },
  };
}
