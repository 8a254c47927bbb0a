import { StoreError } from "../errors.ts";

interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

interface Login {
  readonly username?: string;
  readonly password?: string;
}

/** Where Redis is and how to log in there; what `connectRedis` takes. */
export type RedisEnd =
  | ({ readonly kind: "single"; readonly tls: boolean; readonly db: number } & RedisAddress & Login)
  | ({ readonly kind: "cluster"; readonly tls: boolean; readonly nodes: readonly RedisAddress[] } & Login)
  | ({
      readonly kind: "sentinel";
      readonly tls: boolean;
      readonly sentinels: readonly RedisAddress[];
      readonly masterName: string;
      readonly db: number;
      readonly sentinelPassword?: string;
    } & Login)
  | { readonly kind: "socket"; readonly path: string };

const redisPort = 6379;
const sentinelPort = 26379;

/** scheme://[user][:password@]host[:port][,…][/path][?query], which URL can't read when there are several hosts. */
const shape =
  /^(?<scheme>rediss?(?:\+sentinel)?):\/\/(?:(?<login>.*)@)?(?<hosts>[^/?@]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;

const forms =
  "REDIS_URL is one of redis://[user:password@]host[:port][/db], rediss://… for TLS, several such separated by " +
  "commas for Redis Cluster, redis+sentinel://[user:password@]host:port,host:port/masterName[/db].";

/**
 * REDIS_URL → where Redis is. Comma-separated nodes mean Cluster (one node and a comma, too). `?sentinelPassword=`
 * where the sentinels ask for one. Throws a StoreError that never repeats the URL, because a password may be in it.
 */
export function parseRedisUrl(url: string): RedisEnd {
  const parts = url.split(",").map((part) => part.trim());
  const first = parts[0] ?? "";
  // further nodes may repeat scheme and login; their hosts are all that counts
  const rest = parts.slice(1).map((part) => part.replace(/^rediss?:\/\/(?:.*@)?/, ""));
  const groups = shape.exec([first, ...rest].join(","))?.groups;
  if (groups === undefined) throw new StoreError("REDIS_URL cannot be read.", forms);

  const { scheme = "", hosts = "", path = "", query = "" } = groups;
  const tls = scheme.startsWith("rediss");
  const login = readLogin(groups["login"]);
  if (scheme.endsWith("+sentinel")) return sentinelEnd(hosts, path, query, { tls, ...login });
  if (hosts.includes(",")) {
    if (path !== "" && path !== "0") throw new StoreError("Redis Cluster has database 0 only.", forms);
    return { kind: "cluster", tls, nodes: readHosts(hosts, redisPort), ...login };
  }
  return { kind: "single", tls, db: readDb(path), ...readHost(hosts, redisPort), ...login };
}

const list = (addresses: readonly RedisAddress[]): string =>
  addresses.map(({ host, port }) => `${host}:${port}`).join(", ");

/** Where Redis is, in words for a log or an error: nothing secret in it. */
export function describeRedis(end: RedisEnd): string {
  if (end.kind === "socket") return end.path;
  if (end.kind === "single") return list([end]);
  if (end.kind === "cluster") return `the cluster at ${list(end.nodes)}`;
  return `${end.masterName} of the sentinels at ${list(end.sentinels)}`;
}

function sentinelEnd(
  hosts: string,
  path: string,
  query: string,
  rest: Login & { readonly tls: boolean },
): RedisEnd {
  const [masterName = "", db = ""] = path.split("/");
  if (masterName === "") throw new StoreError("REDIS_URL names sentinels but no master.", forms);
  const sentinelPassword = new URLSearchParams(query).get("sentinelPassword");
  return {
    kind: "sentinel",
    sentinels: readHosts(hosts, sentinelPort),
    masterName,
    db: readDb(db),
    ...(sentinelPassword !== null && { sentinelPassword }),
    ...rest,
  };
}

function readHosts(hosts: string, defaultPort: number): readonly RedisAddress[] {
  return hosts
    .split(",")
    .filter((host) => host !== "")
    .map((host) => readHost(host, defaultPort));
}

function readHost(text: string, defaultPort: number): RedisAddress {
  const match = /^(?:\[(?<v6>[0-9a-fA-F:]+)\]|(?<name>[^:[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
  const host = match?.["v6"] ?? match?.["name"];
  const port = Number(match?.["port"] ?? defaultPort);
  if (host === undefined || port < 1 || port > 65_535)
    throw new StoreError("A host or port in REDIS_URL cannot be read.", forms);
  return { host, port };
}

function readDb(text: string): number {
  if (!/^\d{0,4}$/.test(text)) throw new StoreError("The database in REDIS_URL is not a number.", forms);
  return Number(text);
}

function readLogin(login: string | undefined): Login {
  if (login === undefined) return {};
  const [username = "", ...password] = login.split(":");
  return {
    ...(username !== "" && { username: decode(username) }),
    ...(password.length > 0 && { password: decode(password.join(":")) }),
  };
}

// a password with a bare % in it is meant as it stands
function decode(text: string): string {
  return /%(?![0-9A-Fa-f]{2})/.test(text) ? text : decodeURIComponent(text);
}
