import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "../test/support/child.ts";
import type { Interaction } from "../test/support/discord/interactions.ts";
import { startDiscordServer, type DiscordServer } from "../test/support/discord/server.ts";
import { defaultPermissions } from "../test/support/discord/world.ts";
import { hasStarted } from "../test/support/installation.ts";
import { startTestRedis } from "../test/support/redis.ts";
import { printTable, quantile } from "./support/print.ts";

const perSecond = [20, 100];
const seconds = 5;
/** The first ones meet code that is not compiled yet, and connections that are not open. */
const warmUps = 50;

/**
 * How long people wait on Discord: /imbalance to a process with the role `discord`, at a steady rate, from the
 * dispatch by the gateway to the first answer and to the last. The stand-in for Discord has this process to itself.
 */
export async function run(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "lopside-bench-discord-"));
  const redis = await startTestRedis({ tcp: true });
  const server = await startDiscordServer();
  const child = startChild({
    args: ["start", "--roles", "discord"],
    env: { REDIS_URL: redis.url, DISCORD_BOT_TOKEN: server.token, DISCORD_API_URL: server.apiUrl },
    cwd: dir,
    cli: resolve("dist/cli.js"),
  });
  try {
    await child.waitFor(hasStarted(child));
    await server.waitFor(() => server.registry.find(undefined, "imbalance"));
    await server.waitFor(() => server.gateway.sessions()[0]);
    await ask(server, warmUps, 50);
    const rows = [];
    for (const rate of perSecond) {
      const waits = await ask(server, rate * seconds, rate);
      const of = (pick: (wait: Wait) => number, share: number): string =>
        `${Math.round(quantile(waits.map(pick), share))} ms`;
      rows.push([
        `${rate} commands a second`,
        of(({ first }) => first, 0.5),
        of(({ first }) => first, 0.99),
        of(({ whole }) => whole, 0.99),
      ]);
    }
    printTable([["", "first answer p50", "p99", "whole answer p99"], ...rows]);
  } finally {
    child.signal("SIGTERM");
    await child.exit;
    server.takeViolations();
    await Promise.all([server.close(), redis.stop(), rm(dir, { recursive: true, force: true })]);
  }
}

interface Wait {
  readonly first: number;
  readonly whole: number;
}

async function ask(server: DiscordServer, count: number, rate: number): Promise<readonly Wait[]> {
  const guild = server.driver.addGuild();
  const channel = server.driver.addChannel(guild);
  const user = server.driver.addUser();
  server.driver.addMember(guild, user, defaultPermissions);
  const asked: Interaction[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    await sleep(Math.max(0, startedAt + (index * 1_000) / rate - performance.now()));
    asked.push(server.driver.slashCommand({ user, channel, name: "imbalance", options: { symbol: "BTC" } }));
  }
  await server.waitFor(() => asked.every(({ original }) => original?.isLoading === false) || undefined);
  return asked.map(({ dispatchedAt, ackedAt, original }) => ({
    first: (ackedAt ?? Infinity) - dispatchedAt,
    whole: (original?.history.at(-1)?.editedAt ?? Infinity) - dispatchedAt,
  }));
}
