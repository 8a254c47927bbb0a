import { REST } from "@discordjs/rest";
import { ApplicationIntegrationType } from "discord-api-types/v10";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { slashCommands } from "../../../src/bots/discord/commands.ts";
import { register, registeredScope, type Registration } from "../../../src/bots/discord/registration.ts";
import { commands } from "../../../src/bots/shared/vocabulary.ts";
import { createSlashCommandMemory } from "../../../src/store/slashCommands.ts";
import { startDiscordServer, type DiscordServer } from "../../support/discord/server.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";

const forEverybody = { scope: "global", isForced: false } as const;
const names = commands.map(({ name }) => name);

describe("the commands are registered", () => {
  let redis: TestRedis;
  let server: DiscordServer;
  let registration: Registration;

  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterAll(async () => redis.stop());
  beforeEach(async () => {
    await (await redis.connect()).flushdb();
    server = await startDiscordServer();
    const rest = new REST({ api: server.apiUrl, version: "10" }).setToken(server.token);
    registration = {
      rest,
      applicationId: server.applicationId,
      memory: createSlashCommandMemory(await redis.connect()),
    };
  });
  afterEach(async () => server.close());

  const seenIn = (guild: string | undefined): readonly string[] =>
    server.registry.visible(guild).map(({ name }) => name);

  test("as Discord allows them, all of the vocabulary in one overwrite", async () => {
    expect(await register(registration, slashCommands(), forEverybody)).toEqual({ written: ["global"] });
    expect(server.registry.registrations.map((each) => each.names)).toEqual([names]);
  });

  test("once: again only when something changed or the operator asks for it", async () => {
    const list = slashCommands();
    await register(registration, list, forEverybody);
    expect(await register(registration, list, forEverybody)).toEqual({ written: [] });
    expect(await register(registration, list, { ...forEverybody, isForced: true })).toEqual({
      written: ["global"],
    });
    expect(await register(registration, list.slice(1), forEverybody)).toEqual({ written: ["global"] });
    expect(server.registry.registrations).toHaveLength(3);
  });

  test("never twice: for one server and not for everybody, or the other way round", async () => {
    const guild = server.driver.addGuild();
    await register(registration, slashCommands(), forEverybody);
    await register(registration, slashCommands(), { scope: { guild: guild.id }, isForced: true });
    expect(seenIn(guild.id)).toEqual(names);
    expect(seenIn(undefined)).toEqual([]);
    expect(await registeredScope(registration.memory)).toEqual({ guild: guild.id });
    await register(registration, slashCommands(), forEverybody);
    expect(seenIn(guild.id)).toEqual(names);
    expect(seenIn(undefined)).toEqual(names);
    expect(await registeredScope(registration.memory)).toBe("global");
  });

  test("also after the bot was removed from the server it was registered for", async () => {
    const guild = server.driver.addGuild();
    await register(registration, slashCommands(), { scope: { guild: guild.id }, isForced: true });
    server.driver.removeBot(guild);
    await register(registration, slashCommands(), forEverybody);
    expect(seenIn(undefined)).toEqual(names);
    expect([...(await registration.memory.read()).keys()]).toEqual(["global"]);
  });
});

test("settings are for those who manage the server, questions for everybody", () => {
  const list = slashCommands();
  const guarded = list.filter((each) => each.default_member_permissions === "32").map((each) => each.name);
  expect(guarded).toEqual(commands.filter(({ changes }) => changes).map(({ name }) => name));
  const everywhere = list
    .filter((each) => each.integration_types?.includes(ApplicationIntegrationType.UserInstall))
    .map((each) => each.name);
  expect(everywhere).toEqual(expect.arrayContaining(["imbalance", "map"]));
  expect(everywhere).not.toContain("subscribe");
});
