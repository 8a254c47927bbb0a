import { run } from "@grammyjs/runner";
import type { Bot } from "grammy";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../ops/log.ts";
import { refusalOf, safeError } from "./failures.ts";

/** Set anew at every start, because Telegram remembers the last ones it was given. */
export const allowedUpdates = [
  "message",
  "channel_post",
  "callback_query",
  "my_chat_member",
  "inline_query",
] as const;

/** Real ms: a dead process is replaced after both, well within fifteen seconds. */
export const pollingLease = { ttlMs: 10_000, everyMs: 2_500 } as const;

/** Seconds a poll stays open. */
const pollSeconds = 30;
const retryMs = 1_000;
/** Updates worked on at once; alerts are sent by others and need their share of the machine. */
const concurrency = 50;
/** A stop waits this long for what is being answered. */
const drainMs = 3_000;

/**
 * Asks Telegram for updates until the signal aborts. Resolves early when somebody else polls with the same token
 * (409) or the token is refused; whoever called decides when to try again.
 */
export async function poll(bot: Bot, signal: AbortSignal, log: Log): Promise<void> {
  await bot.api.deleteWebhook();
  const handle = run(bot, {
    runner: {
      fetch: { timeout: pollSeconds, allowed_updates: allowedUpdates },
      // the library would print the error, and with it the address and the token
      silent: true,
      retryInterval: retryMs,
    },
    sink: { concurrency },
  });
  const stop = async (): Promise<void> => {
    if (handle.isRunning()) await handle.stop();
  };
  signal.addEventListener("abort", () => void stop(), { once: true });
  if (signal.aborted) await stop();
  try {
    await handle.task();
  } catch (error) {
    if (!signal.aborted) sayWhy(error, log);
  }
  await drained(handle.size);
}

function sayWhy(error: unknown, log: Log): void {
  const refusal = refusalOf(error);
  if (refusal?.code === 409) {
    log.warn(
      {},
      "another program asks for this Telegram bot's updates (409): stop it, or give each installation a bot of its own",
    );
    return;
  }
  log.warn(safeError(error), "asking Telegram for updates ended");
}

async function drained(size: () => number): Promise<void> {
  const until = performance.now() + drainMs;
  while (size() > 0 && performance.now() < until) await sleep(20);
}
