import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { once } from "node:events";
import type { LiquidationMap } from "../model/types.ts";
import { RecordingError } from "./table.ts";

/** A file of one map a line (`replay --maps`), written no faster than the disk takes it. */
export interface MapLines {
  /** A promise when the disk is behind: wait for it. Rejects when it can't be written. */
  readonly write: (map: LiquidationMap) => Promise<void> | undefined;
  readonly close: () => Promise<void>;
}

export async function openMapLines(path: string): Promise<MapLines> {
  const stream = createWriteStream(path, { highWaterMark: 1 << 20 });
  let failure: RecordingError | undefined;
  stream.on("error", (error) => {
    failure = new RecordingError(`${path} can't be written: ${reasonOf(error)}`);
  });
  const orFailure = async (waiting: Promise<unknown>): Promise<void> => {
    try {
      await waiting;
    } catch (error) {
      throw failure ?? error;
    }
  };
  await orFailure(once(stream, "open"));
  return {
    write: (map) => {
      if (failure !== undefined) throw failure;
      return stream.write(`${toLine(map)}\n`) ? undefined : orFailure(once(stream, "drain"));
    },
    close: async () => {
      stream.end();
      await orFailure(finished(stream));
    },
  };
}

const toLine = ({ time, symbol, markPrice, long, short }: LiquidationMap): string =>
  JSON.stringify({ time, symbol, markPrice, long, short });

function reasonOf(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOSPC") return "the disk is full; what was written so far is incomplete";
  if (code === "ENOENT") return "its folder is not there";
  return code === "EACCES" ? "this user may not write there" : error.message;
}
