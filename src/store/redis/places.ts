import { createHash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { chmod, lstat, mkdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { codeOf, messageOf, StoreError } from "../errors.ts";

/** sun_path has 108 bytes with its final zero on Linux, 104 elsewhere. */
const longestSocketPath = process.platform === "linux" ? 107 : 103;
/** The longest name of a socket that is made in a directory, `owner-PID-RANDOM.sock`. */
const longestSocketName = "/owner-4194304-00000000.sock".length;

export interface Places {
  /** DATA_DIR/redis, 0700: configuration and data. */
  readonly home: string;
  /** Where Redis listens; undefined when the path would be too long for a socket. */
  readonly socketPath: string | undefined;
  /** Where owners' sockets are: `home`, or a short directory of our own made from it. */
  readonly ownerDir: string;
}

/** Makes the directories under DATA_DIR, for nobody but us. Throws a StoreError where that isn't possible. */
export async function preparePlaces(dataDir: string): Promise<Places> {
  try {
    await mkdir(join(dataDir, "redis"), { recursive: true, mode: 0o700 });
    // by its real path, so that one directory under two names is still one
    const home = await realpath(join(dataDir, "redis"));
    await chmod(home, 0o700);
    const socketPath = join(home, "redis.sock");
    if (Buffer.byteLength(home) + longestSocketName <= longestSocketPath)
      return { home, socketPath, ownerDir: home };
    return {
      home,
      socketPath: Buffer.byteLength(socketPath) <= longestSocketPath ? socketPath : undefined,
      ownerDir: await shortDirectory(home),
    };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw notWritable(dataDir, error);
  }
}

export function notWritable(dataDir: string, error: unknown): StoreError {
  const full = codeOf(error) === "ENOSPC";
  return new StoreError(
    `${dataDir} cannot be written: ${messageOf(error)}`,
    full ? "The disk is full: free some space." : "Set DATA_DIR to a directory that this user may write to.",
  );
}

async function shortDirectory(home: string): Promise<string> {
  const hash = createHash("sha256").update(home).digest("hex").slice(0, 12);
  const directory = join(tmpdir(), `lopside-${process.getuid?.() ?? 0}-${hash}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(directory);
  // /tmp is everybody's: a directory that another user made there first is not for us
  if (uid !== process.getuid?.() || (mode & 0o77) !== 0)
    throw new StoreError(`${directory} belongs to somebody else.`, "Set DATA_DIR to a shorter path.");
  return directory;
}

/** Where an executable is on a PATH; undefined when it is nowhere. */
export function findExecutable(name: string, path: string): string | undefined {
  const candidates = path
    .split(delimiter)
    .filter((directory) => directory !== "")
    .map((directory) => join(directory, name));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
