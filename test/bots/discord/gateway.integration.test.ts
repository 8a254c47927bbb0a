import { PermissionFlagsBits as bits } from "discord-api-types/v10";
import { afterEach, describe, expect, test } from "vitest";
import {
  openGateway,
  WrongTokenError,
  type Gateway,
  type GatewayEvents,
} from "../../../src/bots/discord/gateway.ts";
import { startDiscordServer, type DiscordOptions, type DiscordServer } from "../../support/discord/server.ts";
import { defaultPermissions } from "../../support/discord/world.ts";
import { spokenLog, type SpokenLog } from "../../support/spokenLog.ts";

describe("the connection to Discord's gateway", () => {
  test("tells of interactions as they come, and of what happens to servers and channels", async () => {
    const { server, heard } = await connect();
    const guild = server.driver.addGuild();
    const channel = server.driver.addChannel(guild);
    server.driver.announceGuild(guild);
    server.gateway.dispatch("INTERACTION_CREATE", { id: "7" }, guild.id);
    server.driver.setBotPermissions(channel, bits.ViewChannel);
    server.driver.deleteChannel(channel);
    server.driver.outage(guild, true);
    server.driver.outage(guild, false);
    server.driver.removeBot(guild);
    await server.waitFor(() => heard.find((each) => each.startsWith("left")));
    expect(heard).toEqual([
      `joined ${guild.id}`,
      `rights ${channel.id} ${defaultPermissions}`,
      "interaction 7",
      `rights ${channel.id} ${bits.ViewChannel}`,
      `deleted ${channel.id}`,
      `left ${guild.id}`,
    ]);
  });

  test("opens as many shards as Discord recommends, and hears of every server", async () => {
    let time = 1_795_351_200_000;
    const { server, heard } = await connect({ now: () => time, shards: 2 });
    expect(server.gateway.sessions().map(({ shard, shards }) => [shard, shards])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    const guilds = [0, 1].map((ms) => {
      time = 1_795_351_300_000 + ms;
      return server.driver.addGuild();
    });
    for (const { id } of guilds) server.gateway.dispatch("INTERACTION_CREATE", { id }, id);
    await server.waitFor(() => (heard.length === 2 ? true : undefined));
    expect(heard.toSorted()).toEqual(guilds.map(({ id }) => `interaction ${id}`));
  });

  const breaks: readonly [string, (server: DiscordServer) => void, number][] = [
    ["cut", (server) => server.gateway.kill(), 1],
    ["asked to reconnect", (server) => server.gateway.askToReconnect(), 1],
    ["told that its session is invalid but can be resumed", (server) => server.gateway.invalidate(true), 1],
    ["told that its session is over", (server) => server.gateway.invalidate(false), 2],
  ];
  test.each(breaks)("goes on after it was %s, and misses nothing", async (_, breakIt, identifies) => {
    const { server, heard } = await connect();
    const guild = server.driver.addGuild();
    const before = server.gateway.sessions()[0];
    breakIt(server);
    await server.waitFor(() => {
      const [session] = server.gateway.sessions();
      const isBack = (session?.resumes ?? 0) > 0 || (session !== undefined && session !== before);
      return isBack && session?.isConnected() === true ? true : undefined;
    });
    server.gateway.dispatch("INTERACTION_CREATE", { id: "8" }, guild.id);
    await server.waitFor(() => heard.find((each) => each === "interaction 8"));
    expect(server.gateway.identifies()).toBe(identifies);
  });

  test("says that a token is wrong", async () => {
    const server = await start({});
    const opening = openGateway({ token: "MTMw.x.y", apiUrl: server.apiUrl, events: deaf, log: spokenLog() });
    await expect(opening).rejects.toBeInstanceOf(WrongTokenError);
  });

  test("says when it is lost for good", async () => {
    const { server, gateway } = await connect();
    server.gateway.closeWith(4004);
    expect(await gateway.lost).toContain("4004");
  });

  test("is closed without a word: nothing reconnects", async () => {
    const { server, gateway, said } = await connect({ shards: 2 });
    await gateway.close();
    expect(server.gateway.sessions()).toEqual([]);
    expect(said.map(({ message }) => message)).toEqual(["connected to Discord"]);
  });

  test("asks for servers only: no members, no messages", async () => {
    const { server } = await connect();
    expect(server.gateway.sessions().map(({ intents }) => intents)).toEqual([1]);
  });
});

const deaf: GatewayEvents = {
  onInteraction: () => undefined,
  onGuildJoined: () => undefined,
  onGuildLeft: () => undefined,
  onChannelDeleted: () => undefined,
  onRights: () => undefined,
};

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function start(options: DiscordOptions): Promise<DiscordServer> {
  const server = await startDiscordServer(options);
  closers.push(server.close);
  return server;
}

interface Connected {
  readonly server: DiscordServer;
  readonly gateway: Gateway;
  /** What was told, in order. */
  readonly heard: readonly string[];
  readonly said: SpokenLog["said"];
}

async function connect(options: DiscordOptions = {}): Promise<Connected> {
  const server = await start(options);
  const heard: string[] = [];
  const events: GatewayEvents = {
    onInteraction: (payload) => heard.push(`interaction ${idIn(payload)}`),
    onGuildJoined: (guild) => heard.push(`joined ${guild}`),
    onGuildLeft: (guild) => heard.push(`left ${guild}`),
    onChannelDeleted: (channel) => heard.push(`deleted ${channel}`),
    onRights: (rights) => void heard.push(...rights.map((each) => `rights ${each.channel} ${each.granted}`)),
  };
  const log = spokenLog();
  const gateway = await openGateway({ token: server.token, apiUrl: server.apiUrl, events, log });
  closers.push(gateway.close);
  return { server, gateway, heard, said: log.said };
}

function idIn(payload: unknown): string {
  return typeof payload === "object" && payload !== null && "id" in payload ? String(payload.id) : "?";
}
