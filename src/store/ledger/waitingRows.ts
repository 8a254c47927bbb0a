import { bundlesLua } from "./bundles.ts";
import { type SymbolKeys, symbolKeys } from "../keys.ts";
import { defineScript, type RedisClient } from "../redis/script.ts";

/** Takes a destination out of a bundle that waits. KEYS lane, rows beyond; ARGV bundle, lane's number, destination. */
const unbundleScript = {
  name: "lopsideUnbundle",
  keys: 2,
  lua: `
${bundlesLua}
local score, rows, names, subject = redis.call('ZSCORE', KEYS[1], ARGV[1]), openBundle(ARGV[1])
if not score or not rows then return 0 end
local kept = {}
for name in string.gmatch(names, '[^\\n]+') do
  if name ~= ARGV[3] then kept[#kept + 1] = name end
end
redis.call('ZREM', KEYS[1], ARGV[1])
if #kept > 0 then redis.call('ZADD', KEYS[1], score, bundleOf(subject, #kept, table.concat(kept, '\\n'))) end
redis.call('HINCRBY', KEYS[2], ARGV[2], math.max(1, #kept) - rows)
return 1
`,
};

const lanes = [0, 1, 2] as const;

/** Members looked through at once: bundles name some forty destinations each, what is claimed or due later names one. */
const mostBundles = 32;
const mostEntries = 1_000;

/** What lies in the outbox for one destination. */
export interface WaitingRows {
  /** Takes out what waits for it since `until` (ms, of Redis' clock) or longer; of what is due later all. */
  readonly takeOut: (place: string, platform: string, destination: string, until: number) => Promise<void>;
  /** Whether anything was claimed and isn't settled. */
  readonly isClaimed: (place: string, platform: string, destination: string) => Promise<boolean>;
}

export function createWaitingRows(redis: RedisClient): WaitingRows {
  const unbundle = defineScript(redis, unbundleScript);
  const takeOutOfLane = async (
    { outbox, beyond }: SymbolKeys,
    platform: string,
    lane: number,
    { destination, until }: Wanted,
  ): Promise<void> => {
    const waiting = `${outbox}${platform}:${lane}`;
    for await (const { member, score } of membersNaming(redis, waiting, destination, mostBundles)) {
      if (score > until) continue;
      const names = bundledNames(member);
      if (names === undefined && isOf(member, destination)) await redis.zrem(waiting, member);
      if (names?.includes(destination) === true)
        await unbundle([waiting, beyond + platform], [member, lane, destination]);
    }
  };
  return {
    takeOut: async (place, platform, destination, until) => {
      const keys = symbolKeys(place);
      const later = `${keys.outbox}${platform}:later`;
      // in the direction in which they move
      for await (const { member } of membersNaming(redis, later, destination, mostEntries))
        if (isOf(member, destination)) await redis.zrem(later, member);
      const wanted = { destination, until };
      await Promise.all(lanes.map(async (lane) => takeOutOfLane(keys, platform, lane, wanted)));
    },
    isClaimed: async (place, platform, destination) => {
      const keys = symbolKeys(place);
      for await (const { member } of membersNaming(redis, keys.claimed + platform, destination, mostEntries))
        if (isOf(member, destination)) return true;
      const bundles = await redis.hvals(keys.bundles + platform);
      return bundles.some((names) => names.split("\n").includes(destination));
    },
  };
}

interface Wanted {
  readonly destination: string;
  readonly until: number;
}

/** Members of a sorted set in which this text occurs. */
async function* membersNaming(
  redis: RedisClient,
  key: string,
  text: string,
  atOnce: number,
): AsyncGenerator<{ readonly member: string; readonly score: number }> {
  const pattern = `*${text.replaceAll(/[\\*?[\]^]/g, String.raw`\$&`)}*`;
  let cursor = "0";
  do {
    const [next, found] = await redis.zscan(key, cursor, "MATCH", pattern, "COUNT", atOnce);
    for (let at = 0; at < found.length; at += 2)
      yield { member: found[at] ?? "", score: Number(found[at + 1]) };
    cursor = next;
  } while (cursor !== "0");
}

/** `subject|destination`, with lane and place in it before where it is no lane's. */
function isOf(member: string, destination: string): boolean {
  return member.endsWith(`|${destination}`);
}

/** Undefined for a row by itself (bundles.ts). */
function bundledNames(member: string): readonly string[] | undefined {
  return /^[^|]+\|\n\d+\n(.*)$/s.exec(member)?.[1]?.split("\n");
}
