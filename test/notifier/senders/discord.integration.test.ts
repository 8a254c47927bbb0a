import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { afterEach, describe, expect, it } from "vitest";
import type { Sender, SendResult } from "../../../src/notifier/contracts.ts";
import { createDiscordSender, verifyDiscordToken } from "../../../src/notifier/senders/discord.ts";
import type { Clock } from "../../../src/ops/clock.ts";
import { everyComponent } from "../../support/discord/components.ts";
import { startDiscordServer, type DiscordServer } from "../../support/discord/server.ts";
import type { DiscordChannel, DiscordMessage } from "../../support/discord/world.ts";
import { plainPng } from "../../support/png.ts";
import { alert, endOfAlert, itSendsLikeEverySender } from "./sender.contract.ts";

const aPicture = { kind: "picture", png: plainPng(16, 9), width: 16, height: 9, key: "k" } as const;

describe("the Discord sender", () => {
  itSendsLikeEverySender(async () => {
    const { server, sender, channel } = await open();
    return {
      sender,
      destination: `discord:${channel.id}`,
      received: () => server.sent().map((message) => plainText(message)),
      goDown: server.goDown,
    };
  });

  it("posts a container with an accent, mentions nobody, and asks for no right to embed", async () => {
    const { server, channel, post } = await open(
      clock,
      PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages,
    );
    await post(`discord:${channel.id}`);
    const { body } = server.sent(channel.id)[0] ?? {};
    expect(body?.components).toMatchObject([{ type: 17, accent_color: 0x2e_9e_6b }]);
    expect(body?.allowedMentions).toEqual({ parse: [] });
  });

  it("makes one message of two attempts at one delivery, and two of two deliveries", async () => {
    const { server, sender, channel } = await open();
    const request = { destination: `discord:${channel.id}`, message: alert, possibleRepeat: false };
    server.faults.add({ kind: "acceptThenReset" });
    const first = await sender.send({ ...request, idempotencyKey: "a".repeat(200) });
    const again = await sender.send({ ...request, idempotencyKey: "a".repeat(200), possibleRepeat: true });
    const other = await sender.send({ ...request, idempotencyKey: "b" });
    expect([first.kind, again.kind, other.kind]).toEqual(["unknown-outcome", "sent", "sent"]);
    expect(server.sent(channel.id)).toHaveLength(2);
  });

  it("publishes in announcement channels where asked to; what can't be published is there all the same", async () => {
    const { server, sender } = await open();
    const [guild] = server.world.guilds.values();
    if (guild === undefined) throw new Error("no server");
    const news = server.driver.addChannel(guild, { type: ChannelType.GuildAnnouncement });
    const request = { destination: `discord:${news.id}`, message: alert, possibleRepeat: false };
    const limit = { kind: "status", status: 429, retryAfterSeconds: 3_600 } as const;
    const sent = [];
    for (const [index, crosspost] of [true, undefined, true].entries()) {
      if (index === 2) server.faults.add({ ...limit, method: "POST /channels/:id/messages/:id/crosspost" });
      const wish = crosspost === true ? { crosspost } : {};
      sent.push((await sender.send({ ...request, ...wish, idempotencyKey: `${index}` })).kind);
    }
    expect(sent).toEqual(["sent", "sent", "sent"]);
    expect(server.sent(news.id).map(({ isCrossposted }) => isCrossposted)).toEqual([true, false, false]);
  });

  it("posts buttons, and an embed where that is the style", async () => {
    const { server, sender, channel } = await open();
    const buttons = [[{ label: "Why?", data: "signed" }]];
    const request = { destination: `discord:${channel.id}`, message: alert, possibleRepeat: false, buttons };
    await sender.send({ ...request, idempotencyKey: "a" });
    await sender.send({ ...request, idempotencyKey: "b", style: "embed" });
    const found = server
      .sent(channel.id)
      .map(({ body }) => [
        body.embeds.length,
        everyComponent(body.components).filter(({ node }) => node["custom_id"] === "signed").length,
      ]);
    expect(found).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  const styles = [undefined, "embed"] as const;
  it.each(styles.flatMap((posted) => styles.map((now) => ({ posted, now }))))(
    "puts newer words in a message's place, posted as $posted and edited as $now",
    async ({ posted, now }) => {
      const { server, sender, channel } = await open();
      const request = { destination: `discord:${channel.id}`, message: alert, picture: aPicture };
      const first = { ...request, possibleRepeat: false, idempotencyKey: "a" };
      const sent = await sender.send({ ...first, ...(posted !== undefined && { style: posted }) });
      const messageId = sent.kind === "sent" ? sent.messageId : "";
      const style = now === undefined ? {} : { style: now };
      const buttons = [[{ label: "Why?", data: "signed" }]];
      const newer = { ...request, message: { ...alert, headline: "BTC 3.9× lopsided up" }, buttons };
      for (const message of [newer, { ...newer, message: endOfAlert }]) {
        const edited = await sender.edit?.({ ...message, messageId, ...style });
        expect(edited).toEqual({ kind: "sent", messageId });
      }
      const [message] = server.sent(channel.id);
      expect(message?.history).toHaveLength(2);
      expect(JSON.stringify(message?.history[1]?.before)).toContain("3.9×");
      expect(JSON.stringify(message?.body)).toContain("has ended");
      expect(JSON.stringify(message?.body)).not.toContain("3.9×");
      expect(message?.body.embeds).toEqual([]);
      expect(message?.body.files).toEqual([]);
      expect(server.sent(channel.id)).toHaveLength(1);
      server.takeViolations();
    },
  );

  it("writes to a person, where the id is one's: what owners are told reaches them", async () => {
    const { server, post } = await open();
    const closed = server.driver.addUser();
    closed.isClosed = true;
    expect(await post(`discord:${closed.id}`)).toMatchObject({ kind: "rejected", disable: true });
    const user = server.driver.addUser();
    expect((await post(`discord:${user.id}`)).kind).toBe("sent");
    expect(server.sent(server.driver.addDirectChannel(user).id)).toHaveLength(1);
  });

  it("says that a message is gone, and that its channel may go on", async () => {
    const { server, sender, channel, post } = await open();
    const sent = await post(`discord:${channel.id}`);
    const [message] = server.sent(channel.id);
    if (message === undefined || sender.edit === undefined) throw new Error("nothing was sent");
    server.driver.deleteMessage(message);
    const messageId = sent.kind === "sent" ? sent.messageId : "";
    const edited = await sender.edit({ destination: `discord:${channel.id}`, message: alert, messageId });
    expect(edited).toMatchObject({ kind: "rejected", disable: false });
  });

  it("makes no sound where that is wished, in either style", async () => {
    const { server, sender, channel } = await open();
    const request = { destination: `discord:${channel.id}`, message: alert, possibleRepeat: false };
    await sender.send({ ...request, idempotencyKey: "a", silent: true });
    await sender.send({ ...request, idempotencyKey: "b", silent: true, style: "embed" });
    const noSound = 1 << 12;
    expect(server.sent(channel.id).map(({ body }) => body.flags & noSound)).toEqual([noSound, noSound]);
  });

  it.each([
    ["a picture it may not attach", { picture: aPicture }],
    ["an embed it may not embed", { style: "embed" as const }],
  ])("posts the words alone instead of %s", async (_, extra) => {
    const { server, sender, channel } = await open(
      clock,
      PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages,
    );
    const request = { destination: `discord:${channel.id}`, message: alert, possibleRepeat: false };
    const result = await sender.send({ ...request, ...extra, idempotencyKey: "a" });
    expect(result.kind).toBe("sent");
    const [message] = server.sent(channel.id);
    expect([message?.body.files, message?.body.embeds]).toEqual([[], []]);
    expect(server.sent(channel.id)).toHaveLength(1);
  });

  const bits = PermissionFlagsBits;
  const dead: readonly [string, (server: DiscordServer) => string, RegExp][] = [
    ["a channel it cannot see", (server) => channelWith(server, 0n), /Missing Access \(50001\)/],
    [
      "a channel it may not write in",
      (server) => channelWith(server, bits.ViewChannel),
      /Missing Permissions \(50013\)/,
    ],
    ["a channel that is gone", () => "discord:1303030303030303031", /Unknown Channel \(10003\)/],
    ["an address that is none", () => "discord:general", /not a Discord destination/],
  ];
  it.each(dead)("gives up on %s", async (_, destinationOf, reason) => {
    const { server, post } = await open();
    const result = await post(destinationOf(server));
    expect(result).toMatchObject({ kind: "rejected", disable: true, reason: expect.stringMatching(reason) });
  });

  it("says when a limited channel may be written to, for a bucket and for everything", async () => {
    for (const scope of ["user", "global", "shared"] as const) {
      const { server, channel, post } = await open();
      server.faults.add({ kind: "status", status: 429, retryAfterSeconds: 7, scope });
      const result = await post(`discord:${channel.id}`);
      expect(result).toMatchObject({ kind: "rate-limited" });
      expect("retryAt" in result ? result.retryAt - clock.now() : 0).toBeGreaterThanOrEqual(7000);
      expect(server.calls).toHaveLength(1);
    }
  });

  const lost = [
    ["a reset after the message", { kind: "acceptThenReset" }],
    ["a bad gateway", { kind: "acceptThenStatus", status: 502 }],
    ["no answer at all", { kind: "acceptThenHang" }],
  ] as const;
  it.each(lost)("doesn't know what became of a message after %s, and doesn't repeat it", async (_, fault) => {
    const { server, channel, post } = await open();
    server.faults.add(fault);
    expect(await post(`discord:${channel.id}`)).toMatchObject({ kind: "unknown-outcome" });
    expect(server.calls).toHaveLength(1);
  });

  it("goes on with a channel while another one's answer is missing", async () => {
    const { server, channel, post } = await open();
    const [guild] = server.world.guilds.values();
    if (guild === undefined) throw new Error("no guild");
    const hung = server.driver.addChannel(guild);
    server.faults.add({ kind: "acceptThenHang", target: hung.id });
    const slow = post(`discord:${hung.id}`);
    expect(await post(`discord:${channel.id}`)).toMatchObject({ kind: "sent" });
    expect(await slow).toMatchObject({ kind: "unknown-outcome" });
  });

  it("names the variable of a wrong token, again and again, and never says the token", async () => {
    const { server, channel } = await open();
    const options = {
      token: "MTMwMzAz.Gwrong.wrongwrongwrong",
      apiUrl: server.apiUrl,
      timeoutMs: 1000,
      clock,
    };
    const check = await verifyDiscordToken(options);
    const sender = createDiscordSender(options);
    const destination = `discord:${channel.id}`;
    const results = [await send(sender, destination), await send(sender, destination)];
    for (const result of [check, ...results]) {
      expect(result).toMatchObject({ reason: expect.stringContaining("DISCORD_BOT_TOKEN") });
    }
    expect(results.map((result) => result.kind)).toEqual(["rejected", "rejected"]);
    await server.goDown();
    const after = [await verifyDiscordToken(options), await send(sender, destination)];
    expect(JSON.stringify([check, results, after])).not.toContain("wrongwrong");
  });

  it("knows whose a right token is, and a Telegram token when it sees one", async () => {
    const { server } = await open();
    const options = { token: server.token, apiUrl: `${server.apiUrl}/`, timeoutMs: 1000, clock };
    expect(await verifyDiscordToken(options)).toEqual({ kind: "ok", name: "lopside" });
    const telegram = await verifyDiscordToken({ ...options, token: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5" });
    expect(telegram).toMatchObject({ kind: "wrong", reason: expect.stringContaining("Telegram") });
  });
});

const clock: Clock = { now: () => 1_795_351_200_000, realMs: (ms) => ms, sleep: async () => undefined };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Opened {
  readonly server: DiscordServer;
  readonly sender: Sender;
  readonly channel: DiscordChannel;
  readonly post: (destination: string) => Promise<SendResult>;
}

async function open(onClock: Clock = clock, botPermissions?: bigint): Promise<Opened> {
  const server = await startDiscordServer();
  closers.push(server.close);
  const channel = server.driver.addChannel(
    server.driver.addGuild(),
    botPermissions === undefined ? {} : { botPermissions },
  );
  const { token, apiUrl } = server;
  const sender = createDiscordSender({ token, apiUrl, timeoutMs: 1000, clock: onClock });
  return { server, sender, channel, post: async (destination) => send(sender, destination) };
}

async function send(sender: Sender, destination: string): Promise<SendResult> {
  return sender.send({ destination, message: alert, possibleRepeat: false, idempotencyKey: "k" });
}

function channelWith(server: DiscordServer, botPermissions: bigint): string {
  return `discord:${server.driver.addChannel(server.driver.addGuild(), { botPermissions }).id}`;
}

/** What a reader sees: without the markup and its escapes. */
function plainText(message: DiscordMessage): string {
  const texts = everyComponent(message.body.components).map(({ node }) => node["content"]);
  const markdown = texts.filter((text) => typeof text === "string");
  return markdown.join("\n").replaceAll(/\\(.)/g, "$1").replaceAll("**", "");
}
