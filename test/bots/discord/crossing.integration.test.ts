import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PermissionFlagsBits as bits } from "discord-api-types/v10";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { SimulatedExchange } from "../../../src/sim/contracts.ts";
import { ensureBuilt, killChildren } from "../../support/child.ts";
import { startDiscordServer, type DiscordServer } from "../../support/discord/server.ts";
import { defaultPermissions, type DiscordMessage } from "../../support/discord/world.ts";
import { hasStarted, openExchange, startInstalled } from "../../support/installation.ts";
import { patient } from "../../support/patience.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { isPrivate, shown } from "./harness.ts";

describe("from /subscribe to the alert", () => {
  let dir: string;
  let exchange: SimulatedExchange;
  let redis: TestRedis;
  let server: DiscordServer;

  beforeAll(async () => {
    ensureBuilt();
    dir = await mkdtemp(join(tmpdir(), "lopside-discord-"));
    exchange = await openExchange();
  });
  beforeEach(async () => {
    redis = await startTestRedis({ tcp: true });
    server = await startDiscordServer();
  });
  afterEach(async () => {
    await killChildren();
    await Promise.all([server.close(), redis.stop()]);
  });
  afterAll(async () => {
    await exchange.close();
    await rm(dir, { recursive: true, force: true });
  });

  test("a crossing is told once, with buttons that work, however the gateway fares", async () => {
    const guild = server.driver.addGuild();
    const user = server.driver.addUser();
    server.driver.addMember(guild, user, defaultPermissions | bits.ManageGuild);
    const channel = server.driver.addChannel(guild);
    const child = await startInstalled({
      cwd: dir,
      env: {
        REDIS_URL: redis.url,
        VENUE_BASE_URL: exchange.baseUrl,
        ALERT_COOLDOWN: "30d",
        DISCORD_BOT_TOKEN: server.token,
        DISCORD_API_URL: server.apiUrl,
      },
    });
    await child.waitFor(hasStarted(child));
    await server.waitFor(() => server.gateway.sessions()[0]);
    const options = { symbol: "BTC", ratio: 1.1 };
    await server.waitFor(() => server.registry.find(guild.id, "subscribe"));
    const asked = server.driver.slashCommand({ user, channel, name: "subscribe", options });
    await server.waitFor(() => (asked.original?.isLoading === false ? true : undefined));
    server.gateway.kill();

    const alerts = (): readonly DiscordMessage[] =>
      server
        .sent(channel.id)
        .filter((each) => each.interactionId === undefined && !shown(each).includes("TEST"));
    await vi.waitFor(() => expect(alerts()).toHaveLength(1), patient);
    const [alert] = alerts();
    if (alert === undefined) throw new Error("no alert");
    expect(shown(alert)).toContain("Liquidation maps are not price predictions.");
    const pressed = server.driver.press(user, alert, "❓ Why?");
    await server.waitFor(() => (pressed.original?.isLoading === false ? true : undefined));
    expect([isPrivate(pressed.original), shown(pressed.original).includes("Why BTC")]).toEqual([true, true]);
    expect(alerts()).toHaveLength(1);
  });
});
