import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";

const seen = z.object({
  posts: z.number(),
  refused: z.number(),
  /** Epoch ms. */
  firstAt: z.number(),
  lastAt: z.number(),
  chats: z.array(z.number()),
});

/** Somewhere to post to, in a process of its own, so that its CPU is nobody else's. */
export interface PostSink {
  readonly port: number;
  /** What it saw since the last time it was asked. */
  readonly seen: () => Promise<z.infer<typeof seen>>;
  readonly stop: () => Promise<void>;
}

/** `perSecond` 0 allows any number; `speed`: how many times as fast as real time its second runs. */
export async function startPostSink({ perSecond = 0, speed = 1 } = {}): Promise<PostSink> {
  // bench/run.mjs works in the project's root
  const script = resolve("bench/support/sinkServer.mjs");
  const child = spawn(process.execPath, [script, String(perSecond), String(speed)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const port = Number(line);
  return {
    port,
    seen: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/reset`);
      return seen.parse(await answer.json());
    },
    stop: async () => {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}
