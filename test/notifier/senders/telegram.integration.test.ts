import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sender, SendResult } from "../../../src/notifier/contracts.ts";
import { createTelegramSender, verifyTelegramToken } from "../../../src/notifier/senders/telegram.ts";
import { createBulkPost } from "../../../src/notifier/senders/telegramBulk.ts";
import type { Post } from "../../../src/notifier/senders/telegramPost.ts";
import type { Clock } from "../../../src/ops/clock.ts";
import type { Picture } from "../../../src/charts/contracts.ts";
import { plainPng } from "../../support/png.ts";
import { startTelegramServer, type TelegramServer } from "../../support/telegram/server.ts";
import type { ChatRecord } from "../../support/telegram/world.ts";
import { alert, endOfAlert, itSendsLikeEverySender } from "./sender.contract.ts";

/** Words go out as prepared bodies, uploads through the library; either way must do for all. */
const ways = [
  ["with prepared bodies", createBulkPost],
  ["through the library alone", (_options: unknown, upload: Post) => upload],
] as const;
let openPost: Parameters<typeof createTelegramSender>[1];

describe.each(ways)("the Telegram sender %s", (_way, way) => {
  beforeEach(() => {
    openPost = way;
  });

  itSendsLikeEverySender(async () => {
    const { server, sender, chat } = await open();
    return {
      sender,
      destination: `telegram:${chat.id}`,
      received: () => server.sent().map((message) => message.content.text ?? ""),
      goDown: server.goDown,
    };
  });

  it("shows bold, italic and folded text as entities and no link preview", async () => {
    const { server, chat, post } = await open();
    await post(`telegram:${chat.id}`);
    const { content } = server.sent(chat.id)[0] ?? {};
    expect(content?.linkPreviewOptions).toEqual({ is_disabled: true });
    expect(content?.entities.map((entity) => ("type" in entity ? entity.type : undefined))).toEqual([
      "bold",
      "expandable_blockquote",
      "bold",
      "italic",
      "date_time",
    ]);
  });

  it("posts in a topic, and in General where the topic is gone or closed", async () => {
    const { server, post } = await open();
    const forum = server.driver.addGroup({ isForum: true });
    const topic = server.driver.addTopic(forum, "alerts");
    const closed = server.driver.addTopic(forum, "closed");
    server.driver.closeTopic(forum, closed);
    for (const place of [topic, closed, 9999, 1]) {
      expect(await post(`telegram:${forum.id}/${place}`)).toMatchObject({ kind: "sent" });
    }
    const threads = server.sent(forum.id).map((message) => message.threadId);
    expect(threads).toEqual([topic, undefined, undefined, undefined]);
    // a second call for the closed and the unknown one only: 1 is how people write General
    expect(server.calls).toHaveLength(6);
  });

  it.each(["", "/7"])("gives up on a forum whose General is closed, too, at CHAT%s", async (topic) => {
    const { server, post } = await open();
    const forum = server.driver.addGroup({ isForum: true });
    const body = { ok: false, error_code: 400, description: "Bad Request: TOPIC_CLOSED" };
    for (const method of ["sendMessage", "sendMessage"])
      server.faults.add({ kind: "status", status: 400, body, method });
    const refused = { kind: "rejected", disable: true, reason: body.description };
    expect(await post(`telegram:${forum.id}${topic}`)).toEqual(refused);
  });

  it("posts a picture with caption and buttons, uploads it once, and is silent where that is wished", async () => {
    const { server, chat, sender } = await open();
    const other = server.driver.addGroup({});
    const buttons = [[{ label: "Why?", data: "W:BTC" }]];
    for (const { id } of [chat, other]) {
      const request = { destination: `telegram:${id}`, message: alert, possibleRepeat: true };
      await sender.send({ ...request, idempotencyKey: `${id}`, picture, buttons, silent: true });
    }
    expect(server.uploads()).toBe(1);
    for (const { content, isSilent } of server.sent()) {
      expect(content.photo).toBeDefined();
      expect(content.caption?.startsWith(alert.headline)).toBe(true);
      expect(content.caption?.length).toBeLessThanOrEqual(1024);
      expect(content.replyMarkup).toEqual({
        inline_keyboard: [[{ text: "Why?", callback_data: "W:BTC" }]],
      });
      expect(isSilent).toBe(true);
    }
  });

  it("uploads again what Telegram doesn't know any more", async () => {
    const { server, chat, sender, fileIds } = await open();
    fileIds.set(picture.key, "gone");
    const request = { destination: `telegram:${chat.id}`, message: alert, possibleRepeat: false };
    expect(await sender.send({ ...request, idempotencyKey: "1", picture })).toMatchObject({ kind: "sent" });
    expect(server.uploads()).toBe(1);
    expect(fileIds.get(picture.key)).not.toBe("gone");
  });

  it.each([
    ["the chat takes no photos", 400, "Bad Request: not enough rights to send photos to the chat"],
    ["the chat forbids photos", 400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN"],
    ["the photo can't be read", 400, "Bad Request: IMAGE_PROCESS_FAILED"],
    ["the photo has no size that fits", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS"],
    ["the photo is too large", 413, "Request Entity Too Large"],
  ])("lets the text go where %s", async (_why, code, description) => {
    const { server, chat, sender } = await open();
    const body = { ok: false, error_code: code, description };
    server.faults.add({ kind: "status", status: code, body, method: "sendPhoto" });
    const request = { destination: `telegram:${chat.id}`, message: alert, possibleRepeat: false };
    expect(await sender.send({ ...request, idempotencyKey: "1", picture })).toMatchObject({ kind: "sent" });
    expect(server.sent(chat.id)[0]?.content.text).toContain("Liquidation maps are not price predictions.");
  });

  it("brings a message up to date in its place, picture, words and buttons; twice is as good as once", async () => {
    const { server, chat, sender } = await open();
    const destination = `telegram:${chat.id}`;
    const sent = await sender.send({
      destination,
      message: alert,
      possibleRepeat: false,
      idempotencyKey: "1",
      picture,
    });
    const messageId = sent.kind === "sent" ? sent.messageId : "";
    const buttons = [[{ label: "Why?", data: "W:BTC" }]];
    const grown = { destination, messageId, message: alert, buttons, picture: { ...picture, key: "BTC-2" } };
    for (let time = 0; time < 2; time += 1) {
      expect(await sender.edit?.(grown)).toEqual({ kind: "sent", messageId });
    }
    expect(await sender.edit?.({ destination, messageId, message: endOfAlert })).toEqual({
      kind: "sent",
      messageId,
    });
    const [message, ...others] = server.sent(chat.id);
    expect(others).toEqual([]);
    expect(message?.content.caption).toBe(endOfAlert.headline);
    expect(message?.content.photo).toBeDefined();
    expect(server.uploads()).toBe(2);
  });

  it.each([
    ["the chat takes no photos", "not enough rights to send photos to the chat", undefined],
    ["the new one can't be read", "IMAGE_PROCESS_FAILED", picture],
  ])("brings the words up to date where %s", async (_why, description, before) => {
    const { server, chat, sender } = await open();
    const destination = `telegram:${chat.id}`;
    const first = { destination, message: alert, possibleRepeat: false, idempotencyKey: "1" };
    const sent = await sender.send(before === undefined ? first : { ...first, picture: before });
    const messageId = sent.kind === "sent" ? sent.messageId : "";
    const body = { ok: false, error_code: 400, description: `Bad Request: ${description}` };
    server.faults.add({ kind: "status", status: 400, body, method: "editMessageMedia" });
    const newer = { ...picture, key: "BTC-2" };
    const edited = await sender.edit?.({ destination, messageId, message: endOfAlert, picture: newer });
    expect(edited).toEqual({ kind: "sent", messageId });
    const [message] = server.sent(chat.id);
    expect([message?.content.text ?? message?.content.caption, message?.content.photo !== undefined]).toEqual(
      [endOfAlert.headline, before !== undefined],
    );
  });

  it("edits what was posted as text, and says when it is gone", async () => {
    const { server, chat, sender } = await open();
    const destination = `telegram:${chat.id}`;
    const sent = await sender.send({
      destination,
      message: alert,
      possibleRepeat: false,
      idempotencyKey: "1",
    });
    const messageId = sent.kind === "sent" ? sent.messageId : "";
    expect(await sender.edit?.({ destination, messageId, message: endOfAlert })).toMatchObject({
      kind: "sent",
    });
    const [message] = server.sent(chat.id);
    expect(message?.content.text).toBe(endOfAlert.headline);
    if (message !== undefined) server.driver.deleteMessage(message);
    expect(await sender.edit?.({ destination, messageId, message: endOfAlert })).toMatchObject({
      kind: "rejected",
      disable: false,
    });
  });

  it("posts in a channel by its name", async () => {
    const { server, post } = await open();
    const channel = server.driver.addChannel({ username: "lopside_alerts" });
    expect(await post("telegram:@lopside_alerts")).toMatchObject({ kind: "sent" });
    expect(server.sent(channel.id)).toHaveLength(1);
  });

  it("gives the new address of a group that became a supergroup", async () => {
    const { server, post } = await open();
    const group = server.driver.addGroup({});
    const next = server.driver.migrate(group);
    expect(await post(`telegram:${group.id}`)).toEqual({ kind: "migrated", to: `telegram:${next.id}` });
  });

  const dead: readonly [string, (server: TelegramServer) => string, RegExp][] = [
    ["a chat nobody knows", () => "telegram:42", /chat not found/],
    ["a user who blocked it", (server) => blocked(server), /blocked by the user/],
    ["a group that threw it out", (server) => group(server, "kicked"), /kicked/],
    ["a group that muted it", (server) => group(server, "restricted"), /not enough rights/],
    ["a channel it may not post in", (server) => channelWithoutRights(server), /administrator rights/],
    ["an address that is none", () => "telegram:here", /not a Telegram destination/],
  ];
  it.each(dead)("gives up on %s", async (_, destinationOf, reason) => {
    const { server, post } = await open();
    const result = await post(destinationOf(server));
    expect(result).toMatchObject({ kind: "rejected", disable: true, reason: expect.stringMatching(reason) });
  });

  // as the Bot API words them; what the stand-in's chats say of themselves is above
  it.each([
    "Forbidden: user is deactivated",
    "Forbidden: bot can't send messages to bots",
    "Bad Request: CHAT_RESTRICTED",
    "Bad Request: CHAT_WRITE_FORBIDDEN",
    "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN",
    "Bad Request: CHAT_GUEST_SEND_FORBIDDEN",
    "Bad Request: ALLOW_PAYMENT_REQUIRED",
    "Bad Request: PEER_ID_INVALID",
    "Bad Request: group chat was deleted",
    "Bad Request: need administrator rights in the channel chat",
  ])("gives up on a chat that answers %s", async (description) => {
    const { server, chat, post } = await open();
    const code = description.startsWith("Forbidden") ? 403 : 400;
    server.faults.add({ kind: "status", status: code, body: { ok: false, error_code: code, description } });
    expect(await post(`telegram:${chat.id}`)).toEqual({
      kind: "rejected",
      disable: true,
      reason: description,
    });
  });

  it("says when a limited chat may be written to, on a clock of any speed", async () => {
    const fast: Clock = { now: () => 1_000_000, realMs: (ms) => ms / 60, sleep: async () => undefined };
    const { server, chat, post } = await open(fast);
    server.faults.add({ kind: "status", status: 429, retryAfterSeconds: 7 });
    expect(await post(`telegram:${chat.id}`)).toEqual({
      kind: "rate-limited",
      retryAt: 1_000_000 + 7 * 60_000,
    });
  });

  const lost = [
    ["a reset after the message", { kind: "acceptThenReset" }],
    ["a bad gateway", { kind: "acceptThenStatus", status: 502 }],
    ["no answer at all", { kind: "acceptThenHang" }],
  ] as const;
  it.each(lost)("doesn't know what became of a message after %s, and doesn't repeat it", async (_, fault) => {
    const { server, chat, post } = await open();
    server.faults.add(fault);
    expect(await post(`telegram:${chat.id}`)).toMatchObject({ kind: "unknown-outcome" });
    expect(server.sent(chat.id)).toHaveLength(1);
    expect(server.calls).toHaveLength(1);
  });

  it("names the variable of a wrong token, and never says the token", async () => {
    const { server } = await open();
    const wrong = "110201543:AAwrongwrongwrongwrongwrongwrongwrong";
    const options = { token: wrong, apiRoot: server.apiRoot, timeoutMs: 1000, clock };
    const check = await verifyTelegramToken(options);
    expect(check).toMatchObject({ kind: "wrong", reason: expect.stringContaining("TELEGRAM_BOT_TOKEN") });
    const sent = await send(createTelegramSender(options, openPost), "telegram:42");
    expect(sent).toMatchObject({ kind: "rejected", disable: false });
    await server.goDown();
    const unreachable = await verifyTelegramToken(options);
    expect(unreachable).toMatchObject({ kind: "unreachable" });
    const alsoLost = await send(createTelegramSender(options, openPost), "telegram:42");
    expect(JSON.stringify([check, sent, unreachable, alsoLost])).not.toContain("wrongwrong");
  });

  it("knows whose a right token is, and a Discord token when it sees one", async () => {
    const { server } = await open();
    const options = { token: server.bot.token, apiRoot: `${server.apiRoot}/`, timeoutMs: 1000, clock };
    expect(await verifyTelegramToken(options)).toEqual({ kind: "ok", name: "@lopside_test_bot" });
    const discord = await verifyTelegramToken({ ...options, token: "MTMw.Gabcde.xyz" });
    expect(discord).toMatchObject({ kind: "wrong" });
  });
});

const clock: Clock = { now: () => 1_795_351_200_000, realMs: (ms) => ms, sleep: async () => undefined };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Opened {
  readonly server: TelegramServer;
  readonly sender: Sender;
  readonly chat: ChatRecord;
  readonly post: (destination: string) => Promise<SendResult>;
  readonly fileIds: Map<string, string>;
}

const picture: Picture = { kind: "picture", png: plainPng(64, 36), width: 64, height: 36, key: "BTC-1" };

async function open(onClock: Clock = clock): Promise<Opened> {
  const server = await startTelegramServer();
  closers.push(server.close);
  const chat = server.driver.addPrivateChat(server.driver.addUser());
  const { token } = server.bot;
  const fileIds = new Map<string, string>();
  const sender = createTelegramSender(
    {
      token,
      apiRoot: server.apiRoot,
      timeoutMs: 1000,
      clock: onClock,
      fileIds: {
        get: async (key) => fileIds.get(key),
        put: async (key, fileId) => {
          fileIds.set(key, fileId);
        },
        drop: async (key) => {
          fileIds.delete(key);
        },
      },
    },
    openPost,
  );
  return { server, sender, chat, fileIds, post: async (destination) => send(sender, destination) };
}

async function send(sender: Sender, destination: string): Promise<SendResult> {
  return sender.send({ destination, message: alert, possibleRepeat: false, idempotencyKey: "k" });
}

function blocked(server: TelegramServer): string {
  const user = server.driver.addUser();
  server.driver.block(user);
  return `telegram:${user.id}`;
}

function group(server: TelegramServer, botStatus: "kicked" | "restricted"): string {
  return `telegram:${server.driver.addGroup({ botStatus }).id}`;
}

function channelWithoutRights(server: TelegramServer): string {
  return `telegram:${server.driver.addChannel({ botRights: [] }).id}`;
}
