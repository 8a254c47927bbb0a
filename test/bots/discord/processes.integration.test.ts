import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PermissionFlagsBits as bits } from "discord-api-types/v10";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commands } from "../../../src/bots/shared/vocabulary.ts";
import { createDestinations } from "../../../src/store/destinations/destinations.ts";
import { ensureBuilt, killChildren, startChild, type Child } from "../../support/child.ts";
import { startDiscordServer, type DiscordServer } from "../../support/discord/server.ts";
import { defaultPermissions } from "../../support/discord/world.ts";
import { hasStarted } from "../../support/installation.ts";
import { freePort, startTestRedis, type TestRedis } from "../../support/redis.ts";
import { endLeases } from "../../support/takeOver.ts";

const names = commands.map(({ name }) => name);

describe("processes of an installation", () => {
  let dir: string;
  let redis: TestRedis;
  let server: DiscordServer;

  beforeAll(async () => {
    ensureBuilt();
    dir = await mkdtemp(join(tmpdir(), "lopside-discord-"));
  });
  beforeEach(async () => {
    redis = await startTestRedis({ tcp: true });
    server = await startDiscordServer();
  });
  afterEach(async () => {
    await killChildren();
    await Promise.all([server.close(), redis.stop()]);
  });
  afterAll(async () => rm(dir, { recursive: true, force: true }));

  const envOf = (): Record<string, string> => ({
    REDIS_URL: redis.url,
    SYMBOLS: "BTC",
    DISCORD_BOT_TOKEN: server.token,
    DISCORD_API_URL: server.apiUrl,
  });
  const start = async (roles: string, env: Record<string, string> = {}): Promise<Child> => {
    const child = startChild({ args: ["start", "--roles", roles], env: { ...envOf(), ...env }, cwd: dir });
    await child.waitFor(hasStarted(child));
    return child;
  };
  const connected = async (count: number): Promise<void> => {
    await server.waitFor(() => {
      const sessions = server.gateway.sessions().filter((session) => session.isConnected());
      return sessions.length === count || undefined;
    });
  };
  const set = () => {
    const guild = server.driver.addGuild();
    const user = server.driver.addUser();
    server.driver.addMember(guild, user, defaultPermissions | bits.ManageGuild);
    return { guild, user, channel: server.driver.addChannel(guild) };
  };

  test("one holds the gateway; when it is killed another takes over, and nothing is done twice", async () => {
    const { user, channel } = set();
    const first = await start("discord");
    await connected(1);
    await start("discord");
    first.signal("SIGKILL");
    await first.exit;
    await endLeases(await redis.connect());
    await server.waitFor(() => (server.gateway.identifies() === 2 ? true : undefined));
    await connected(1);
    const options = { symbol: "BTC", ratio: 2 };
    const asked = server.driver.slashCommand({ user, channel, name: "subscribe", options });
    await server.waitFor(() => (asked.original?.isLoading === false ? true : undefined));
    const record = await createDestinations(await redis.connect()).get(`discord:${channel.id}`);
    expect(record?.subscriptions).toHaveLength(1);
    // registered once, by whoever came first
    expect(server.registry.registrations.map((each) => each.names)).toEqual([names]);
  });

  test("one that is stopped hands over within seconds and leaves Discord politely", async () => {
    const first = await start("discord");
    await connected(1);
    const second = await start("discord");
    first.signal("SIGTERM");
    expect((await first.exit).code).toBe(0);
    await connected(1);
    expect(server.gateway.identifies()).toBe(2);
    second.signal("SIGTERM");
    expect((await second.exit).code).toBe(0);
    expect(server.gateway.sessions()).toEqual([]);
  });

  test("with a public key several serve commands by HTTP, and none holds the gateway", async () => {
    const { user, channel } = set();
    const ports = [await freePort(), await freePort()];
    const env = (port: number) => ({ DISCORD_PUBLIC_KEY: server.publicKey, HTTP_PORT: String(port) });
    await Promise.all(ports.map(async (port) => start("discord,http", env(port))));
    await server.waitFor(() => server.registry.find(undefined, "help"));
    for (const port of ports) {
      server.postInteractionsTo(`http://127.0.0.1:${port}/discord/interactions`);
      const asked = server.driver.slashCommand({ user, channel, name: "help" });
      await server.waitFor(() => (asked.original?.isLoading === false ? true : undefined));
    }
    expect(server.gateway.identifies()).toBe(0);
  });

  test("a public key without the role http is refused, with what to do", async () => {
    const env = { ...envOf(), DISCORD_PUBLIC_KEY: server.publicKey };
    const child = startChild({ args: ["start", "--roles", "discord"], env, cwd: dir });
    expect((await child.exit).code).toBe(1);
    expect(child.stderr()).toContain("start the role http beside discord");
  });

  test("deploy-commands registers for everybody or for one server, never both, and can be repeated", async () => {
    const { guild } = set();
    const deploy = async (...args: readonly string[]): Promise<string> => {
      const child = startChild({ args: ["discord", "deploy-commands", ...args], env: envOf(), cwd: dir });
      expect(await child.exit).toEqual({ code: 0, signal: null });
      return child.stdout();
    };
    const seen = (): readonly string[] => server.registry.visible(guild.id).map(({ name }) => name);
    expect(await deploy()).toContain("registered for everybody");
    expect(await deploy()).toContain("registered for everybody");
    expect(seen()).toEqual(names);
    expect(await deploy("--guild", guild.id)).toContain("removed for everybody");
    expect(seen()).toEqual(names);
    // a start keeps to where the operator put them
    await start("discord");
    await connected(1);
    expect(server.registry.list(undefined)).toEqual([]);
  });

  test("deploy-commands says what is wrong with a token or a server", async () => {
    const run = async (args: readonly string[], env: Record<string, string>): Promise<string> => {
      const all = { ...envOf(), ...env };
      const child = startChild({ args: ["discord", "deploy-commands", ...args], env: all, cwd: dir });
      expect((await child.exit).code).toBe(1);
      return child.stderr();
    };
    const wrong = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gwrong.wrongwrongwrongwrongwrongwrongwrong1";
    const said = await run([], { DISCORD_BOT_TOKEN: wrong });
    expect(said).toContain("DISCORD_BOT_TOKEN is not a token");
    expect(said).not.toContain(wrong);
    expect(await run(["--guild", "1500000000000000009"], {})).toContain("not in that server");
  });
});
