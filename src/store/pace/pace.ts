import type { Booking, Line, Pace, PaceLimits } from "../contracts/pace.ts";
import { paceKeys } from "../keys.ts";
import {
  allHorizonMs,
  bookScript,
  chatHorizonUs,
  invalidScript,
  pauseScript,
  refundScript,
} from "./paceScripts.ts";
import { asList, asNumber } from "../redis/reply.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";

const toUs = 1_000;

export interface PaceOptions {
  /** How many times as fast as real time limits run, for benchmarks. */
  readonly speed?: number;
  /** Takes the place of Redis' clock, ms. */
  readonly now?: () => number;
}

export function createPace(redis: RedisClient, { speed = 1, now }: PaceOptions = {}): Pace {
  const book = defineScript(redis, bookScript);
  const refund = defineScript(redis, refundScript);
  const pauseUntil = defineScript(redis, pauseScript);
  const invalid = defineScript(redis, invalidScript);
  const time = (): number | string => (now === undefined ? "" : Math.floor(now() * toUs));
  const us = (ms: number): number => Math.ceil((ms * toUs) / speed);
  const pause: Pace["pause"] = async (platform, chat, ms) => {
    const { until, chatUntil } = paceKeys(platform);
    await pauseUntil([chat === undefined ? until : chatUntil + chat], [time(), us(ms)]);
  };
  const lineOf = (platform: string, limits: PaceLimits): Line => {
    const { all, until, chat, chatUntil } = paceKeys(platform);
    return {
      keys: [all, until, chat, chatUntil],
      args: () => [time(), ...spans(limits, us)],
      read: (answers) => asList(answers).map((answer) => decodeBooking(asNumber(answer), us(allHorizonMs))),
    };
  };
  return {
    book: async (platform, limits, wishes) => {
      if (wishes.length === 0) return [];
      const { keys, args, read } = lineOf(platform, limits);
      const wanted = wishes.flatMap((wish) => [wish.chat, wish.isGroup ? "1" : "0"]);
      return read(await book(keys, [...args(), ...wanted]));
    },
    line: (platform, limits, { before, after, groups }) => {
      const { keys, args, read } = lineOf(platform, limits);
      return { keys, args: () => [...args(), before, after, groups], read };
    },
    refund: async (platform, chats) => {
      const { all, chat } = paceKeys(platform);
      if (chats.length > 0) await refund([all, chat], chats);
    },
    pause,
    noteInvalid: async (platform, { invalidPer10Minutes }) => {
      if (!Number.isFinite(invalidPer10Minutes)) return;
      const isTooMany = await invalid([paceKeys(platform).invalid], [invalidPer10Minutes]);
      if (asNumber(isTooMany) === 1) await pause(platform, undefined, 60_000);
    },
  };
}

/** 0 stands for any number. */
const bounded = (count: number): number => (Number.isFinite(count) ? count : 0);

function spans(limits: PaceLimits, us: (ms: number) => number): readonly number[] {
  const { perSecond, chatGapMs, groupPerMinute } = limits;
  return [
    us(1_000),
    us(chatGapMs),
    us(60_000),
    bounded(perSecond),
    bounded(groupPerMinute),
    chatHorizonUs,
    us(allHorizonMs),
  ];
}

function decodeBooking(answer: number, allHorizonUs: number): Booking {
  if (answer >= 0) return { kind: "go", inMs: answer / toUs };
  const isAll = !Number.isInteger(answer);
  // asked again this early it is booked
  const horizonUs = isAll ? allHorizonUs : chatHorizonUs;
  return { kind: "wait", ms: Math.max(1, (-answer - 1 - horizonUs) / toUs + 1), isAll };
}
