import { REST } from "@discordjs/rest";
import { createPublicKey, verify } from "node:crypto";
import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  ChannelType,
  Client,
  ContainerBuilder,
  Events,
  GatewayIntentBits,
  MediaGalleryBuilder,
  MessageFlags,
  ModalBuilder,
  PermissionFlagsBits,
  Routes,
  SlashCommandBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
  type ChatInputCommandInteraction,
  type Interaction as LibraryInteraction,
} from "discord.js";
import { afterEach, describe, expect, it } from "vitest";
import { startDiscordServer, type DiscordOptions, type DiscordServer } from "./discord/server.ts";
import { listen, readBody, sendJson } from "./listener.ts";
import { plainPng } from "./png.ts";

describe("the Discord stand-in's REST API, spoken to by unmodified @discordjs/rest", () => {
  it("posts, edits and deletes a message with a picture", async () => {
    const { server, rest } = await start();
    const channel = server.driver.addChannel(server.driver.addGuild());
    const png = plainPng(640, 360);
    const embeds = [{ title: "BTC", image: { url: "attachment://map.png" } }];
    const files = [{ name: "map.png", data: png }];
    const created = await rest.post(Routes.channelMessages(channel.id), { body: { embeds }, files });
    const [message] = server.sent(channel.id);
    expect(created).toMatchObject({
      id: message?.id,
      attachments: [{ filename: "map.png", size: png.length }],
    });
    expect(message?.body.files[0]?.bytes.equals(png)).toBe(true);
    const path = Routes.channelMessage(channel.id, message?.id ?? "");
    await rest.patch(path, { body: { embeds: [{ title: "resolved" }] } });
    expect(message?.history).toHaveLength(1);
    expect(message?.body.embeds).toEqual([{ title: "resolved" }]);
    await rest.delete(path);
    expect(server.sent(channel.id)).toEqual([]);
    await expect(rest.get(path)).rejects.toMatchObject({ status: 404, code: 10_008 });
  });

  it("returns the earlier message for a nonce it saw minutes ago, and a new one later", async () => {
    let time = 1_795_351_200_000;
    const { server, rest } = await start({ now: () => time });
    const channel = server.driver.addChannel(server.driver.addGuild());
    const body = { content: "once", nonce: "a1b2c3", enforce_nonce: true };
    const first = await rest.post(Routes.channelMessages(channel.id), { body });
    expect(await rest.post(Routes.channelMessages(channel.id), { body })).toMatchObject({ id: idOf(first) });
    expect(server.sent(channel.id)).toHaveLength(1);
    await rest.post(Routes.channelMessages(channel.id), { body: { ...body, enforce_nonce: false } });
    expect(server.sent(channel.id)).toHaveLength(2);
    time += 10 * 60_000;
    await rest.post(Routes.channelMessages(channel.id), { body });
    expect(server.sent(channel.id)).toHaveLength(3);
    const long = { content: "x", nonce: "x".repeat(26), enforce_nonce: true };
    await expect(rest.post(Routes.channelMessages(channel.id), { body: long })).rejects.toThrow(
      /BASE_TYPE_MAX_LENGTH/,
    );
    server.takeViolations();
  });

  it("makes one message of a lost answer and a library retry only with a nonce", async () => {
    const { server } = await start();
    const retrying = new REST({ api: server.apiUrl, version: "10", retries: 1 }).setToken(server.token);
    const channel = server.driver.addChannel(server.driver.addGuild());
    for (const extra of [{}, { nonce: "n-1", enforce_nonce: true }]) {
      server.faults.add({ kind: "acceptThenStatus", status: 502 });
      await retrying.post(Routes.channelMessages(channel.id), {
        body: { content: JSON.stringify(extra), ...extra },
      });
    }
    expect(server.sent(channel.id).map((message) => message.body.content)).toEqual([
      "{}",
      "{}",
      '{"nonce":"n-1","enforce_nonce":true}',
    ]);
  });

  const bits = PermissionFlagsBits;
  const refusals: readonly [string, object, bigint, { status: number; code: number }][] = [
    ["a channel it cannot see", { content: "x" }, 0n, { status: 403, code: 50_001 }],
    ["a channel it may not write in", { content: "x" }, bits.ViewChannel, { status: 403, code: 50_013 }],
    [
      "embeds it may not embed",
      { embeds: [{ title: "x" }] },
      bits.ViewChannel | bits.SendMessages,
      { status: 403, code: 50_013 },
    ],
  ];
  it.each(refusals)("refuses %s", async (_, body, botPermissions, error) => {
    const { server, rest } = await start();
    const channel = server.driver.addChannel(server.driver.addGuild(), { botPermissions });
    await expect(rest.post(Routes.channelMessages(channel.id), { body })).rejects.toMatchObject(error);
    expect(server.invalidRequests()).toBe(1);
    expect(server.sent()).toEqual([]);
  });

  it("knows no deleted channel, and not the token of another bot", async () => {
    const { server, rest } = await start();
    const channel = server.driver.addChannel(server.driver.addGuild());
    server.driver.deleteChannel(channel);
    const posting = rest.post(Routes.channelMessages(channel.id), { body: { content: "x" } });
    await expect(posting).rejects.toMatchObject({ status: 404, code: 10_003 });
    const stranger = new REST({ api: server.apiUrl, version: "10" }).setToken("wrong");
    await expect(stranger.get(Routes.user())).rejects.toMatchObject({ status: 401 });
  });

  const manyFields = Array.from({ length: 26 }, (_, index) => ({ name: `${index}`, value: "v" }));
  const misuses: readonly [string, object, RegExp][] = [
    ["content over 2,000", { content: "x".repeat(2001) }, /content\[BASE_TYPE_MAX_LENGTH\]/],
    ["nothing", {}, /Cannot send an empty message/],
    [
      "an embed title over 256",
      { embeds: [{ title: "x".repeat(257) }] },
      /embeds\[0\].title\[BASE_TYPE_MAX_LENGTH\]/,
    ],
    ["26 embed fields", { embeds: [{ fields: manyFields }] }, /fields/],
    ["11 embeds", { embeds: Array.from({ length: 11 }, () => ({ title: "x" })) }, /embeds/],
    [
      "6,001 characters of embeds",
      { embeds: [{ description: "x".repeat(4000) }, { description: "x".repeat(2001) }] },
      /MAX_EMBED_SIZE_EXCEEDED/,
    ],
    [
      "six rows",
      { content: "x", components: [0, 1, 2, 3, 4, 5].map((n) => row(button(`b${n}`))) },
      /components/,
    ],
    [
      "six buttons in a row",
      { content: "x", components: [row(...[0, 1, 2, 3, 4, 5].map((n) => button(`b${n}`)))] },
      /components/,
    ],
    [
      "a custom id twice",
      { content: "x", components: [row(button("a"), button("a"))] },
      /COMPONENT_CUSTOM_ID_DUPLICATED/,
    ],
    [
      "a custom id over 100",
      { content: "x", components: [row(button("x".repeat(101)))] },
      /custom_id\[BASE_TYPE_MAX_LENGTH\]/,
    ],
    [
      "a label over 80",
      { content: "x", components: [row(button("a", "x".repeat(81)))] },
      /label\[BASE_TYPE_MAX_LENGTH\]/,
    ],
    ["V2 components without the flag", { components: [text("x")] }, /components/],
    [
      "content beside V2 components",
      { content: "x", ...v2([text("x")]) },
      /MESSAGE_CANNOT_USE_LEGACY_FIELDS/,
    ],
    [
      "41 components",
      v2(Array.from({ length: 41 }, () => text("x"))),
      /COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED/,
    ],
    [
      "4,001 characters of text",
      v2([text("x".repeat(2001)), text("x".repeat(2000))]),
      /DISPLAYABLE_TEXT_SIZE/,
    ],
    [
      "a picture that was not sent along",
      v2([{ type: 12, items: [{ media: { url: "attachment://map.png" } }] }]),
      /REFERENCED_ATTACHMENT_NOT_FOUND/,
    ],
    ["an unknown field", { content: "x", colour: 1 }, /UNRECOGNIZED_KEYS/],
  ];
  it.each(misuses)("refuses %s and remembers it", async (_, body, error) => {
    const { server, rest } = await start();
    const channel = server.driver.addChannel(server.driver.addGuild());
    const posting = rest.post(Routes.channelMessages(channel.id), { body });
    await expect(posting).rejects.toThrow(error);
    expect(server.sent()).toEqual([]);
    expect(server.takeViolations()).toHaveLength(1);
  });

  it("fails to close over a violation nobody took", async () => {
    const server = await startDiscordServer();
    const rest = new REST({ api: server.apiUrl, version: "10" }).setToken(server.token);
    const channel = server.driver.addChannel(server.driver.addGuild());
    await expect(rest.post(Routes.channelMessages(channel.id), { body: {} })).rejects.toThrow(/empty/);
    await expect(server.close()).rejects.toThrow(/empty message/);
  });

  it("limits by bucket, says so in headers, and can limit everything at once", async () => {
    const { server } = await start({ limits: { routeRequests: 2, routeWindowMs: 60_000 } });
    const rest = new REST({ api: server.apiUrl, version: "10", rejectOnRateLimit: ["/"] }).setToken(
      server.token,
    );
    const channel = server.driver.addChannel(server.driver.addGuild());
    const post = async (): Promise<unknown> =>
      rest.post(Routes.channelMessages(channel.id), { body: { content: "x" } });
    await post();
    await post();
    await expect(post()).rejects.toMatchObject({ limit: 2 });
    expect(server.sent(channel.id)).toHaveLength(2);
    // another process knows nothing of the first one's headers, and meets the limit itself
    const other = new REST({ api: server.apiUrl, version: "10", rejectOnRateLimit: ["/"] });
    other.setToken(server.token);
    const meeting = other.post(Routes.channelMessages(channel.id), { body: { content: "x" } });
    await expect(meeting).rejects.toMatchObject({ scope: "user", global: false });
    expect([server.sent(channel.id).length, server.calls.at(-1)?.status]).toEqual([2, 429]);
    server.faults.add({
      kind: "status",
      status: 429,
      retryAfterSeconds: 3,
      scope: "global",
      method: "GET /users/@me",
    });
    await expect(rest.get(Routes.user())).rejects.toMatchObject({ global: true });
  });

  it("crossposts in announcement channels only, and starts threads", async () => {
    const { server, rest } = await start();
    const guild = server.driver.addGuild();
    const news = server.driver.addChannel(guild, { type: ChannelType.GuildAnnouncement });
    const message = await rest.post(Routes.channelMessages(news.id), { body: { content: "news" } });
    await rest.post(Routes.channelMessageCrosspost(news.id, idOf(message)));
    expect(server.sent(news.id)[0]?.isCrossposted).toBe(true);
    const forum = server.driver.addChannel(guild, { type: ChannelType.GuildForum });
    const thread = await rest.post(Routes.threads(forum.id), {
      body: { name: "BTC", message: { content: "first" } },
    });
    await rest.post(Routes.channelMessages(idOf(thread)), { body: { content: "second" } });
    expect(server.sent(idOf(thread)).map((each) => each.body.content)).toEqual(["first", "second"]);
    const inForum = rest.post(Routes.channelMessages(forum.id), { body: { content: "x" } });
    await expect(inForum).rejects.toMatchObject({ code: 50_008 });
    server.takeViolations();
  });
});

describe("command registration", () => {
  it("overwrites a list, keeps ids, and shows doubles of guild and global", async () => {
    const { server, rest } = await start();
    const guild = server.driver.addGuild();
    const route = Routes.applicationCommands(server.applicationId);
    await rest.put(route, { body: [subscribe().toJSON()] });
    const [before] = server.registry.list(undefined);
    await rest.put(route, { body: [subscribe().toJSON(), ping().toJSON()] });
    expect(server.registry.list(undefined)[0]?.id).toBe(before?.id);
    expect(server.registry.registrations.map((each) => each.names)).toEqual([
      ["subscribe"],
      ["subscribe", "ping"],
    ]);
    await rest.put(Routes.applicationGuildCommands(server.applicationId, guild.id), {
      body: [ping().toJSON()],
    });
    expect(server.registry.visible(guild.id).map((each) => each.name)).toEqual(["subscribe", "ping", "ping"]);
  });

  const option = { type: 3, name: "symbol", description: "d" };
  const wrongs: readonly [string, object, RegExp][] = [
    ["an upper-case name", { name: "Ping", description: "d" }, /STRING_TYPE_REGEX/],
    [
      "a description over 100",
      { name: "ping", description: "x".repeat(101) },
      /description\[BASE_TYPE_MAX_LENGTH\]/,
    ],
    [
      "a required option after an optional one",
      { name: "ping", description: "d", options: [option, { ...option, name: "b", required: true }] },
      /options/,
    ],
    [
      "autocomplete beside choices",
      {
        name: "ping",
        description: "d",
        options: [{ ...option, autocomplete: true, choices: [{ name: "a", value: "a" }] }],
      },
      /options/,
    ],
    [
      "8,001 characters",
      { name: "ping", description: "d", options: bulkyOptions() },
      /APPLICATION_COMMAND_TOO_LARGE/,
    ],
  ];
  it.each(wrongs)("refuses %s", async (_, command, error) => {
    const { server, rest } = await start();
    const put = rest.put(Routes.applicationCommands(server.applicationId), { body: [command] });
    await expect(put).rejects.toThrow(error);
    expect(server.takeViolations()).toHaveLength(1);
  });
});

describe("the gateway and interactions, with an unmodified discord.js client", () => {
  it("logs in, is ready with its guilds, and answers a slash command in time", async () => {
    const { server, client } = await startClient(async (interaction) => {
      if (interaction.isChatInputCommand())
        await interaction.reply(`${interaction.options.getString("symbol") ?? ""} it is`);
    });
    const { guild, channel, user } = scene(server);
    expect(client.guilds.cache.get(guild.id)?.name).toBe(guild.name);
    const asked = server.driver.slashCommand({
      user,
      channel,
      name: "subscribe",
      options: { symbol: "BTC", ratio: 2.5 },
    });
    await server.waitFor(() => asked.original);
    expect(asked.original?.body.content).toBe("BTC it is");
    expect((asked.ackedAt ?? Number.POSITIVE_INFINITY) - asked.dispatchedAt).toBeLessThan(3000);
  });

  it("refuses an answer after three seconds and a second first answer", async () => {
    let time = 1_795_351_200_000;
    const errors: unknown[] = [];
    const { server } = await startClient(
      async (interaction) => {
        if (!interaction.isChatInputCommand()) return;
        if (interaction.options.getString("symbol") === "LATE") time += 3001;
        await interaction.reply("first").catch((error: unknown) => errors.push(error));
        if (interaction.options.getString("symbol") !== "TWICE") return;
        Object.assign(interaction, { replied: false });
        await interaction.reply("second").catch((error: unknown) => errors.push(error));
      },
      { now: () => time },
    );
    const { channel, user } = scene(server);
    server.driver.slashCommand({ user, channel, name: "subscribe", options: { symbol: "LATE" } });
    await server.waitFor(() => callbacks(server)[0]?.status);
    server.driver.slashCommand({ user, channel, name: "subscribe", options: { symbol: "TWICE" } });
    await server.waitFor(() => callbacks(server)[2]?.status);
    await server.waitFor(() => (errors.length === 2 ? true : undefined));
    expect(errors).toMatchObject([{ code: 10_062 }, { code: 40_060 }]);
    server.takeViolations();
  });

  it("defers, answers where it did, and follows up until the token dies", async () => {
    let time = 1_795_351_200_000;
    const held: ChatInputCommandInteraction[] = [];
    const { server } = await startClient(
      async (interaction) => {
        if (!interaction.isChatInputCommand()) return;
        await interaction.deferReply({ flags: MessageFlags.Ephemeral });
        time += 60_000;
        await interaction.editReply("done");
        await interaction.followUp("and more");
        held.push(interaction);
      },
      { now: () => time },
    );
    const { channel, user } = scene(server);
    const asked = server.driver.slashCommand({
      user,
      channel,
      name: "subscribe",
      options: { symbol: "BTC" },
    });
    const interaction = await server.waitFor(() => held[0]);
    expect([asked.ackType, asked.original?.body.content, asked.original?.body.flags]).toEqual([
      5,
      "done",
      64,
    ]);
    expect(asked.followups.map((each) => each.body.content)).toEqual(["and more"]);
    time += 15 * 60_000;
    await expect(interaction.editReply("late")).rejects.toMatchObject({ code: 50_027 });
  });

  it("carries buttons, menus, modals and autocomplete", async () => {
    const seen: string[] = [];
    const { server } = await startClient(async (interaction) => answerEverything(interaction, seen));
    const { channel, user } = scene(server);
    const typing = server.driver.autocomplete(
      { user, channel, name: "subscribe", options: { symbol: "B" } },
      "symbol",
    );
    await server.waitFor(() => typing.choices);
    expect(typing.choices).toEqual([{ name: "BTC", value: "BTC" }]);
    const asked = server.driver.slashCommand({
      user,
      channel,
      name: "subscribe",
      options: { symbol: "BTC" },
    });
    const message = await server.waitFor(() => asked.original);
    const pressed = server.driver.press(user, message, "Snooze");
    await server.waitFor(() => (message.history.length === 1 ? true : undefined));
    expect([pressed.ackType, message.body.content]).toEqual([7, "snoozed"]);
    const edit = server.driver.press(user, message, "v1:edit");
    await server.waitFor(() => edit.modal);
    const submitted = server.driver.submitModal(user, edit, { ratio: "2.5" });
    await server.waitFor(() => submitted.original);
    const chosen = server.driver.select(user, message, "v1:pick", ["b"]);
    await server.waitFor(() => chosen.original);
    expect(seen).toEqual(["press v1:snooze", "press v1:edit", "modal 2.5", "select b"]);
  });

  it("says what the app may do in a channel picked as an option, and hides commands as the client does", async () => {
    const permissions: (bigint | undefined)[] = [];
    const { server } = await startClient(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      permissions.push(interaction.appPermissions.bitfield);
      await interaction.reply("ok");
    });
    const { guild, channel } = scene(server);
    const guest = server.driver.addUser();
    server.driver.addMember(guild, guest, PermissionFlagsBits.ViewChannel);
    const use = { user: guest, channel, name: "subscribe", options: { symbol: "BTC" } };
    expect(() => server.driver.slashCommand(use)).toThrow(/hidden/);
    const asked = server.driver.slashCommand({ ...use, isForced: true });
    await server.waitFor(() => asked.original);
    expect(permissions).toEqual([channel.botPermissions]);
    expect(() => server.driver.slashCommand({ ...use, options: { ratio: 2 }, isForced: true })).toThrow(
      /required/,
    );
    expect(() =>
      server.driver.slashCommand({ ...use, options: { symbol: "BTC", ratio: 99 }, isForced: true }),
    ).toThrow(/above/);
  });

  it("shows a Components V2 container with its picture", async () => {
    const { server, client } = await startClient(async () => undefined);
    const { channel } = scene(server);
    const target = await client.channels.fetch(channel.id);
    if (target?.isSendable() !== true) throw new Error("not sendable");
    const container = new ContainerBuilder()
      .setAccentColor(0x22aa66)
      .addTextDisplayComponents(new TextDisplayBuilder().setContent("**BTC**"))
      .addMediaGalleryComponents(
        new MediaGalleryBuilder().addItems({ media: { url: "attachment://map.png" } }),
      );
    await target.send({
      flags: MessageFlags.IsComponentsV2,
      components: [container],
      files: [new AttachmentBuilder(plainPng(64, 64), { name: "map.png" })],
      allowedMentions: { parse: [] },
    });
    const [message] = server.sent(channel.id);
    expect(message?.body).toMatchObject({ flags: 1 << 15, content: "", allowedMentions: { parse: [] } });
    expect(message?.body.components).toMatchObject([
      { type: 17, components: [{ content: "**BTC**" }, { type: 12 }] },
    ]);
  });

  it("resumes after a cut without losing an interaction", async () => {
    const answered: string[] = [];
    const { server } = await startClient(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      answered.push(interaction.options.getString("symbol") ?? "");
      await interaction.reply("ok");
    });
    const { channel, user } = scene(server);
    server.gateway.kill();
    await server.waitFor(() => (server.gateway.sessions()[0]?.isConnected() === false ? true : undefined));
    const asked = server.driver.slashCommand({
      user,
      channel,
      name: "subscribe",
      options: { symbol: "MISSED" },
    });
    await server.waitFor(() => asked.original);
    expect(answered).toEqual(["MISSED"]);
    expect(server.gateway.sessions().map((session) => session.resumes)).toEqual([1]);
    expect(server.gateway.identifies()).toBe(1);
  });

  const breaks: readonly [string, (server: DiscordServer) => void][] = [
    ["the gateway closes with an error", (server) => server.gateway.closeWith(4000)],
    ["heartbeats are not acknowledged", (server) => server.gateway.acknowledge(false)],
  ];
  it.each(breaks)("resumes when %s", async (_, breakIt) => {
    const { server, client } = await startClient(async () => undefined, { heartbeatIntervalMs: 200 });
    const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
    breakIt(server);
    await resumed;
    server.gateway.acknowledge(true);
    expect(server.gateway.identifies()).toBe(1);
  });

  it("gives every replica that is connected the same interaction", async () => {
    const seen: string[] = [];
    const first = await startClient(async () => seen.push("first"));
    const second = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: first.server.apiUrl } });
    closers.push(async () => second.destroy());
    second.on(Events.InteractionCreate, () => seen.push("second"));
    const ready = new Promise((resolve) => second.once(Events.ClientReady, resolve));
    await second.login(first.server.token);
    await ready;
    const { channel, user } = scene(first.server);
    first.server.driver.slashCommand({ user, channel, name: "subscribe", options: { symbol: "BTC" } });
    await first.server.waitFor(() => (seen.length === 2 ? true : undefined));
    expect(seen.toSorted()).toEqual(["first", "second"]);
  });

  it("starts over when its session is invalid, and reconnects when asked", async () => {
    const { server, client } = await startClient(async () => undefined);
    const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
    server.gateway.askToReconnect();
    await resumed;
    const startedOver = new Promise((resolve) => client.once(Events.ShardReady, resolve));
    server.gateway.invalidate(false);
    await startedOver;
    expect(server.gateway.identifies()).toBe(2);
  });

  it("sends guilds to the shard they belong to", async () => {
    let time = 1_795_351_200_000;
    const { server, client } = await startClient(async () => undefined, { now: () => time }, 2);
    for (const milliseconds of [0, 1]) {
      time = 1_795_351_300_000 + milliseconds;
      server.driver.announceGuild(server.driver.addGuild(`born at ${milliseconds}`));
    }
    const bornAt = (name: string): unknown =>
      client.guilds.cache.find((guild) => guild.name === name)?.shardId;
    await server.waitFor(() => (bornAt("born at 0") === undefined ? undefined : bornAt("born at 1")));
    // (id >> 22) % shards: the millisecond decides
    expect([bornAt("born at 0"), bornAt("born at 1")]).toEqual([0, 1]);
    expect(server.gateway.sessions().map((session) => [session.shard, session.shards])).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  it("tells of guilds, channels and permissions that go", async () => {
    const { server, client } = await startClient(async () => undefined);
    const { guild, channel } = scene(server);
    const heard: string[] = [];
    client.on(Events.ChannelUpdate, () => heard.push("permissions"));
    client.on(Events.ChannelDelete, () => heard.push("channel"));
    client.on(Events.GuildUnavailable, () => heard.push("outage"));
    client.on(Events.GuildDelete, () => heard.push("guild"));
    const gone = new Promise((resolve) => client.once(Events.GuildDelete, resolve));
    server.driver.setBotPermissions(channel, PermissionFlagsBits.ViewChannel);
    server.driver.deleteChannel(channel);
    server.driver.outage(guild, true);
    server.driver.outage(guild, false);
    server.driver.removeBot(guild);
    await gone;
    expect(heard).toEqual(["permissions", "channel", "outage", "guild"]);
  });

  const closings: readonly [string, (server: DiscordServer) => Client, RegExp][] = [
    ["a wrong token", () => new Client({ intents: [GatewayIntentBits.Guilds] }), /invalid token/i],
    [
      "intents it was not granted",
      () => new Client({ intents: [GatewayIntentBits.GuildMembers] }),
      /intents/i,
    ],
  ];
  it.each(closings)("turns away %s", async (what, _, error) => {
    const { server } = await start();
    const intents = what === "a wrong token" ? [GatewayIntentBits.Guilds] : [GatewayIntentBits.GuildMembers];
    const client = new Client({ intents, rest: { api: server.apiUrl } });
    closers.push(async () => client.destroy());
    const token = what === "a wrong token" ? "MTMw.x.y" : server.token;
    await expect(client.login(token)).rejects.toThrow(error);
  });

  it("posts interactions over HTTP, signed, where an endpoint is set", async () => {
    const { server, rest } = await start();
    await rest.put(Routes.applicationCommands(server.applicationId), { body: [ping().toJSON()] });
    const key = Buffer.concat([
      Buffer.from("302a300506032b6570032100", "hex"),
      Buffer.from(server.publicKey, "hex"),
    ]);
    const publicKey = createPublicKey({ key, format: "der", type: "spki" });
    const endpoint = await listen(async (request, response) => {
      const body = await readBody(request);
      const timestamp = String(request.headers["x-signature-timestamp"]);
      const signature = Buffer.from(String(request.headers["x-signature-ed25519"]), "hex");
      const isGenuine = verify(
        undefined,
        Buffer.concat([Buffer.from(timestamp), body]),
        publicKey,
        signature,
      );
      sendJson(response, isGenuine ? 200 : 401, { type: 4, data: { content: "pong" } });
    });
    closers.push(endpoint.close);
    server.postInteractionsTo(`http://127.0.0.1:${endpoint.port}/interactions`);
    const user = server.driver.addUser();
    const channel = server.driver.addDirectChannel(user);
    const asked = server.driver.slashCommand({ user, channel, name: "ping" });
    await server.waitFor(() => asked.original);
    expect(asked.original?.body.content).toBe("pong");
  });
});

function row(...components: object[]): object {
  return { type: 1, components };
}

function button(customId: string, label = "b"): object {
  return { type: 2, style: 1, custom_id: customId, label };
}

function v2(components: object[]): object {
  return { flags: 1 << 15, components };
}

function text(content: string): object {
  return { type: 10, content };
}

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function start(options: DiscordOptions = {}): Promise<{ server: DiscordServer; rest: REST }> {
  const server = await startDiscordServer(options);
  closers.push(server.close);
  return { server, rest: new REST({ api: server.apiUrl, version: "10", retries: 0 }).setToken(server.token) };
}

type Handler = (interaction: LibraryInteraction) => Promise<unknown>;

/** A ready client in one guild with one channel, `/subscribe` registered. */
async function startClient(
  handle: Handler,
  options: DiscordOptions = {},
  shardCount = 1,
): Promise<{ server: DiscordServer; client: Client }> {
  const { server, rest } = await start(options);
  const admin = server.driver.addUser("admin");
  for (let count = 0; count < shardCount; count += 1) {
    const guild = server.driver.addGuild();
    server.driver.addChannel(guild);
    server.driver.addMember(guild, admin, PermissionFlagsBits.ManageGuild);
  }
  await rest.put(Routes.applicationCommands(server.applicationId), { body: [subscribe().toJSON()] });
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: server.apiUrl },
    shardCount,
  });
  closers.push(async () => client.destroy());
  client.on(Events.InteractionCreate, (interaction) => void handle(interaction));
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(server.token);
  await ready;
  return { server, client };
}

interface Place {
  readonly guild: ReturnType<DiscordServer["driver"]["addGuild"]>;
  readonly channel: ReturnType<DiscordServer["driver"]["addChannel"]>;
  readonly user: ReturnType<DiscordServer["driver"]["addUser"]>;
}

function scene(server: DiscordServer): Place {
  const [guild] = server.world.guilds.values();
  const [channel] = server.world.channels.values();
  const user = [...server.world.users.values()].find((each) => each.username === "admin");
  if (guild === undefined || channel === undefined || user === undefined) throw new Error("no scene");
  return { guild, channel, user };
}

function subscribe(): SlashCommandBuilder {
  const command = new SlashCommandBuilder().setName("subscribe").setDescription("Subscribe this channel");
  command.setDefaultMemberPermissions(PermissionFlagsBits.ManageGuild);
  command.addStringOption((option) =>
    option.setName("symbol").setDescription("What to watch").setRequired(true).setAutocomplete(true),
  );
  command.addNumberOption((option) =>
    option.setName("ratio").setDescription("From which ratio").setMinValue(1.1).setMaxValue(20),
  );
  return command;
}

function ping(): SlashCommandBuilder {
  return new SlashCommandBuilder().setName("ping").setDescription("Are you there?");
}

function bulkyOptions(): readonly object[] {
  const choices = Array.from({ length: 25 }, (_, index) => ({
    name: `${index}`.padEnd(100, "x"),
    value: `v${index}`,
  }));
  return ["a", "b", "c", "d"].map((name) => ({ type: 3, name, description: "d", choices }));
}

async function answerEverything(interaction: LibraryInteraction, seen: string[]): Promise<void> {
  if (interaction.isAutocomplete()) {
    await interaction.respond([{ name: "BTC", value: "BTC" }]);
  } else if (interaction.isChatInputCommand()) {
    const buttons = new ActionRowBuilder<ButtonBuilder>().addComponents(
      new ButtonBuilder().setCustomId("v1:snooze").setLabel("Snooze").setStyle(ButtonStyle.Secondary),
      new ButtonBuilder().setCustomId("v1:edit").setLabel("Edit").setStyle(ButtonStyle.Primary),
    );
    const menu = new StringSelectMenuBuilder()
      .setCustomId("v1:pick")
      .addOptions({ label: "A", value: "a" }, { label: "B", value: "b" });
    const menus = new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu);
    await interaction.reply({ content: "armed", components: [buttons, menus] });
  } else if (interaction.isButton()) {
    seen.push(`press ${interaction.customId}`);
    if (interaction.customId === "v1:snooze") await interaction.update({ content: "snoozed" });
    else await interaction.showModal(ratioModal());
  } else if (interaction.isModalSubmit()) {
    seen.push(`modal ${interaction.fields.getTextInputValue("ratio")}`);
    await interaction.reply({ content: "saved", flags: MessageFlags.Ephemeral });
  } else if (interaction.isStringSelectMenu()) {
    seen.push(`select ${interaction.values.join(",")}`);
    await interaction.deferUpdate();
  }
}

function ratioModal(): ModalBuilder {
  const input = new TextInputBuilder().setCustomId("ratio").setLabel("Ratio").setStyle(TextInputStyle.Short);
  const row = new ActionRowBuilder<TextInputBuilder>().addComponents(input);
  return new ModalBuilder().setCustomId("v1:modal").setTitle("Edit").addComponents(row);
}

function callbacks(server: DiscordServer): DiscordServer["calls"] {
  return server.calls.filter((call) => call.route === "POST /interactions/:id/:token/callback");
}

function idOf(created: unknown): string {
  if (typeof created !== "object" || created === null || !("id" in created)) throw new Error("no id");
  return String(created.id);
}
