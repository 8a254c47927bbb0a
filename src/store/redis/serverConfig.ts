import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { codeOf } from "../errors.ts";
import type { Places } from "./places.ts";
import type { RedisEnd } from "./redisUrl.ts";

/** An embedded server is on a unix socket, or on the loopback with a password. */
export type EmbeddedEnd = Extract<RedisEnd, { kind: "socket" | "single" }>;

const configName = "redis.conf";

/** Everysec loses nothing when a process is killed, and a second when the machine goes down. */
const always = [
  "appendonly yes",
  "appendfsync everysec",
  "aof-load-truncated yes",
  "auto-aof-rewrite-min-size 16mb",
  'save ""',
  "maxmemory-policy noeviction",
  "daemonize no",
  "protected-mode yes",
];

/** A file that nobody else reads, because a password is in it where Redis listens on the loopback. */
export async function writeConfig(places: Places): Promise<{ configPath: string; end: EmbeddedEnd }> {
  const end = await newEnd(places);
  const configPath = join(places.home, configName);
  const lines = [`dir ${quoted(places.home)}`, ...listenLines(end), ...always];
  await writeFile(configPath, `${lines.join("\n")}\n`, { mode: 0o600 });
  return { configPath, end };
}

/** Where the server listens that was configured last, if one ever was: it may still run. */
export async function lastEnd(places: Places): Promise<EmbeddedEnd | undefined> {
  if (places.socketPath !== undefined) return { kind: "socket", path: places.socketPath };
  try {
    const text = await readFile(join(places.home, configName), "utf8");
    const port = /^port (\d+)$/m.exec(text)?.[1];
    const password = /^requirepass ([0-9a-f]+)$/m.exec(text)?.[1];
    if (port === undefined || password === undefined) return undefined;
    return loopback(Number(port), password);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function newEnd(places: Places): Promise<EmbeddedEnd> {
  if (places.socketPath !== undefined) return { kind: "socket", path: places.socketPath };
  return loopback(await freePort(), randomBytes(32).toString("hex"));
}

function loopback(port: number, password: string): EmbeddedEnd {
  return { kind: "single", host: "127.0.0.1", port, password, db: 0, tls: false };
}

function listenLines(end: EmbeddedEnd): readonly string[] {
  if (end.kind === "socket") return ["port 0", `unixsocket ${quoted(end.path)}`, "unixsocketperm 700"];
  return ["bind 127.0.0.1", `port ${end.port}`, `requirepass ${end.password ?? ""}`];
}

/** As redis.conf reads it: in quotes, with bytes that mean something there escaped. */
function quoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, String.raw`\$&`).replace(/\n/g, String.raw`\n`);
  return `"${escaped}"`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on the loopback");
  return address.port;
}
