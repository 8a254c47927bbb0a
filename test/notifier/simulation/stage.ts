import type { Redis } from "ioredis";
import type { DestinationRecord } from "../../../src/alerts/subscription.ts";
import type { Log } from "../../../src/ops/log.ts";
import type { Store } from "../../../src/store/contracts/store.ts";
import type { Commit, RuleAlert } from "../../../src/store/contracts/symbols.ts";
import { openStore } from "../../../src/store/store.ts";
import { silentLog } from "../../support/redis.ts";
import { createPlatforms, iso, type Platforms } from "./platforms.ts";
import type { World } from "./world.ts";

/** What was decided and committed. */
export interface Said {
  readonly at: number;
  readonly symbol: string;
  readonly alerts: readonly RuleAlert[];
}

/** A recompute that counts. */
export interface Committed {
  readonly at: number;
  readonly by: string;
  readonly commit: Commit;
}

export interface Announced {
  readonly at: number;
  /** Under which it is kept. */
  readonly name: string;
  readonly kind: string;
  readonly since: number;
}

export interface Wished {
  readonly at: number;
  readonly record: DestinationRecord | undefined;
}

/** When something went wrong with a process, and until when that may show. */
export interface Trouble {
  readonly at: number;
  readonly by: string;
  readonly until: number;
}

/** What really happened, whatever the program made of it. */
export interface History {
  readonly said: Said[];
  readonly commits: Committed[];
  /** Losses of data, and returns, that workers had to announce. */
  readonly announced: Announced[];
  /** What each destination wanted, from when on. */
  readonly wishes: Map<string, Wished[]>;
  /** Who was asked to be forgotten, when that began and was done. */
  readonly forgotten: { readonly destination: string; readonly at: number; doneAt: number }[];
  readonly trouble: Trouble[];
  /** Rounds that a worker gave up. */
  readonly failures: { readonly at: number; readonly by: string; readonly message: string }[];
  /** What was done to the program, and what it logged: for whoever looks into a failure. */
  readonly actions: string[];
  readonly logged: string[];
}

export interface Stage {
  readonly world: World;
  readonly platforms: Platforms;
  readonly history: History;
  /** Beside all processes: it sees what is there now. */
  readonly store: Store;
  readonly note: (text: string) => void;
  readonly logOf: (by: string) => Log;
  readonly pick: <T>(from: readonly T[]) => T;
}

export async function setStage(executor: Redis, world: World): Promise<Stage> {
  const store = await openStore(executor, { log: silentLog });
  const history: History = {
    said: [],
    commits: [],
    announced: [],
    wishes: new Map(),
    forgotten: [],
    trouble: [],
    failures: [],
    actions: [],
    logged: [],
  };
  noteWishes({ world, store, history });
  const note = (text: string): void => {
    history.actions.push(`${iso(world.now())} ${text}`);
  };
  const logOf = (by: string): Log => {
    const at = (level: string) => (fields: object, message: string) => {
      history.logged.push(`${iso(world.now())} ${by} ${level} ${message} ${wordsOf(fields)}`);
    };
    const own: Log = { ...silentLog, warn: at("warn"), error: at("error"), child: () => own };
    return own;
  };
  const pick = <T>(from: readonly T[]): T => {
    const [one] = from.slice(Math.floor(world.random() * from.length));
    if (one === undefined) throw new Error("there is nothing to pick from");
    return one;
  };
  return { world, platforms: createPlatforms(world), history, store, note, logOf, pick };
}

/** By what is written, not by what is asked for: somebody who dies over a change may have made it. */
function noteWishes({ world, store, history }: Pick<Stage, "world" | "store" | "history">): void {
  world.onScript(async ({ script, args }) => {
    if (script !== "lopsideSwapDestination") return;
    const destination = String(args.at(-1));
    const record = (await store.destinations.get(destination)) ?? undefined;
    const known = history.wishes.get(destination) ?? [];
    history.wishes.set(destination, [...known, { at: world.now(), record }]);
  });
}

function wordsOf(fields: object): string {
  return JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? value.message : value));
}
