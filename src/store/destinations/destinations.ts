import { randomUUID } from "node:crypto";
import type { DestinationRecord } from "../../alerts/subscription.ts";
import type { ChangeResult, Destinations } from "../contracts/destinations.ts";
import { createDocumentReader } from "./destinationDocument.ts";
import { movedRecord } from "./destinationMove.ts";
import { createDocuments, type Decided } from "./documents.ts";
import { documentsOf } from "./documentsOf.ts";
import { destinationKeys, guildKey, registerKeys } from "../keys.ts";
import { ledgerTtlMs } from "../ledger/ledgerLua.ts";
import { createNamesNow } from "./namesNow.ts";
import { createMovePushed } from "../ledger/pushed.ts";
import { createRegister } from "./register.ts";
import type { RedisClient } from "../redis/script.ts";
import { createTurns } from "../ledger/turns.ts";

export interface DestinationsOptions {
  readonly now?: () => number;
  readonly newId?: () => string;
}

export function createDestinations(redis: RedisClient, options: DestinationsOptions = {}): Destinations {
  const { now = Date.now, newId = randomUUID } = options;
  const documents = createDocuments({ redis, now, newId });
  const register = createRegister(redis);
  const movePushed = createMovePushed(redis);
  const turns = createTurns(redis);
  const parseDocument = createDocumentReader();

  const getMany: Destinations["getMany"] = async (destinations) => {
    const texts = await readAll(redis, destinations);
    return destinations.map((destination, index) => {
      const text = texts[index] ?? null;
      return text === null ? undefined : parseDocument(destination, text);
    });
  };

  const getReadable: Destinations["getReadable"] = async (destinations) => {
    const texts = await readAll(redis, destinations);
    const records: DestinationRecord[] = [];
    let unreadable = 0;
    destinations.forEach((destination, index) => {
      const text = texts[index] ?? null;
      if (text === null) return;
      try {
        records.push(parseDocument(destination, text));
      } catch {
        unreadable += 1; // told by its number: what is wrong with it is said to whoever asks for it alone
      }
    });
    return { records, unreadable };
  };

  const forget = async (destination: string): Promise<boolean> =>
    documents.change(destination, (record): Decided<boolean> => {
      if (record === undefined) return { leave: true, answer: false };
      return { leave: false, next: undefined, answer: true };
    });

  return {
    getMany,
    getReadable,
    get: async (destination) => (await getMany([destination]))[0],
    change: async (destination, edit) =>
      documents.change(destination, (record): Decided<ChangeResult> => {
        const change = edit(record);
        if (change.kind === "refuse") return { leave: true, answer: { ...change, kind: "refused" } };
        return { leave: false, next: change.record, answer: { kind: "changed", record: change.record } };
      }),
    disable: async (destination, reason, at) =>
      documents.change(destination, (record): Decided<boolean> => {
        if (record === undefined || record.disabled !== undefined) return { leave: true, answer: false };
        return {
          leave: false,
          next: { ...record, disabled: { reason, at, ownerTold: false } },
          answer: true,
        };
      }),
    enable: async (destination) =>
      documents.change(destination, (record): Decided<void> => {
        if (record?.disabled === undefined) return { leave: true, answer: undefined };
        return { leave: false, next: enabled(record), answer: undefined };
      }),
    move: async (from, to) => {
      const [record] = await getMany([from]);
      if (record === undefined || from === to) return;
      // first, so that what is on its way to the old name finds the new one
      await turns.moved(from, to);
      await documents.change(to, (there) => ({
        leave: false,
        next: movedRecord(record, to, there),
        answer: undefined,
      }));
      await noteMoved(redis, from, to);
      // floors, cooldowns and what is held back go with a chat; what the new one has already is newer
      await movePushed(from, to);
      const held = await turns.heldBack(from);
      await Promise.all([...held].map(async ([id, entry]) => turns.holdBack(to, id, entry)));
      await forget(from);
      // for what is still on its way to the old name
      await movePushed(to, from);
    },
    namesNow: createNamesNow(redis),
    forget,
    ofGuild: async (guild) => redis.smembers(guildKey(guild)),
    configured: async () => redis.smembers(registerKeys.configured),
    list: register.list,
    repair: documents.repair,
  };
}

function enabled({ disabled: _over, ...record }: DestinationRecord): DestinationRecord {
  return record;
}

/** In one trip: as one command where all of them are on one server. */
async function readAll(redis: RedisClient, names: readonly string[]): Promise<readonly (string | null)[]> {
  if (names.length === 0) return [];
  if (!redis.isCluster) return redis.hmget(registerKeys.documents, ...names);
  return Promise.all(names.map(async (name) => redis.hget(documentsOf(redis, name), name)));
}

/** A forum's topics may all be gone, one after the other. */
const mostMovedFrom = 100;

/** Who is forgotten under its new name is forgotten under the old one. */
async function noteMoved(redis: RedisClient, from: string, to: string): Promise<void> {
  const { movedFrom } = destinationKeys(to);
  const before = (await redis.get(movedFrom))?.split("\n") ?? [];
  const all = [...before.filter((one) => one !== from), from].slice(-mostMovedFrom);
  await redis.set(movedFrom, all.join("\n"), "PX", ledgerTtlMs);
}
