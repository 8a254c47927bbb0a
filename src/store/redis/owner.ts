import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../errors.ts";

/** That this process, and no other, may use a directory. */
export interface Ownership {
  readonly release: () => Promise<void>;
}

type Standing = "candidate" | "owner" | "silent" | "gone";

interface Rival {
  readonly path: string;
  readonly name: string;
  readonly pid: string;
}

const namePattern = /^owner-(?<pid>\d+)-[0-9a-f]+\.sock$/;
/** An owner that was stopped (SIGSTOP) or is very busy says nothing, but its socket still takes connections. */
const answerMs = 2_000;

/**
 * Makes this process the one owner of `dataDir`, or throws a StoreError that names the other's pid.
 *
 * Each process that wants it listens on a socket of its own under a name that is never used again, so whatever
 * refuses connections belongs to the dead and may be removed: no stale file, no reused pid deceives it. Everybody
 * listens first and looks round then, so of two at least one sees the other. A candidate that sees an owner gives
 * way, and so does one that sees a candidate whose name comes before its own.
 */
export async function takeOwnership(dataDir: string, socketDir: string): Promise<Ownership> {
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  const name = `owner-${process.pid}-${randomBytes(4).toString("hex")}.sock`;
  let standing: "candidate" | "owner" = "candidate";
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy()).end(standing);
  });
  const path = join(socketDir, name);
  await listenAt(server, path);
  const release = async (): Promise<void> => {
    server.close();
    await rm(path, { force: true });
  };

  const other = await findOwner(socketDir, name);
  if (other !== undefined) {
    await release();
    throw inUse(dataDir, other.pid);
  }
  standing = "owner";
  server.unref();
  return { release };
}

/** Who has the directory, or is about to; undefined when it is ours. */
async function findOwner(socketDir: string, ownName: string): Promise<Rival | undefined> {
  for (const rival of await rivals(socketDir, ownName)) {
    for (;;) {
      const standing = await ask(rival);
      if (standing === "gone") break;
      // a candidate of a later name has seen us, or will, and give way; or it had looked before we came
      if (standing !== "candidate" || rival.name < ownName) return rival;
      await sleep(10);
    }
    await rm(rival.path, { force: true });
  }
  return undefined;
}

async function rivals(socketDir: string, ownName: string): Promise<readonly Rival[]> {
  const names = await readdir(socketDir);
  return names.toSorted().flatMap((name) => {
    const pid = namePattern.exec(name)?.groups?.["pid"];
    return pid === undefined || name === ownName ? [] : [{ name, pid, path: join(socketDir, name) }];
  });
}

async function ask({ path }: Rival): Promise<Standing> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let said = "";
    socket.setEncoding("utf8").setTimeout(answerMs, () => {
      resolve("silent");
      socket.destroy();
    });
    socket.on("data", (text: string) => {
      said += text;
    });
    // refused or missing: dead; reset after it was taken: alive a moment ago, so ask again
    socket.on("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "ECONNREFUSED" || error.code === "ENOENT" ? "gone" : "candidate");
    });
    socket.on("close", () => resolve(said === "owner" ? "owner" : "candidate"));
  });
}

// The name appears only once the socket listens, or another might find it refusing and take it for a dead one's.
async function listenAt(server: Server, path: string): Promise<void> {
  const unready = path.replace(/\.sock$/, ".new");
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(unready, () => {
      server.off("error", reject);
      resolve();
    });
  });
  await rename(unready, path);
}

function inUse(dataDir: string, pid: string): StoreError {
  return new StoreError(
    `${dataDir} is in use by another Lopside (process ${pid}).`,
    "Stop that one, give this one another DATA_DIR, or let both share one Redis with REDIS_URL.",
  );
}
