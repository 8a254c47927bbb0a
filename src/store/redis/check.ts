import { Cluster } from "ioredis";
import type { Redis } from "ioredis";
import { queuePrefix } from "../../worker/contracts.ts";
import { messageOf } from "../errors.ts";
import { schemaKey } from "../keys.ts";
import type { RedisClient } from "./script.ts";

/** One line of what start and doctor say about Redis. An "error" means Lopside must not run on it. */
export interface RedisFinding {
  readonly level: "ok" | "warning" | "error";
  readonly message: string;
  readonly hint?: string;
}

/** BullMQ's own minimum for all that it does; older ones lack commands and scripts it uses. */
const neededVersion = { major: 6, minor: 2 };

/**
 * Role, version, eviction and persistence of the server, of each master of a cluster, and whether its user may do what
 * Lopside does. It reads INFO, which managed services allow where they forbid CONFIG; what can't be read is a warning.
 */
export async function checkRedis(client: RedisClient): Promise<readonly RedisFinding[]> {
  const nodes: readonly Redis[] = client instanceof Cluster ? client.nodes("master") : [client];
  const findings = await Promise.all(nodes.map(async (node) => checkNode(node)));
  return [...findings.flat(), ...(await checkRights(client))];
}

async function checkNode(node: Redis): Promise<readonly RedisFinding[]> {
  try {
    const info = parseInfo(await node.info());
    return [...checkRole(info), checkVersion(info), checkEviction(info), checkPersistence(info)];
  } catch (error) {
    if (isForbidden(error)) return [forbidden(error)];
    return [
      {
        level: "warning",
        message: `Redis doesn't let its settings be read: ${messageOf(error)}`,
        hint: "Make sure yourself: version 6.2 or newer, maxmemory-policy noeviction, append-only file on.",
      },
    ];
  }
}

/** All that is done is scripts over two families of keys, and the queues' own commands beside them. */
async function checkRights(client: RedisClient): Promise<readonly RedisFinding[]> {
  try {
    for (const key of [schemaKey, `${queuePrefix}:rights`])
      await client.eval("return redis.call('EXISTS', KEYS[1])", 1, key);
    return [];
  } catch (error) {
    // whatever else is wrong is said by who needs it
    return isForbidden(error) ? [forbidden(error)] : [];
  }
}

function isForbidden(error: unknown): boolean {
  return messageOf(error).includes("NOPERM");
}

function forbidden(error: unknown): RedisFinding {
  return {
    level: "error",
    message: `Redis doesn't let its user do what Lopside needs: ${messageOf(error)}`,
    hint: `Type: redis-cli ACL SETUSER NAME '~lopside:*' '~${queuePrefix}:*' '&*' +@all -@admin -@dangerous +info`,
  };
}

export type RedisInfo = ReadonlyMap<string, string>;

/** INFO's lines `name:value`. */
export function parseInfo(text: string): RedisInfo {
  return new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
}

/** A replica answers whatever is asked, and refuses all that would have to be kept. */
function checkRole(info: RedisInfo): readonly RedisFinding[] {
  if (info.get("role") !== "slave") return [];
  return [
    {
      level: "error",
      message: `this Redis is a replica of ${info.get("master_host")}:${info.get("master_port")}: nothing can be kept there`,
      hint: "Put its master into REDIS_URL, or the sentinels that know it: redis+sentinel://HOST:PORT,HOST:PORT/MASTER.",
    },
  ];
}

export function checkVersion(info: RedisInfo): RedisFinding {
  const version = info.get("redis_version");
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  if (version === undefined) return unread("version", "Lopside needs Redis 6.2 or newer.");
  const { major: needMajor, minor: needMinor } = neededVersion;
  if (major > needMajor || (major === needMajor && minor >= needMinor))
    return { level: "ok", message: `Redis ${version}` };
  return {
    level: "error",
    message: `Redis ${version} is too old: the queues (BullMQ) need ${needMajor}.${needMinor} or newer`,
    hint: "Upgrade the server, or unset REDIS_URL and let Lopside start its own.",
  };
}

export function checkEviction(info: RedisInfo): RedisFinding {
  const policy = info.get("maxmemory_policy");
  if (policy === undefined) return unread("maxmemory-policy", "It must be noeviction.");
  if (policy === "noeviction") return { level: "ok", message: "nothing is evicted (noeviction)" };
  return {
    level: "error",
    message: `maxmemory-policy is ${policy}: Redis may throw alerts and queues away when memory gets short`,
    hint:
      "Type: redis-cli CONFIG SET maxmemory-policy noeviction && redis-cli CONFIG REWRITE " +
      "(on a managed Redis, set maxmemory-policy = noeviction among its parameters).",
  };
}

export function checkPersistence(info: RedisInfo): RedisFinding {
  const appendOnly = info.get("aof_enabled");
  if (appendOnly === undefined) return unread("persistence", "The append-only file should be on.");
  if (appendOnly === "1") return { level: "ok", message: "append-only file is on" };
  return {
    level: "warning",
    message: "append-only file is off: alerts not yet delivered are lost when Redis stops",
    hint: "Type: redis-cli CONFIG SET appendonly yes && redis-cli CONFIG REWRITE",
  };
}

function unread(what: string, hint: string): RedisFinding {
  return { level: "warning", message: `Redis doesn't say its ${what}`, hint };
}
