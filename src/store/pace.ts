import type { Booking, Pace, PaceLimits } from "./contracts/pace.ts";
import { paceKeys } from "./keys.ts";
import { asList, asNumber } from "./reply.ts";
import { defineScript, type RedisClient } from "./script.ts";

/**
 * A chat's place in line this close is booked already: the sender waits for it. Real time.
 */
const chatHorizonUs = 20_000;

/** The same for places among all: neither a trip nor a late timer may waste a part of the quota. */
const allHorizonMs = 500;

/**
 * The rate holds in a second, and its quarter in a quarter of one: many at once would come in a burst of which a few,
 * delayed on their way, fall together with the next one's first.
 */
const slices = 4;

const timeLua = `
local function timeUs(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
`;

/**
 * Sliding windows: a message is booked for the first moment at which the chat's last one is `gap` ago, its twentieth
 * last a minute, the rate-th last of all a second. KEYS all, until, prefixes of both by chat; ARGV time, second, gap and
 * minute in µs, rate (0: no bound), per minute, horizons of chats and of all, then chat and whether it is a group. Answers µs for each: >= 0 to
 * go then, -1 - µs to ask again after them because of the chat, and with half a µs more because of all.
 */
const bookScript = {
  name: "lopsideBook",
  keys: 4,
  lua: `
${timeLua}
local all, untilAll, chatPrefix, untilPrefix = unpack(KEYS)
local given, second, gap, minute, rate, perMinute, chatHorizon, allHorizon = unpack(ARGV)
second, gap, minute, rate = tonumber(second), tonumber(gap), tonumber(minute), tonumber(rate)
perMinute, chatHorizon, allHorizon = tonumber(perMinute), tonumber(chatHorizon), tonumber(allHorizon)
local slice = math.max(1, math.floor(rate / ${slices}))
local now = timeUs(given)
local start = math.max(now, tonumber(redis.call('GET', untilAll) or 0))

local function after(list, index, span, at)
  local earlier = redis.call('LINDEX', list, index)
  return earlier and math.max(at, tonumber(earlier) + span) or at
end
local function note(list, at, length, span)
  redis.call('LPUSH', list, string.format('%d', at))
  redis.call('LTRIM', list, 0, length - 1)
  redis.call('PEXPIRE', list, math.ceil((at - now + span) / 1000) + 1000)
end

local answers = {}
for index = 9, #ARGV, 2 do
  local key, isGroup = chatPrefix .. ARGV[index], ARGV[index + 1] == '1'
  local at = math.max(start, tonumber(redis.call('GET', untilPrefix .. ARGV[index]) or 0))
  if gap > 0 then at = after(key, 0, gap, at) end
  if isGroup and perMinute > 0 then at = after(key, perMinute - 1, minute, at) end
  local isAll = at == start
  local isOpen = isAll and at - now <= allHorizon or at - now <= chatHorizon
  if rate > 0 then
    local place = after(all, rate - 1, second, after(all, slice - 1, slice * second / rate, at))
    at = math.floor(after(all, 0, 0, place))
    if isOpen and at - now > allHorizon then
      isOpen, isAll = false, true
    end
  end
  if not isOpen then
    answers[#answers + 1] = string.format('%.1f', now - at - 1 - (isAll and 0.5 or 0))
  else
    local isCounted = isGroup and perMinute > 0
    if gap > 0 or isCounted then note(key, at, isCounted and perMinute or 1, isCounted and minute or gap) end
    if rate > 0 then note(all, at, rate, second) end
    answers[#answers + 1] = string.format('%d', at - now)
  end
end
return answers
`,
};

/** KEYS all, prefix by chat; ARGV chats. */
const refundScript = {
  name: "lopsideRefund",
  keys: 2,
  lua: `
for _, chat in ipairs(ARGV) do
  redis.call('LPOP', KEYS[1])
  redis.call('LPOP', KEYS[2] .. chat)
end
`,
};

/** KEYS what is paused; ARGV time, µs. An end that is later already stays. */
const pauseScript = {
  name: "lopsidePause",
  keys: 1,
  lua: `
${timeLua}
local now = timeUs(ARGV[1])
local at = now + tonumber(ARGV[2])
if at > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%d', at), 'PX', math.ceil((at - now) / 1000) + 1000)
end
`,
};

/** KEYS prefix of minutes; ARGV limit. 1 when there were too many in ten minutes. */
const invalidScript = {
  name: "lopsideNoteInvalid",
  keys: 1,
  lua: `
local minute = math.floor(redis.call('TIME')[1] / 60)
local key = KEYS[1] .. minute
redis.call('INCR', key)
redis.call('EXPIRE', key, 660)
local sum = 0
for back = 0, 9 do sum = sum + tonumber(redis.call('GET', KEYS[1] .. (minute - back)) or 0) end
return sum >= tonumber(ARGV[1]) and 1 or 0
`,
};

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
  return {
    book: async (platform, limits, wishes) => {
      if (wishes.length === 0) return [];
      const { all, until, chat, chatUntil } = paceKeys(platform);
      const args = wishes.flatMap((wish) => [wish.chat, wish.isGroup ? "1" : "0"]);
      const answers = await book([all, until, chat, chatUntil], [time(), ...spans(limits, us), ...args]);
      return asList(answers).map((answer) => decodeBooking(asNumber(answer), us(allHorizonMs)));
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
