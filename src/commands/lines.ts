import { once } from "node:events";
import { createReadStream } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { ExitError } from "./exit.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "this user may not",
};

/** Longer than any line that somebody takes: of a longer one only its beginning is given. */
const longestLine = 100_000;

/** The lines of a file, or of stdin where it is called `-`. */
export async function* readLines(file: string): AsyncGenerator<string> {
  try {
    yield* linesOf(file === "-" ? process.stdin : createReadStream(file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new ExitError(`${file} can't be read: ${reasons[code] ?? (code || "it failed")}`);
  }
}

/** Not by readline, which keeps a line without an end until it is longer than a text can be. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of input.setEncoding("utf8")) {
    const lines = `${rest}${String(chunk)}`.split("\n");
    rest = (lines.pop() ?? "").slice(0, longestLine);
    for (const line of lines) yield wholeLine(line);
  }
  if (rest !== "") yield wholeLine(rest);
}

function wholeLine(line: string): string {
  return (line.endsWith("\r") ? line.slice(0, -1) : line).slice(0, longestLine);
}

/** One line, as fast as the reader takes them. */
export async function writeLine(output: Writable, line: string): Promise<void> {
  if (!output.write(`${line}\n`)) await once(output, "drain");
}
