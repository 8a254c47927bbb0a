import { randomUUID } from "node:crypto";
import { platformOf } from "../../alerts/platform.ts";
import { createBotMemory } from "../botMemory.ts";
import { noticesPlace } from "../contracts/outbox.ts";
import { createDropLeftovers } from "./documents.ts";
import { forgetRows } from "./forgetRows.ts";
import { formerNames } from "./formerNames.ts";
import { documentsOf } from "./documentsOf.ts";
import { destinationKeys, registerKeys } from "../keys.ts";
import { createOutbox } from "../ledger/outbox.ts";
import { asList, asText } from "../redis/reply.ts";
import type { RedisClient } from "../redis/script.ts";
import { createTurns } from "../ledger/turns.ts";
import { createWaitingRows } from "../ledger/waitingRows.ts";

export interface ForgettingOptions {
  readonly symbols: readonly string[];
  /** Names under which the bots remember something of a destination. */
  readonly remembered?: (destination: string) => readonly string[];
  /** Takes the place of Redis' clock. */
  readonly now?: () => number;
}

/** Takes a destination out of everything. */
export interface Forgetting {
  /**
   * What can be at once; `takeOut` deletes its document (destinations.ts) and says whether there was one, which is
   * answered. What is under way, and what a process still knows of it, `goOn` comes back for.
   */
  readonly forget: (destination: string, takeOut: () => Promise<boolean>) => Promise<boolean>;
  /** Called now and then by whoever sweeps; says how many destinations are done. */
  readonly goOn: () => Promise<number>;
}

/** By then nobody has a record that was read before: what was claimed with it has begun, and is given up. */
const soonestMs = 30_000;
/** Older claims are their dead holders', whether or not anybody sweeps their platform. */
const stuckMs = 60_000;
const mostAtOnce = 20;
const turnMs = 10_000;

/**
 * A destination that is forgotten is noted, and gone through again until nothing of it is under way: what is being sent
 * for the first time is written down when it is settled, not before (bundles.ts). Done twice, by two processes or after
 * one died, it does no harm. Who has subscribed again meanwhile keeps what came since.
 */
export function createForgetting(redis: RedisClient, options: ForgettingOptions): Forgetting {
  const { symbols, remembered = () => [] } = options;
  const clock = options.now === undefined ? {} : { now: options.now };
  const outbox = createOutbox(redis, clock);
  const turns = createTurns(redis, clock);
  const waiting = createWaitingRows(redis);
  const dropLeftovers = createDropLeftovers(redis);
  const memory = createBotMemory(redis);
  const holder = `forgetting-${randomUUID()}`;

  /** Those that are polled no more too: what was said of them is kept as long. */
  const placesOf = async (): Promise<readonly string[]> => {
    if (symbols.length > 0) await redis.sadd(registerKeys.symbols, ...symbols);
    return [...(await redis.smembers(registerKeys.symbols)), noticesPlace];
  };

  const isThere = async (destination: string): Promise<boolean> =>
    (await redis.hexists(documentsOf(redis, destination), destination)) === 1;

  /** Whether nothing of it was under way there. */
  const clear = async (place: string, destination: string, at: number): Promise<boolean> => {
    // an alert that is younger is for somebody who has subscribed again; a notice may be of who knew it still
    const until = place === noticesPlace ? Infinity : at + soonestMs - 1;
    const platform = platformOf(destination);
    const wasClaimed = await waiting.isClaimed(place, platform, destination);
    if (wasClaimed) await outbox.releaseStuck(place, platform, stuckMs);
    await waiting.takeOut(place, platform, destination, until);
    const isClaimed = await waiting.isClaimed(place, platform, destination);
    await forgetRows(redis, place, destination, until);
    return !wasClaimed && !isClaimed;
  };

  /** Whether that was all. */
  const goThrough = async (destination: string, at: number, places: readonly string[]): Promise<boolean> => {
    if (await isThere(destination)) {
      for (const place of places) await forgetRows(redis, place, destination, at);
      return true;
    }
    const [turn] = await turns.take([destination], holder, turnMs);
    const { movedTo, movedFrom } = destinationKeys(destination);
    let isOver = turn?.kind === "taken";
    for (const place of places) isOver = (await clear(place, destination, at)) && isOver;
    await dropLeftovers(destination);
    for (const name of remembered(destination)) await memory.drop(name);
    await redis.del(movedTo, movedFrom);
    await turns.end([{ destination }], holder);
    return isOver;
  };

  /** Its names from before it moved first. */
  const namesOf = async (destination: string): Promise<readonly string[]> => [
    ...(await formerNames(redis, destination)),
    destination,
  ];

  return {
    forget: async (destination, takeOut) => {
      const places = await placesOf();
      const names = await namesOf(destination);
      const at = await timeMs(redis, options.now);
      const note = async (): Promise<unknown> =>
        redis.hset(registerKeys.forgotten, ...names.flatMap((name) => [noteOf(at, name), ""]));
      // before, so that whoever finds it goes on where this process dies; and after, should it have taken very long
      await note();
      const wasThere = await takeOut();
      await note();
      for (const name of names) await goThrough(name, at, places);
      return wasThere;
    },
    goOn: async () => {
      const places = await placesOf();
      // any of them, so that none has to wait for those that take long
      const notes = asList(await redis.hrandfield(registerKeys.forgotten, mostAtOnce)).map(asText);
      const now = await timeMs(redis, options.now);
      let done = 0;
      for (const note of notes) {
        const { at, destination } = openNote(note);
        if (now - at < soonestMs || !(await goThrough(destination, at, places))) continue;
        done += await redis.hdel(registerKeys.forgotten, note);
      }
      return done;
    },
  };
}

function noteOf(at: number, destination: string): string {
  return `${at}|${destination}`;
}

function openNote(note: string): { readonly at: number; readonly destination: string } {
  const bar = note.indexOf("|");
  return { at: Number(note.slice(0, bar)), destination: note.slice(bar + 1) };
}

async function timeMs(redis: RedisClient, now: (() => number) | undefined): Promise<number> {
  if (now !== undefined) return now();
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
