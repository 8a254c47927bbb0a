import { ChannelType, PermissionFlagsBits as bits } from "discord-api-types/v10";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkDiscordChannels } from "../../../src/commands/checks/discordChannels.ts";
import { startDiscordServer, type DiscordServer } from "../../support/discord/server.ts";
import { defaultPermissions, type DiscordGuild } from "../../support/discord/world.ts";

let server: DiscordServer;
let guild: DiscordGuild;
beforeEach(async () => {
  server = await startDiscordServer();
  guild = server.driver.addGuild();
});
afterEach(async () => server.close());

async function look(...channels: readonly string[]) {
  const { apiUrl, token } = server;
  return checkDiscordChannels({ apiUrl, channels }, token);
}

test("channels that take alerts are one line, and nothing is posted to find out", async () => {
  const { driver } = server;
  const channel = driver.addChannel(guild);
  const channels = [
    channel,
    driver.addChannel(guild, { type: ChannelType.GuildAnnouncement }),
    driver.addThread(channel, "BTC"),
    driver.addDirectChannel(driver.addUser()),
  ];
  expect(await look(...channels.map(({ id }) => id))).toEqual([
    { level: "ok", message: "DISCORD_CHANNELS: 4 of 4 can be posted to" },
  ]);
  expect(server.calls.filter(({ route }) => !route.startsWith("GET "))).toEqual([]);
});

test("without any there is nothing to say", async () => {
  expect(await look()).toEqual([]);
});

describe("an alert would not come where", () => {
  const cases: readonly [string, () => string, RegExp, RegExp][] = [
    ["there is no such channel", () => "1160000000000000000", /Unknown Channel/, /Copy Channel ID/],
    [
      "the bot is not in the server",
      () => {
        const { id } = server.driver.addChannel(guild);
        server.driver.removeBot(guild);
        return id;
      },
      /Missing Access/,
      /Invite the bot/,
    ],
    [
      "it doesn't see the channel",
      () => server.driver.addChannel(guild, { botPermissions: bits.SendMessages }).id,
      /Missing Access/,
      /View Channel/,
    ],
    [
      "it may not write",
      () => server.driver.addChannel(guild, { botPermissions: bits.ViewChannel | bits.EmbedLinks }).id,
      /“Send Messages”, “Attach Files”/,
      /Permissions/,
    ],
    [
      "it may not write in threads",
      () => {
        const botPermissions = defaultPermissions & ~bits.SendMessagesInThreads;
        return server.driver.addThread(server.driver.addChannel(guild, { botPermissions }), "BTC").id;
      },
      /“Send Messages in Threads”/,
      /Permissions/,
    ],
    [
      "nobody can write",
      () => server.driver.addChannel(guild, { type: ChannelType.GuildVoice }).id,
      /no place for messages/,
      /text or announcement/,
    ],
  ];
  test.each(cases)("%s", async (_, entry, message, hint) => {
    const id = entry();
    const findings = await look(id);
    expect(findings).toEqual([
      { level: "error", message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    ]);
    expect(JSON.stringify(findings)).not.toContain(id);
  });
});

test("what Discord doesn't come to answering is unknown", async () => {
  const { id } = server.driver.addChannel(guild);
  await server.goDown();
  const findings = await look(id);
  await server.comeBack();
  expect(findings).toMatchObject([
    {
      level: "warning",
      message: expect.stringMatching(/^entry 1 of DISCORD_CHANNELS could not be looked at/),
    },
  ]);
});
