import type { PaceLimits, ReplyPace } from "../contracts/pace.ts";
import { paceKeys } from "../keys.ts";
import { asNumber } from "../redis/reply.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";

/** Of what a platform bears, answers use so much while alerts could use the rest at once. */
const answersShare = 0.6;
/** So much they may always use, even while alerts use all: the platforms bear more than we ask of them. */
const reservedShare = 0.2;
/** As in the pace of alerts: the rate holds in a second, and its quarter in a quarter of one. */
const slices = 4;

/**
 * An answer goes at once or not at all: nothing is booked ahead, or alerts would stand in line behind answers. It counts
 * in the windows that alerts are booked by, as if it came after what is booked already. KEYS all, until, answers, the
 * chat's own, its until; ARGV time (µs, "": Redis' own), second, gap and minute in µs, rate (0: no bound), per minute (0: it
 * is no group), and how many answers may be among the last: of a second, of a slice, of a minute, and of the answers'
 * own. Answers 0 to go, µs to ask again after, or -1 where the chat has had enough.
 */
const takeScript = {
  name: "lopsideTakeReply",
  keys: 5,
  lua: `
local all, untilAll, answers, chat, untilChat = unpack(KEYS)
local second, gap, minute, rate, perMinute = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local ofSecond, ofSlice, ofMinute, reserved = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
-- what stands further ahead is of a time that Redis' clock was set back from (paceScripts.ts)
local function placeIn(list, index)
  local place = tonumber(redis.call('LINDEX', list, index) or nil)
  return place and place <= now + 2 * second and place or nil
end
local function free(list, count, span)
  local earlier = placeIn(list, count - 1)
  return earlier and earlier + span or 0
end
local function note(list, at, length, span)
  at = math.max(at, placeIn(list, 0) or 0)
  redis.call('LPUSH', list, string.format('%d', at))
  redis.call('LTRIM', list, 0, length - 1)
  redis.call('PEXPIRE', list, math.ceil((at - now + span) / 1000) + 1000)
end

if tonumber(redis.call('GET', untilChat) or 0) > now then return -1 end
if perMinute > 0 and free(chat, ofMinute, minute) > now then return -1 end
local open = tonumber(redis.call('GET', untilAll) or 0)
if rate > 0 then
  local shared = math.max(free(all, ofSecond, second), free(all, ofSlice, second / ${slices}))
  open = math.max(open, math.min(shared, free(answers, reserved, second)))
end
if open > now then return math.ceil(open - now) end
if rate > 0 then
  note(all, now, rate, second)
  note(answers, now, reserved, second)
end
-- half a gap: whoever writes without a break must not keep alerts out of the chat
local at = math.floor(now - gap / 2)
if perMinute > 0 then note(chat, at, perMinute, minute) elseif gap > 0 then note(chat, at, 1, gap) end
return 0
`,
};

const usPerMs = 1_000;

export interface ReplyPaceOptions {
  /** Takes the place of Redis' clock, ms. */
  readonly now?: () => number;
}

export function createReplyPace(redis: RedisClient, { now }: ReplyPaceOptions = {}): ReplyPace {
  const take = defineScript(redis, takeScript);
  return {
    take: async (platform, limits, { chat, isGroup }) => {
      const keys = paceKeys(platform);
      const places = [keys.all, keys.until, keys.replies, keys.chat + chat, keys.chatUntil + chat];
      const time = now === undefined ? "" : Math.floor(now() * usPerMs);
      const answer = asNumber(await take(places, [time, ...sharesOf(limits, isGroup)]));
      if (answer < 0) return { kind: "full" };
      return answer === 0 ? { kind: "go" } : { kind: "wait", ms: answer / usPerMs };
    },
  };
}

function sharesOf({ perSecond, chatGapMs, groupPerMinute }: PaceLimits, isGroup: boolean): readonly number[] {
  const rate = Number.isFinite(perSecond) ? perSecond : 0;
  const perMinute = isGroup && Number.isFinite(groupPerMinute) ? groupPerMinute : 0;
  return [
    1_000 * usPerMs,
    chatGapMs * usPerMs,
    60_000 * usPerMs,
    rate,
    perMinute,
    share(rate, answersShare),
    share(Math.ceil(rate / slices), answersShare),
    share(perMinute, answersShare),
    share(rate, reservedShare),
  ];
}

function share(of: number, part: number): number {
  return Math.max(1, Math.floor(of * part));
}
