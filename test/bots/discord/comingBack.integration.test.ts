import { PermissionFlagsBits as bits } from "discord-api-types/v10";
import { expect, test, vi } from "vitest";
import { subscribe } from "../../../src/alerts/edits.ts";
import { createDiscordBot } from "../../../src/bots/discord/bot.ts";
import { openAnswering } from "../../../src/bots/discord/responder.ts";
import { followConfiguration } from "../../../src/roles/operator.ts";
import { defaultPermissions } from "../../support/discord/world.ts";
import { patient } from "../../support/patience.ts";
import { silentLog } from "../../support/redis.ts";
import { aroundScenes, connectBot, symbols, type Scene } from "./harness.ts";

const scene = aroundScenes();
const limits = { symbols, notionalsInUse: new Set<number>() };

const stateOf = async ({ ports, channel }: Scene): Promise<string | undefined> =>
  (await ports.destinations.get(`discord:${channel.id}`))?.disabled?.reason;

async function configured(): Promise<Scene> {
  const set = await scene();
  const operators = [`discord:${set.channel.id}`];
  await followConfiguration(set.ports.destinations, operators, { symbols: ["BTC"], ratio: 2 });
  return set;
}

test("a channel that the operator has configured goes on when the permission is given", async () => {
  const set = await configured();
  const { server, channel, ports } = set;
  server.driver.setBotPermissions(channel, bits.ViewChannel);
  await ports.destinations.disable(`discord:${channel.id}`, "Missing Permissions (50013)", 1);
  server.driver.setBotPermissions(channel, defaultPermissions);
  await vi.waitFor(async () => expect(await stateOf(set)).toBeUndefined(), patient);
});

test("and when its server adds the bot", async () => {
  const set = await configured();
  const { server, guild, channel, ports } = set;
  server.driver.removeBot(guild);
  await ports.destinations.disable(`discord:${channel.id}`, "Missing Access (50001)", 1);
  server.driver.addBot(guild);
  await vi.waitFor(async () => expect(await stateOf(set)).toBeUndefined(), patient);
});

test("a permission that is given while nobody is connected is seen by whoever connects next", async () => {
  const set = await scene({ isByHttp: true });
  const { server, guild, channel, ports } = set;
  const destination = `discord:${channel.id}`;
  const place = { destination, kind: "channel" as const, guild: guild.id };
  await ports.destinations.change(destination, subscribe(place, { symbol: "BTC", ratio: 2 }, limits));
  await ports.destinations.disable(destination, "Missing Permissions (50013)", 1);
  const answering = openAnswering({ apiUrl: server.apiUrl });
  await connectBot(server, createDiscordBot({ ports, answering, log: silentLog }), ports);
  await vi.waitFor(async () => expect(await stateOf(set)).toBeUndefined(), patient);
});

test("where Discord fails right then all of a server's channels stop, and the outbox tells the owners", async () => {
  const told: string[] = [];
  const set = await scene({
    ports: { tellStopped: async ({ destination }) => void told.push(destination) },
  });
  const { server, guild, channel, ports, manager } = set;
  const names = [channel, server.driver.addChannel(guild)].map(({ id }) => `discord:${id}`);
  const owner = `discord:${manager.id}`;
  for (const destination of names) {
    const place = { destination, kind: "channel" as const, guild: guild.id, owner };
    await ports.destinations.change(destination, subscribe(place, { symbol: "BTC", ratio: 2 }, limits));
  }
  server.faults.add({ kind: "status", status: 500, method: "POST /users/@me/channels", times: Infinity });
  server.driver.removeBot(guild);
  await vi.waitFor(() => expect(told.toSorted()).toEqual(names.toSorted()), patient);
});
