import type { DestinationRecord } from "../../alerts/subscription.ts";
import { formatDocument, parseDocument } from "./destinationDocument.ts";
import { documentsOf } from "./documentsOf.ts";
import { destinationKeys, registerKeys } from "../keys.ts";
import { pushedLua, pushesPrefix } from "../ledger/pushed.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";
import { timeMsLua } from "../redis/timeLua.ts";
import { createFollow, formatNote, parseNote, type Trace, traceOf } from "./traces.ts";

/**
 * Writes a document where it still is what was read; '' stands for none. KEYS documents, held back, prefix of pushes;
 * ARGV what was read, what is written, destination.
 */
const swapScript = {
  name: "lopsideSwapDestination",
  keys: 3,
  lua: `
${timeMsLua}
${pushedLua}
if (redis.call('HGET', KEYS[1], ARGV[3]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], ARGV[3], ARGV[2])
else
  redis.call('HDEL', KEYS[1], ARGV[3])
  redis.call('DEL', KEYS[2])
  forgetPushed(KEYS[3], timeMs(''), ARGV[3])
end
return 1
`,
};

function swapKeys(redis: RedisClient, destination: string): readonly string[] {
  return [
    documentsOf(redis, destination),
    destinationKeys(destination).held,
    pushesPrefix(redis, destination),
  ];
}

/** What is kept beside a document goes where there is none. */
export function createDropLeftovers(redis: RedisClient): (destination: string) => Promise<void> {
  const swap = defineScript(redis, swapScript);
  return async (destination) => {
    await swap(swapKeys(redis, destination), ["", "", destination]);
  };
}

/** Two people in one chat may press buttons at once; more conflicts in a row than this are a bug. */
const conflictLimit = 50;

/** A change that is under way this long has lost its process. */
const abandonedMs = 30_000;

/** What a change decides, and its answer: the next record, none, or to leave things as they are. */
export type Decided<T> =
  | { readonly leave: true; readonly answer: T }
  | { readonly leave: false; readonly next: DestinationRecord | undefined; readonly answer: T };

export type Decide<T> = (record: DestinationRecord | undefined) => Decided<T>;

export interface Documents {
  readonly change: <T>(destination: string, decide: Decide<T>) => Promise<T>;
  readonly repair: (now: number) => Promise<number>;
}

export interface DocumentsOptions {
  readonly redis: RedisClient;
  /** Another one at every call, in every process. */
  readonly newId: () => string;
  readonly now: () => number;
}

/**
 * Documents first, then what points to them (rules' pages, servers and groups, the register), which lies in other slots
 * of a cluster. Before a document changes, what the change touches is noted; the note goes once all of it agrees with
 * the document as it is then. Of two who change a document at once each looks again whether the other was later, so
 * that what the later one wants stays; a process that dies leaves its note to `repair`.
 */
export function createDocuments({ redis, newId, now }: DocumentsOptions): Documents {
  const swap = defineScript(redis, swapScript);
  const follow = createFollow(redis);

  const read = async (destination: string): Promise<string> =>
    (await redis.hget(documentsOf(redis, destination), destination)) ?? "";

  /** Until the document did not change meanwhile. */
  const followDocument = async (destination: string, trace: Trace, known: string): Promise<void> => {
    let text = known;
    for (let round = 0; round < conflictLimit; round++) {
      await follow(destination, recordOf(destination, text), trace);
      const newest = await read(destination);
      if (newest === text) return;
      text = newest;
    }
    throw new Error("a destination is changed by others without end");
  };

  /** False when somebody else was faster. */
  const write = async (destination: string, before: string, after: string): Promise<boolean> => {
    const keys = swapKeys(redis, destination);
    const written = async (): Promise<boolean> => (await swap(keys, [before, after, destination])) === 1;
    const trace = traceOf(recordOf(destination, before), recordOf(destination, after));
    if (trace === undefined) return written();
    const note = `${newId()}|${destination}`;
    await redis.hset(registerKeys.unfinished, note, formatNote({ at: now(), trace }));
    const done = await written();
    if (done) await followDocument(destination, trace, after);
    await redis.hdel(registerKeys.unfinished, note);
    return done;
  };

  /** False where whoever makes the change may still be at it. */
  const complete = async (field: string, text: string, at: number): Promise<boolean> => {
    const note = parseNote(text);
    if (Math.abs(at - note.at) <= abandonedMs) return false;
    const destination = field.slice(field.indexOf("|") + 1);
    await followDocument(destination, note.trace, await read(destination));
    await redis.hdel(registerKeys.unfinished, field);
    return true;
  };

  return {
    change: async (destination, decide) => {
      for (let attempt = 0; attempt < conflictLimit; attempt++) {
        const before = await read(destination);
        const decided = decide(recordOf(destination, before));
        if (decided.leave) return decided.answer;
        const after = decided.next === undefined ? "" : formatDocument(decided.next);
        if (after === before || (await write(destination, before, after))) return decided.answer;
      }
      throw new Error("a destination is changed by others without end");
    },
    repair: async (at) => {
      const notes = Object.entries(await redis.hgetall(registerKeys.unfinished));
      const failures: unknown[] = [];
      let completed = 0;
      for (const [field, note] of notes) {
        try {
          if (await complete(field, note, at)) completed += 1;
        } catch (error) {
          // one that can't be read must not keep the others from being completed
          failures.push(error);
        }
      }
      if (failures.length > 0)
        throw new AggregateError(failures, `${failures.length} changes of destinations can't be completed`);
      return completed;
    },
  };
}

function recordOf(destination: string, text: string): DestinationRecord | undefined {
  return text === "" ? undefined : parseDocument(destination, text);
}
