import { PermissionFlagsBits as bits } from "discord-api-types/v10";
import { describe, expect, test, vi } from "vitest";
import { createDiscordBot } from "../../../src/bots/discord/bot.ts";
import { openAnswering } from "../../../src/bots/discord/responder.ts";
import { referenceImbalance } from "../../alerts/examples.ts";
import type { Interaction } from "../../support/discord/interactions.ts";
import { defaultPermissions } from "../../support/discord/world.ts";
import { patient } from "../../support/patience.ts";
import { silentLog } from "../../support/redis.ts";
import { aroundScenes, connectBot, isPrivate, shown, type Scene } from "./harness.ts";

const scene = aroundScenes();

const recordOf = async ({ ports, channel }: Scene) => ports.destinations.get(`discord:${channel.id}`);

async function subscribed(): Promise<Scene> {
  const set = await scene();
  await set.ask("subscribe", { symbol: "BTC", ratio: 2 });
  return set;
}

describe("what happens to servers and channels", () => {
  test("removed from a server, its alerts stop and are kept; added again, they go on", async () => {
    const set = await subscribed();
    set.server.driver.removeBot(set.guild);
    await vi.waitFor(async () => {
      expect((await recordOf(set))?.disabled?.reason).toBe("I was removed from the server");
    }, patient);
    expect((await recordOf(set))?.subscriptions).toHaveLength(1);
    set.server.driver.addBot(set.guild);
    await vi.waitFor(async () => expect((await recordOf(set))?.disabled).toBeUndefined(), patient);
  });

  test("an outage of Discord's is no removal", async () => {
    const set = await subscribed();
    set.server.driver.outage(set.guild, true);
    set.server.driver.outage(set.guild, false);
    // events come in order: this one is behind them
    await set.ask("imbalance", { symbol: "BTC" });
    expect((await recordOf(set))?.disabled).toBeUndefined();
  });

  test("a deleted channel's alerts stop", async () => {
    const set = await subscribed();
    set.server.driver.deleteChannel(set.channel);
    await vi.waitFor(async () => {
      expect((await recordOf(set))?.disabled?.reason).toBe("the channel was deleted");
    }, patient);
  });

  test("a permission that was taken away stops them and is named; given back, they go on", async () => {
    const set = await subscribed();
    set.server.driver.setBotPermissions(set.channel, bits.ViewChannel);
    await vi.waitFor(async () => {
      expect((await recordOf(set))?.disabled?.reason).toBe("a permission is missing: Send Messages");
    }, patient);
    set.server.driver.setBotPermissions(set.channel, defaultPermissions);
    await vi.waitFor(async () => expect((await recordOf(set))?.disabled).toBeUndefined(), patient);
  });

  test("whoever set it up is told, once, and alerts stop all the same where they can't be", async () => {
    const set = await subscribed();
    const { server, manager, channel, guild } = set;
    server.driver.setBotPermissions(channel, bits.ViewChannel);
    const direct = server.driver.addDirectChannel(manager);
    await server.waitFor(() => server.sent(direct.id)[0]);
    const said = server.sent(direct.id).map(({ body }) => body.content);
    expect(said).toEqual([expect.stringContaining("a permission is missing: Send Messages")]);
    expect((await recordOf(set))?.disabled?.ownerTold).toBe(true);

    server.driver.setBotPermissions(channel, defaultPermissions);
    await vi.waitFor(async () => expect((await recordOf(set))?.disabled).toBeUndefined(), patient);
    manager.isClosed = true;
    server.driver.removeBot(guild);
    await vi.waitFor(async () => expect((await recordOf(set))?.disabled).toBeDefined(), patient);
    await set.bot.settled();
    expect(server.sent(direct.id)).toHaveLength(1);
  });

  test("one without which alerts are only plainer doesn't stop them", async () => {
    const set = await subscribed();
    set.server.driver.setBotPermissions(set.channel, defaultPermissions & ~bits.EmbedLinks);
    await set.ask("imbalance", { symbol: "BTC" });
    expect((await recordOf(set))?.disabled).toBeUndefined();
  });
});

describe("what goes wrong on the way", () => {
  test("the gateway cut in the middle: what was asked meanwhile is done once", async () => {
    const { server, manager, channel, answered, ...set } = await scene();
    server.gateway.kill();
    await server.waitFor(() => (server.gateway.sessions()[0]?.isConnected() === false ? true : undefined));
    const options = { symbol: "BTC", ratio: 2 };
    const asked = server.driver.slashCommand({ user: manager, channel, name: "subscribe", options });
    await answered(asked);
    expect(server.gateway.identifies()).toBe(1);
    expect(server.sent(channel.id).filter((each) => shown(each).includes("TEST"))).toHaveLength(1);
    const record = await recordOf({ ...set, channel, server, manager, answered });
    expect(record?.subscriptions).toHaveLength(1);
  });

  test("two replicas that both hear it: one answers, and it is done once", async () => {
    const set = await scene();
    const { server, channel, manager, ports } = set;
    const answering = openAnswering({ apiUrl: server.apiUrl });
    const second = createDiscordBot({ ports, answering, log: silentLog });
    await connectBot(server, second, ports);
    const options = { symbol: "BTC", ratio: 2 };
    const asked = server.driver.slashCommand({ user: manager, channel, name: "subscribe", options });
    await set.answered(asked);
    await second.settled();
    expect(server.sent(channel.id).filter((each) => shown(each).includes("TEST"))).toHaveLength(1);
    expect((await recordOf(set))?.subscriptions).toHaveLength(1);
    expect(server.takeViolations().filter((each) => !each.includes("40060"))).toEqual([]);
  });

  const lost = [
    { kind: "acceptThenReset" },
    { kind: "resetBefore" },
    { kind: "acceptThenStatus", status: 502 },
  ] as const;
  test.each(lost)(
    "a first answer whose own answer is lost ($kind): done all the same, once",
    async (fault) => {
      const set = await scene();
      set.server.faults.add({ ...fault, method: callbackRoute });
      const asked = await set.ask("subscribe", { symbol: "BTC", ratio: 2 });
      expect(shown(asked.original)).toContain("Done.");
      expect((await recordOf(set))?.subscriptions).toHaveLength(1);
      set.server.takeViolations();
    },
  );

  test("an interaction that is over changes nothing", async () => {
    const set = await scene();
    const { server, manager, channel, bot } = set;
    server.faults.add({ kind: "delay", ms: 50, method: callbackRoute });
    const options = { symbol: "BTC", ratio: 2 };
    const asked = server.driver.slashCommand({ user: manager, channel, name: "subscribe", options });
    server.driver.expire(asked);
    await server.waitFor(() => server.calls.find((call) => call.route === callbackRoute)?.status);
    await bot.settled();
    expect(await recordOf(set)).toBeUndefined();
    expect(asked.ackedAt).toBeUndefined();
  });

  test("a global limit on Discord's side is waited for, and the answer still in time", async () => {
    const { server, ask } = await scene();
    const limit = { kind: "status", status: 429, retryAfterSeconds: 1, scope: "global" } as const;
    server.faults.add({ ...limit, method: callbackRoute });
    const asked = await ask("imbalance", { symbol: "BTC" });
    expect(shown(asked.original)).toContain("BTC");
    expect(
      server.calls.filter((call) => call.route === callbackRoute).map(({ isTooEarly }) => isTooEarly),
    ).toEqual([false, false]);
  });

  test("Redis away: said honestly, and nothing changed; back again: as before", async () => {
    const set = await scene();
    await set.redis.kill();
    const asked = await set.ask("subscribe", { symbol: "BTC", ratio: 2 });
    expect(shown(asked.original)).toContain("storage doesn't answer");
    const typing = set.server.driver.autocomplete(
      { user: set.manager, channel: set.channel, name: "map", options: { symbol: "e" } },
      "symbol",
    );
    await set.server.waitFor(() => typing.choices);
    await set.redis.start();
    await vi.waitFor(async () => {
      const again = await set.ask("subscribe", { symbol: "BTC", ratio: 2 });
      expect(shown(again.original)).toContain("Done.");
    }, patient);
  });

  test("Redis that hangs: said within the time a person waits", async () => {
    const never = new Promise<never>(() => undefined);
    const set = await scene({ ports: { imbalance: async () => never } });
    const { server, manager, channel } = set;
    const asked = server.driver.slashCommand({
      user: manager,
      channel,
      name: "imbalance",
      options: { symbol: "BTC" },
    });
    await server.waitFor(() => (asked.original?.isLoading === false ? true : undefined));
    expect(shown(asked.original)).toContain("storage doesn't answer");
  });

  test("twenty people at once are all answered, each told first that it is heard", async () => {
    let reads = 0;
    let early = 0;
    const asked: Interaction[] = [];
    const { server, channel, guild, bot } = await scene({
      // deadlines are for the benchmark: how fast this machine is says nothing here
      now: () => 1_795_351_200_000,
      ports: {
        imbalance: async (symbol) => {
          const heard = asked.filter(({ ackedAt }) => ackedAt !== undefined).length;
          reads += 1;
          if (reads > heard) early += 1;
          return { ...referenceImbalance, symbol };
        },
      },
    });
    for (let count = 0; count < 20; count += 1) {
      const user = server.driver.addUser();
      server.driver.addMember(guild, user, defaultPermissions);
      const use = { user, channel, name: "imbalance", options: { symbol: "BTC" } };
      asked.push(server.driver.slashCommand(use));
    }
    await server.waitFor(() => (asked.every(({ ackedAt }) => ackedAt !== undefined) ? true : undefined));
    await bot.settled();
    expect(asked.every(({ original }) => original?.isLoading === false)).toBe(true);
    expect([reads, early]).toEqual([20, 0]);
  });

  test("a command of an older version is answered with what to do", async () => {
    const { server, manager, channel, answered } = await scene();
    server.registry.upsert(undefined, { name: "watch", description: "of an older version" });
    const asked = server.driver.slashCommand({ user: manager, channel, name: "watch" });
    await answered(asked);
    expect(isPrivate(asked.original)).toBe(true);
    expect(shown(asked.original)).toContain("older version");
  });

  test("a message deleted while its button is worked on harms nobody", async () => {
    const { server, ask, press } = await scene();
    const { original } = await ask("imbalance", { symbol: "BTC" });
    if (original === undefined) throw new Error("no answer");
    server.faults.add({ kind: "delay", ms: 50, method: callbackRoute });
    const pressing = press(original, "🔄 Refresh");
    server.driver.deleteMessage(original);
    await pressing;
    expect(server.sent()).toEqual([]);
  });
});

const callbackRoute = "POST /interactions/:id/:token/callback";
