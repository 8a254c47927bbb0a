import { mkdir, writeFile as write } from "node:fs/promises";
import { ExitError } from "./exit.ts";

/** Writes a file; what is wrong with its place is said in words. */
export async function writeFile(path: string, bytes: Uint8Array | string): Promise<void> {
  try {
    await write(path, bytes);
  } catch (error) {
    throw new ExitError(`${path} can't be written: ${reasonOf(error)}`);
  }
}

/** Makes a folder, and those above it, unless they are there. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new ExitError(`the folder ${path} can't be made: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "its folder is not there";
  if (code === "ENOSPC") return "the disk is full";
  if (code === "EACCES" || code === "EPERM") return "this user may not write there";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ENOTDIR" || code === "EEXIST") return "a file is in its way";
  return error instanceof Error ? error.message : String(error);
}
