import { bundlesLua } from "./bundles.ts";
import { type SymbolKeys, symbolKeys } from "./keys.ts";
import { defineScript, type RedisClient } from "./script.ts";

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
const mostAtOnce = 1_000;

/** What lies in the outbox for one destination. */
export interface WaitingRows {
  /** Takes out what waits for it. */
  readonly takeOut: (place: string, platform: string, destination: string) => Promise<void>;
  /** Whether anything was claimed and isn't settled. */
  readonly isClaimed: (place: string, platform: string, destination: string) => Promise<boolean>;
}

export function createWaitingRows(redis: RedisClient): WaitingRows {
  const unbundle = defineScript(redis, unbundleScript);
  const takeOutOfLane = async (keys: SymbolKeys, platform: string, lane: number, destination: string) => {
    const waiting = `${keys.outbox}${platform}:${lane}`;
    for await (const member of membersNaming(redis, waiting, destination)) {
      const names = bundledNames(member);
      if (names === undefined && isOf(member, destination)) await redis.zrem(waiting, member);
      if (names?.includes(destination) === true)
        await unbundle([waiting, keys.beyond + platform], [member, lane, destination]);
    }
  };
  return {
    takeOut: async (place, platform, destination) => {
      const keys = symbolKeys(place);
      const later = `${keys.outbox}${platform}:later`;
      // in the direction in which they move
      for await (const entry of membersNaming(redis, later, destination))
        if (isOf(entry, destination)) await redis.zrem(later, entry);
      await Promise.all(lanes.map(async (lane) => takeOutOfLane(keys, platform, lane, destination)));
    },
    isClaimed: async (place, platform, destination) => {
      const keys = symbolKeys(place);
      for await (const entry of membersNaming(redis, keys.claimed + platform, destination))
        if (isOf(entry, destination)) return true;
      const bundles = await redis.hvals(keys.bundles + platform);
      return bundles.some((names) => names.split("\n").includes(destination));
    },
  };
}

/** Members of a sorted set in which this text occurs. */
async function* membersNaming(redis: RedisClient, key: string, text: string): AsyncGenerator<string> {
  const pattern = `*${text.replaceAll(/[\\*?[\]^]/g, String.raw`\$&`)}*`;
  let cursor = "0";
  do {
    const [next, found] = await redis.zscan(key, cursor, "MATCH", pattern, "COUNT", mostAtOnce);
    yield* found.filter((_, index) => index % 2 === 0);
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
