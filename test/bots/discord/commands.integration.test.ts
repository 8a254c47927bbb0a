import { ChannelType, PermissionFlagsBits as bits } from "discord-api-types/v10";
import { describe, expect, test } from "vitest";
import { plainPng } from "../../support/png.ts";
import { aroundScenes, isPrivate, shown } from "./harness.ts";

const scene = aroundScenes();

describe("/imbalance and /map", () => {
  test.each(["imbalance", "map"])("/%s answers for all, with a picture and buttons", async (name) => {
    const { ask } = await scene();
    const { original, ackType } = await ask(name, { symbol: "btc" });
    expect(ackType).toBe(5);
    expect(isPrivate(original)).toBe(false);
    expect(original?.body.files.map(({ filename }) => filename)).toEqual(["BTC-map.png"]);
    for (const part of ["BTC", "attachment://BTC-map.png", "Refresh", "Why?", "Heatmap", "Subscribe"])
      expect(shown(original)).toContain(part);
  });

  test("a picture that can't be drawn costs only itself", async () => {
    const failed = { kind: "failed", reason: "crashed", message: "x" } as const;
    const none = async () => failed;
    const { ask } = await scene({ ports: { pictures: { map: none, heatmap: none, history: none } } });
    const { original } = await ask("imbalance", { symbol: "BTC" });
    expect(original?.body.files).toEqual([]);
    expect(shown(original)).toContain("Liquidation maps are not price predictions");
  });

  test("a picture that takes long comes after the words", async () => {
    let draw: (() => void) | undefined;
    const { server, manager, channel, answered } = await scene({
      ports: {
        pictures: {
          map: async () => {
            await new Promise<void>((resolve) => {
              draw = resolve;
            });
            return { kind: "picture", png: plainPng(16, 9), width: 16, height: 9, key: "k" };
          },
          heatmap: async () => ({ kind: "failed", reason: "busy", message: "x" }),
          history: async () => ({ kind: "failed", reason: "busy", message: "x" }),
        },
      },
    });
    const asked = server.driver.slashCommand({
      user: manager,
      channel,
      name: "map",
      options: { symbol: "BTC" },
    });
    await server.waitFor(() => (asked.original?.isLoading === false ? true : undefined));
    expect(shown(asked.original)).toContain("BTC");
    expect(asked.original?.body.files).toEqual([]);
    draw?.();
    await answered(asked);
    expect(asked.original?.body.files.map(({ filename }) => filename)).toEqual(["BTC-map.png"]);
  });

  test("Refresh changes the card in place, for anybody who presses it", async () => {
    const { ask, press, stranger } = await scene();
    const { original } = await ask("imbalance", { symbol: "BTC" });
    if (original === undefined) throw new Error("no answer");
    const pressed = await press(original, "🔄 Refresh", stranger);
    expect([pressed.ackType, original.history.length]).toEqual([6, 2]);
    expect(original.body.files).toHaveLength(1);
  });

  test("Why? is for who pressed it alone", async () => {
    const { ask, press, stranger } = await scene();
    const { original } = await ask("imbalance", { symbol: "BTC" });
    if (original === undefined) throw new Error("no answer");
    const pressed = await press(original, "❓ Why?", stranger);
    expect(isPrivate(pressed.original)).toBe(true);
    expect(shown(pressed.original)).toContain("Why BTC");
    expect(original.history).toHaveLength(1);
  });

  test("a wrong symbol is said to who typed it only, with what would work", async () => {
    const { ask } = await scene();
    const { original } = await ask("imbalance", { symbol: "DOGE <@1>" });
    expect(isPrivate(original)).toBe(true);
    expect(shown(original)).toContain("/imbalance symbol:BTC");
    expect(original?.body.allowedMentions).toEqual({ parse: [] });
  });

  test("works in direct messages, and where only the user has the bot", async () => {
    const { ask, server, manager } = await scene();
    const direct = server.driver.addDirectChannel(manager);
    expect(shown((await ask("imbalance", { symbol: "BTC" }, { channel: direct })).original)).toContain("BTC");
    const elsewhere = server.driver.addGuild("Elsewhere");
    server.driver.addMember(elsewhere, manager, bits.ManageGuild);
    const foreign = server.driver.addChannel(elsewhere);
    server.driver.removeBot(elsewhere);
    server.postInteractionsTo(undefined);
    const { original } = await ask("map", { symbol: "BTC" }, { channel: foreign });
    expect(shown(original)).toContain("BTC");
    const refused = await ask("subscribe", { symbol: "BTC", ratio: 2 }, { channel: foreign });
    expect(shown(refused.original)).toContain("permissions=274877959168");
  });
});

describe("/subscribe", () => {
  test("names exactly what is missing and saves nothing; then, with it, posts a real test alert", async () => {
    const { ask, server, channel, ports } = await scene();
    server.driver.setBotPermissions(channel, bits.ViewChannel | bits.SendMessages);
    const refused = await ask("subscribe", { symbol: "BTC", ratio: 2.5 });
    expect(isPrivate(refused.original)).toBe(true);
    for (const part of ["Embed Links", "Attach Files", `<#${channel.id}>`, "Edit Channel"])
      expect(shown(refused.original)).toContain(part);
    expect(shown(refused.original)).not.toContain("Send Messages");
    expect(await ports.destinations.get(`discord:${channel.id}`)).toBeUndefined();

    server.driver.setBotPermissions(
      channel,
      bits.ViewChannel | bits.SendMessages | bits.EmbedLinks | bits.AttachFiles,
    );
    const done = await ask("subscribe", { symbol: "BTC", ratio: 2.5 });
    expect(shown(done.original)).toContain("2.5×");
    expect(server.sent(channel.id).filter((each) => shown(each).includes("TEST"))).toHaveLength(1);
    expect(await ports.destinations.get(`discord:${channel.id}`)).toMatchObject({
      settings: { kind: "channel" },
      subscriptions: [{ symbol: "BTC", ratio: 2.5 }],
    });
  });

  const places: readonly [string, ChannelType][] = [
    ["a text channel", ChannelType.GuildText],
    ["an announcement channel", ChannelType.GuildAnnouncement],
  ];
  test.each(places)("sets up %s that is named", async (_, type) => {
    const { ask, server, guild, manager, ports } = await scene();
    const other = server.driver.addChannel(guild, { type });
    const { original } = await ask("subscribe", { symbol: "ETH", ratio: 3, channel: other });
    expect(shown(original)).toContain(`<#${other.id}>`);
    expect(server.sent(other.id)).toHaveLength(1);
    const record = await ports.destinations.get(`discord:${other.id}`);
    expect(record?.settings).toMatchObject({ guild: guild.id, owner: `discord:${manager.id}` });
  });

  test("sets up a thread and a forum's post, and refuses the forum itself", async () => {
    const { ask, server, guild, channel } = await scene();
    const thread = server.driver.addThread(channel, "alerts");
    await ask("subscribe", { symbol: "BTC", ratio: 2 }, { channel: thread });
    expect(server.sent(thread.id).some((each) => shown(each).includes("TEST"))).toBe(true);
    const forum = server.driver.addChannel(guild, { type: ChannelType.GuildForum });
    const post = server.driver.addThread(forum, "BTC");
    await ask("subscribe", { symbol: "BTC", ratio: 2 }, { channel: post });
    expect(server.sent(post.id).some((each) => shown(each).includes("TEST"))).toBe(true);
    const refused = await ask("subscribe", { symbol: "BTC", ratio: 2 }, { channel: forum });
    expect(shown(refused.original)).toContain("post of a forum");
  });

  test("keeps style and publishing, the latter only where it means something", async () => {
    const { ask, server, guild, channel, ports } = await scene();
    await ask("subscribe", { symbol: "BTC", ratio: 2, style: "embed", publish: true });
    const here = await ports.destinations.get(`discord:${channel.id}`);
    expect(here?.settings).toMatchObject({ style: "embed" });
    expect(here?.settings.crosspost).toBeUndefined();
    const news = server.driver.addChannel(guild, { type: ChannelType.GuildAnnouncement });
    await ask("subscribe", { symbol: "BTC", ratio: 2, publish: true, channel: news });
    expect((await ports.destinations.get(`discord:${news.id}`))?.settings.crosspost).toBe(true);
  });

  test("without a ratio asks for one, and a press sets it", async () => {
    const { ask, press, channel, ports } = await scene();
    const { original } = await ask("subscribe", { symbol: "BTC" });
    if (original === undefined) throw new Error("no answer");
    await press(original, "2.5×");
    expect((await ports.destinations.get(`discord:${channel.id}`))?.subscriptions).toMatchObject([
      { symbol: "BTC", ratio: 2.5 },
    ]);
    expect(original.history.length).toBeGreaterThan(1);
  });

  test("in direct messages needs no rights", async () => {
    const { ask, server, stranger, ports } = await scene();
    const direct = server.driver.addDirectChannel(stranger);
    await ask("subscribe", { symbol: "BTC", ratio: 2 }, { user: stranger, channel: direct });
    const record = await ports.destinations.get(`discord:${direct.id}`);
    expect(record).toMatchObject({ settings: { kind: "direct" }, subscriptions: [{ ratio: 2 }] });
    expect(server.sent(direct.id).filter((each) => shown(each).includes("TEST"))).toHaveLength(1);
  });

  test("is refused to those who don't manage the server, even past Discord's own hiding", async () => {
    const { ask, server, stranger, channel, ports } = await scene();
    const use = { user: stranger, channel, name: "subscribe", options: { symbol: "BTC", ratio: 2 } };
    expect(() => server.driver.slashCommand(use)).toThrow(/hidden/);
    const refused = await ask("subscribe", { symbol: "BTC", ratio: 2 }, { user: stranger });
    expect(shown(refused.original)).toContain("Manage Server");
    expect(await ports.destinations.get(`discord:${channel.id}`)).toBeUndefined();
  });
});

describe("what is typed", () => {
  test("is completed from what is watched, without waiting for anything", async () => {
    const { server, manager, channel } = await scene();
    const suggest = async (name: string, option: string, typed: string) => {
      const use = { user: manager, channel, name, options: { [option]: typed } };
      const typing = server.driver.autocomplete(use, option);
      return (await server.waitFor(() => typing.choices)).map(({ value }) => value);
    };
    expect(await suggest("imbalance", "symbol", "")).toEqual(["BTC", "ETH", "SOL"]);
    expect(await suggest("imbalance", "symbol", "bitcoin")).toEqual(["BTC"]);
    expect(await suggest("unsubscribe", "symbol", "a")).toEqual(["all"]);
    expect(await suggest("mute", "duration", "1")).toEqual(["1h", "1d"]);
    expect(await suggest("zone", "zone", "berlin")).toEqual(["Europe/Berlin"]);
    expect((await suggest("zone", "zone", "")).length).toBe(25);
  });

  test("is read by whom it was typed for: the user's language, or English", async () => {
    const { ask } = await scene();
    const { original } = await ask("privacy", {}, { locale: "xx-XX" });
    expect(shown(original)).toContain("Kept about this chat");
  });
});

describe("other languages", () => {
  test("commands are translated where Discord speaks ours", async () => {
    const { server } = await scene();
    const command = server.registry.find(undefined, "imbalance");
    const { description_localizations: said } = command ?? {};
    expect(said?.["es-ES"]).toBeDefined();
    expect(said?.["es-419"]).toBe(said?.["es-ES"]);
    expect(said?.["es-ES"]).not.toBe(command?.description);
  });

  test("answers for one are in that one's language, answers for all in the channel's", async () => {
    const { ask } = await scene();
    const spanish = { locale: "es-419" };
    expect(shown((await ask("privacy", {}, spanish)).original)).toContain("Se guarda");
    await ask("language", { language: "es" });
    expect(shown((await ask("map", { symbol: "BTC" })).original)).toContain("Actualizar");
    expect(shown((await ask("help")).original)).toContain("I watch");
  });

  test("the help names Discord's own permission, and no command of Telegram's", async () => {
    const { ask } = await scene();
    const help = shown((await ask("help")).original);
    expect(help).toContain("Manage Server");
    expect(help).not.toMatch(/administrators|forum|\/start/u);
  });
});
