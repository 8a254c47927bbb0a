import { Api, Bot, GrammyError, HttpError, InlineKeyboard, InputFile } from "grammy";
import { afterEach, describe, expect, it } from "vitest";
import { plainPng } from "./png.ts";
import { realisticLimits } from "./telegram/limits.ts";
import {
  defaultBot,
  startTelegramServer,
  type TelegramOptions,
  type TelegramServer,
} from "./telegram/server.ts";
import { startWebhookSink } from "./webhook-sink.ts";

describe("the Bot API stand-in, spoken to by unmodified grammY", () => {
  it("knows its bots by token", async () => {
    const { server, api } = await start();
    expect((await api.getMe()).username).toBe(server.bot.username);
    const stranger = new Api("110201543:AAwrongwrongwrongwrongwrongwrongwrong", { apiRoot: server.apiRoot });
    await expect(stranger.getMe()).rejects.toMatchObject({ error_code: 401, description: "Unauthorized" });
    const misshapen = new Api("not-a-token", { apiRoot: server.apiRoot });
    await expect(misshapen.getMe()).rejects.toMatchObject({ error_code: 404 });
  });

  it("takes GET, urlencoded and JSON alike", async () => {
    const { server } = await start();
    const user = server.driver.addUser();
    server.driver.addPrivateChat(user);
    const url = `${server.apiRoot}/bot${server.bot.token}/sendMessage`;
    const fields = { chat_id: String(user.id), text: "hi", disable_notification: "true" };
    await fetch(`${url}?${new URLSearchParams(fields).toString()}`);
    await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
    await fetch(url.replace("sendMessage", "sendmessage"), {
      method: "POST",
      body: JSON.stringify(fields),
      headers: json,
    });
    expect(server.sent(user.id).map((message) => [message.content.text, message.isSilent])).toEqual([
      ["hi", true],
      ["hi", true],
      ["hi", true],
    ]);
  });

  it("delivers what people write to a polling bot, once, and its answer back", async () => {
    const { server } = await start();
    const user = server.driver.addUser({ firstName: "Ada", languageCode: "es" });
    const bot = new Bot(server.bot.token, { client: { apiRoot: server.apiRoot } });
    bot.command("start", async (context) => context.reply(`Hello ${context.from?.first_name ?? "?"}`));
    const stopped = bot.start({ allowed_updates: ["message"] });
    await server.waitFor(() => (server.queue().isPolling() ? true : undefined));
    server.driver.say(user, server.driver.addPrivateChat(user), "/start BTC_2");
    await server.waitFor(() => server.sent(user.id)[0]);
    await bot.stop();
    await stopped;
    expect(server.sent(user.id).map((message) => message.content.text)).toEqual(["Hello Ada"]);
    expect(server.queue().pending()).toEqual([]);
  });

  it("keeps updates until they are confirmed", async () => {
    const { server, api } = await start();
    const user = server.driver.addUser();
    const chat = server.driver.addPrivateChat(user);
    server.driver.say(user, chat, "one");
    server.driver.say(user, chat, "two");
    const first = await api.getUpdates();
    const again = await api.getUpdates();
    expect(again).toEqual(first);
    const rest = await api.getUpdates({ offset: (first[0]?.update_id ?? 0) + 1 });
    expect(rest.map((update) => update.message?.text)).toEqual(["two"]);
  });

  it("ends an older poll when a second poller comes", async () => {
    const { server, api } = await start();
    const older = failure(api.getUpdates({ timeout: 30 }));
    await server.waitFor(() => (server.queue().isPolling() ? true : undefined));
    const newer = api.getUpdates({ timeout: 0 });
    expect(await older).toMatchObject({ error_code: 409 });
    expect(await newer).toEqual([]);
  });

  it("filters by allowed_updates and remembers them", async () => {
    const { server, api } = await start();
    const user = server.driver.addUser();
    await api.getUpdates({ allowed_updates: ["my_chat_member"] });
    server.driver.say(user, server.driver.addPrivateChat(user), "unheard");
    server.driver.block(user);
    const updates = await api.getUpdates();
    expect(updates.map((update) => update.my_chat_member?.new_chat_member.status)).toEqual(["kicked"]);
  });

  it("posts updates to a webhook with its secret, again until they are taken", async () => {
    const { server, api } = await start();
    const sink = await startWebhookSink([500, 200]);
    closers.push(sink.close);
    await api.setWebhook(sink.url, { secret_token: "s3cret" });
    await expect(api.getUpdates()).rejects.toMatchObject({ error_code: 409 });
    const user = server.driver.addUser();
    server.driver.say(user, server.driver.addPrivateChat(user), "hello");
    await server.waitFor(() => (server.queue().pending().length === 0 ? true : undefined));
    expect(sink.requests.map((request) => request.secret)).toEqual(["s3cret", "s3cret"]);
    await api.deleteWebhook();
    expect((await api.getWebhookInfo()).url).toBe("");
  });

  const refusals: readonly [string, (server: TelegramServer) => number, string][] = [
    ["an unknown chat", () => 42, "Bad Request: chat not found"],
    ["a stranger", (server) => stranger(server), "Forbidden: bot can't initiate conversation with a user"],
    ["one who blocked it", (server) => blocker(server), "Forbidden: bot was blocked by the user"],
    ["a deleted account", (server) => deactivated(server), "Forbidden: user is deactivated"],
    [
      "a group it left",
      (server) => groupAs(server, "left"),
      "Forbidden: bot is not a member of the group chat",
    ],
    [
      "a group that threw it out",
      (server) => groupAs(server, "kicked"),
      "Forbidden: bot was kicked from the group chat",
    ],
    [
      "a group that muted it",
      (server) => groupAs(server, "restricted"),
      "Bad Request: not enough rights to send text messages to the chat",
    ],
    [
      "a channel it may not post in",
      (server) => server.driver.addChannel({ botRights: [] }).id,
      "Bad Request: need administrator rights in the channel chat",
    ],
  ];
  it.each(refusals)("refuses a message to %s in Telegram's words", async (_, chatOf, description) => {
    const { server, api } = await start();
    await expect(api.sendMessage(chatOf(server), "hi")).rejects.toMatchObject({ description });
    expect(server.sent()).toEqual([]);
  });

  it("names the supergroup a group became", async () => {
    const { server, api } = await start();
    const group = server.driver.addGroup({ title: "Desk", members: [server.driver.addUser()] });
    const next = server.driver.migrate(group);
    const error = await failure(api.sendMessage(group.id, "hi"));
    expect(error).toMatchObject({ error_code: 400, parameters: { migrate_to_chat_id: next.id } });
    await api.sendMessage(next.id, "hi");
    const updates = await api.getUpdates();
    expect(updates.map((update) => update.message?.migrate_to_chat_id)).toContain(next.id);
  });

  it("keeps threads apart and knows when a topic is gone or closed", async () => {
    const { server, api } = await start();
    const forum = server.driver.addGroup({ isForum: true });
    const topic = server.driver.addTopic(forum, "alerts");
    const sent = await api.sendMessage(forum.id, "hi", { message_thread_id: topic });
    expect([sent.message_thread_id, sent.is_topic_message]).toEqual([topic, true]);
    await expect(api.sendMessage(forum.id, "hi", { message_thread_id: 1 })).rejects.toThrow(
      /message thread not found/,
    );
    server.driver.closeTopic(forum, topic);
    await expect(api.sendMessage(forum.id, "hi", { message_thread_id: topic })).rejects.toThrow(
      /TOPIC_CLOSED/,
    );
    server.driver.deleteTopic(forum, topic);
    await expect(api.sendMessage(forum.id, "hi", { message_thread_id: topic })).rejects.toThrow(
      /message thread not found/,
    );
  });

  const bold = { type: "bold" as const };
  const texts: readonly [string, string, { offset: number; length: number }[], RegExp | undefined][] = [
    ["4,096 characters", "x".repeat(4096), [], undefined],
    ["4,097 characters", "x".repeat(4097), [], /message is too long/],
    ["nothing but space", " \n ", [], /message text is empty/],
    ["an entity over the whole", "🟢 up", [{ offset: 0, length: 5 }], undefined],
    ["an entity past the end", "🟢 up", [{ offset: 0, length: 6 }], /ends after the end of the text/],
    ["an entity inside a surrogate pair", "🟢 up", [{ offset: 1, length: 2 }], /middle of a UTF-16 symbol/],
    [
      "crossing entities",
      "abcdef",
      [
        { offset: 0, length: 4 },
        { offset: 2, length: 4 },
      ],
      /ends after the end/,
    ],
    [
      "nested entities",
      "abcdef",
      [
        { offset: 0, length: 4 },
        { offset: 2, length: 2 },
      ],
      undefined,
    ],
    ["an empty entity", "abc", [{ offset: 1, length: 0 }], /incorrect offset or length/],
  ];
  it.each(texts)("checks text and entities in UTF-16 units: %s", async (_, text, entities, refusal) => {
    const { server, api } = await start();
    const chat = server.driver.addPrivateChat(server.driver.addUser());
    const sending = api.sendMessage(chat.id, text, {
      entities: entities.map((entity) => ({ ...bold, ...entity })),
    });
    expect(await outcome(sending)).toMatch(refusal ?? /^ok$/);
  });

  it("takes a photo once and again by file_id, of its own bot only", async () => {
    const other = { ...defaultBot, token: "220201543:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1", id: 220_201_543 };
    const { server, api } = await start({ bots: [defaultBot, other] });
    const user = server.driver.addUser();
    const chat = server.driver.addPrivateChat(user);
    server.driver.addPrivateChat(user, other);
    const png = plainPng(1200, 675);
    const sent = await api.sendPhoto(chat.id, new InputFile(png, "map.png"), { caption: "c".repeat(1024) });
    const fileId = sent.photo.at(-1)?.file_id ?? "";
    expect(sent.photo.at(-1)).toMatchObject({ width: 1200, height: 675 });
    await api.sendPhoto(chat.id, fileId);
    expect(server.uploads()).toBe(1);
    expect(server.sent(chat.id).map((message) => message.content.photo?.bytes.equals(png))).toEqual([
      true,
      true,
    ]);
    const stranger = new Api(other.token, { apiRoot: server.apiRoot });
    await expect(stranger.sendPhoto(chat.id, fileId)).rejects.toThrow(/wrong file identifier/);
    const long = api.sendPhoto(chat.id, fileId, { caption: "c".repeat(1025) });
    await expect(long).rejects.toThrow(/message caption is too long/);
    const notAPicture = api.sendPhoto(chat.id, new InputFile(Buffer.from("<svg/>"), "x.svg"));
    await expect(notAPicture).rejects.toThrow(/IMAGE_PROCESS_FAILED/);
    const strip = api.sendPhoto(chat.id, new InputFile(plainPng(2100, 100), "strip.png"));
    await expect(strip).rejects.toThrow(/PHOTO_INVALID_DIMENSIONS/);
  });

  it("edits text, caption, picture and keyboard, and keeps the history", async () => {
    const { server, api } = await start();
    const chat = server.driver.addPrivateChat(server.driver.addUser());
    const keyboard = new InlineKeyboard().text("Why?", "v1:why");
    const text = await api.sendMessage(chat.id, "armed", { reply_markup: keyboard });
    await expect(
      api.editMessageText(chat.id, text.message_id, "armed", { reply_markup: keyboard }),
    ).rejects.toThrow(/message is not modified/);
    await api.editMessageText(chat.id, text.message_id, "fired");
    const photo = await api.sendPhoto(chat.id, new InputFile(plainPng(100, 60), "a.png"), { caption: "one" });
    await api.editMessageCaption(chat.id, photo.message_id, { caption: "two" });
    const media = {
      type: "photo" as const,
      media: new InputFile(plainPng(90, 60), "b.png"),
      caption: "three",
    };
    await api.editMessageMedia(chat.id, photo.message_id, media, { reply_markup: keyboard });
    await api.editMessageReplyMarkup(chat.id, photo.message_id);
    const [first, second] = server.sent(chat.id);
    expect(first?.content).toEqual({ text: "fired", entities: [] });
    expect(first?.history.map((change) => change.before.text)).toEqual(["armed"]);
    expect(second?.history.map((change) => change.before.caption)).toEqual(["one", "two", "three"]);
    await expect(api.editMessageText(chat.id, photo.message_id, "x")).rejects.toThrow(/there is no text/);
    await expect(api.editMessageText(chat.id, 999, "x")).rejects.toThrow(/message to edit not found/);
    await api.deleteMessage(chat.id, text.message_id);
    await expect(api.deleteMessage(chat.id, text.message_id)).rejects.toThrow(/message to delete not found/);
  });

  it("carries a press to the bot and its answer back, until it is too old", async () => {
    const { server, api } = await start();
    const user = server.driver.addUser();
    const chat = server.driver.addPrivateChat(user);
    await api.sendMessage(chat.id, "hi", {
      reply_markup: new InlineKeyboard().text("Snooze 1 h", "v1:sn:abc:3600"),
    });
    const [message] = server.sent(chat.id);
    if (message === undefined) throw new Error("nothing was sent");
    const query = server.driver.press(user, message, "Snooze 1 h");
    const [update] = await api.getUpdates();
    expect(update?.callback_query).toMatchObject({ id: query.id, data: "v1:sn:abc:3600" });
    await api.answerCallbackQuery(query.id, { text: "Quiet for an hour" });
    expect(query.answer).toMatchObject({ text: "Quiet for an hour" });
    server.driver.expire(query);
    await expect(api.answerCallbackQuery(query.id)).rejects.toThrow(/query is too old/);
    const long = new InlineKeyboard().text("x", "x".repeat(65));
    await expect(api.sendMessage(chat.id, "hi", { reply_markup: long })).rejects.toThrow(
      /BUTTON_DATA_INVALID/,
    );
  });

  it("refuses what channels cannot show, and what we never send", async () => {
    const { server, api } = await start();
    const channel = server.driver.addChannel({});
    const keyboard = { keyboard: [[{ text: "no" }]] };
    await expect(api.sendMessage(channel.id, "hi", { reply_markup: keyboard })).rejects.toThrow(
      /inline keyboard expected/,
    );
    await expect(api.sendMessage(channel.id, "*hi*", { parse_mode: "MarkdownV2" })).rejects.toThrow(
      /parse_mode/,
    );
    const odd = { chat_id: channel.id, text: "hi", colour: "red" };
    const url = `${server.apiRoot}/bot${server.bot.token}/sendMessage`;
    await fetch(url, { method: "POST", body: JSON.stringify(odd), headers: json });
    expect(server.takeViolations()).toEqual([
      "parse_mode MarkdownV2: send entities",
      "sendMessage: unknown parameter colour",
    ]);
  });

  it("fails to close over a violation nobody took", async () => {
    const server = await startTelegramServer();
    const channel = server.driver.addChannel({});
    const api = new Api(server.bot.token, { apiRoot: server.apiRoot });
    await expect(api.sendMessage(channel.id, "x", { parse_mode: "HTML" })).rejects.toThrow(/parse_mode/);
    await expect(server.close()).rejects.toThrow(/parse_mode HTML/);
  });

  it("shows a bot in a group only what privacy mode lets through", async () => {
    const { server, api } = await start();
    const user = server.driver.addUser();
    const group = server.driver.addGroup({ members: [user] });
    server.driver.say(user, group, "nice weather");
    server.driver.say(user, group, "/imbalance@other_bot BTC");
    server.driver.say(user, group, "/imbalance BTC");
    const updates = await api.getUpdates();
    expect(updates.map((update) => update.message?.text)).toEqual(["/imbalance BTC"]);
  });

  it("tells who administers a chat", async () => {
    const { server, api } = await start();
    const [boss, guest] = [server.driver.addUser(), server.driver.addUser()];
    const group = server.driver.addGroup({ admins: [boss], members: [guest] });
    expect((await api.getChatMember(group.id, boss.id)).status).toBe("administrator");
    expect((await api.getChatMember(group.id, guest.id)).status).toBe("member");
    expect((await api.getChatAdministrators(group.id)).map((member) => member.user.id)).toEqual([boss.id]);
    expect((await api.getChat(group.id)).type).toBe("group");
    await api.leaveChat(group.id);
    await expect(api.getChat(group.id)).rejects.toThrow(/not a member/);
  });

  it("keeps commands by scope and language", async () => {
    const { server, api } = await start();
    const commands = [{ command: "alerts", description: "Your alerts" }];
    await api.setMyCommands(commands, { scope: { type: "all_private_chats" }, language_code: "es" });
    expect(await api.getMyCommands({ scope: { type: "all_private_chats" }, language_code: "es" })).toEqual(
      commands,
    );
    expect(await api.getMyCommands()).toEqual([]);
    await expect(api.setMyCommands([{ command: "Bad Name", description: "x" }])).rejects.toThrow(
      /BOT_COMMAND_INVALID/,
    );
    expect(server.commands()).toHaveLength(1);
  });

  it("answers inline queries with cards", async () => {
    const { server, api } = await start();
    const query = server.driver.inlineQuery(server.driver.addUser(), "BTC");
    const [update] = await api.getUpdates();
    expect(update?.inline_query?.query).toBe("BTC");
    const card = {
      type: "article" as const,
      id: "btc",
      title: "BTC",
      input_message_content: { message_text: "BTC" },
    };
    await api.answerInlineQuery(query.id, [card]);
    expect(query.answer).toMatchObject({ results: [card] });
    await expect(api.answerInlineQuery(query.id, [card, card])).rejects.toThrow(/RESULT_ID_DUPLICATE/);
  });

  it("limits one chat, all chats and groups, and counts who didn't wait", async () => {
    let time = 1_795_351_200_000;
    const { server, api } = await start({ limits: realisticLimits, now: () => time });
    const chat = server.driver.addPrivateChat(server.driver.addUser());
    for (let sent = 0; sent < 3; sent += 1) await api.sendMessage(chat.id, `${sent}`);
    const error = await failure(api.sendMessage(chat.id, "4"));
    expect(error).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
    await failure(api.sendMessage(chat.id, "4"));
    time += 3000;
    await api.sendMessage(chat.id, "4");
    expect(server.calls.filter((call) => call.isTooEarly)).toHaveLength(1);
    const group = server.driver.addGroup({});
    for (let sent = 0; sent < 20; sent += 1) {
      time += 1000;
      await api.sendMessage(group.id, `${sent}`);
    }
    time += 1000;
    expect(await failure(api.sendMessage(group.id, "21"))).toMatchObject({ parameters: { retry_after: 40 } });
  });

  it("loses answers, connections and itself on demand", async () => {
    const { server, api } = await start();
    const chat = server.driver.addPrivateChat(server.driver.addUser());
    server.faults.add({ kind: "acceptThenReset", method: "sendMessage", target: chat.id });
    expect(await failure(api.sendMessage(chat.id, "lost answer"))).toBeInstanceOf(HttpError);
    server.faults.add({ kind: "acceptThenStatus", status: 502 });
    expect(await failure(api.sendMessage(chat.id, "bad gateway"))).toMatchObject({ error_code: 502 });
    server.faults.add({ kind: "resetBefore" });
    expect(await failure(api.sendMessage(chat.id, "never came"))).toBeInstanceOf(HttpError);
    server.faults.add({ kind: "status", status: 429, retryAfterSeconds: 7 });
    expect(await failure(api.sendMessage(chat.id, "limited"))).toMatchObject({
      parameters: { retry_after: 7 },
    });
    server.faults.add({ kind: "acceptThenHang" });
    const impatient = new Api(server.bot.token, { apiRoot: server.apiRoot, timeoutSeconds: 1 });
    expect(await failure(impatient.sendMessage(chat.id, "hung"))).toBeInstanceOf(HttpError);
    await server.goDown();
    const refused = await failure(api.sendMessage(chat.id, "down"));
    expect(refused).toMatchObject({ error: { code: "ECONNREFUSED" } });
    await server.comeBack();
    await api.sendMessage(chat.id, "back");
    const texts = server.sent(chat.id).map((message) => message.content.text);
    expect(texts).toEqual(["lost answer", "bad gateway", "hung", "back"]);
    expect(server.faults.struck.get("acceptThenReset")).toBe(1);
  });

  it("strikes with the given chance, repeatably", async () => {
    const rolls = [0.01, 0.9, 0.02];
    const { server, api } = await start({ random: () => rolls.shift() ?? 1 });
    const chat = server.driver.addPrivateChat(server.driver.addUser());
    server.faults.add({ kind: "status", status: 500, chance: 0.05, times: Number.POSITIVE_INFINITY });
    const outcomes = [];
    for (const text of ["a", "b", "c", "d"]) outcomes.push(await outcome(api.sendMessage(chat.id, text)));
    expect(outcomes).toEqual(["Internal Server Error", "ok", "Internal Server Error", "ok"]);
  });
});

const json = { "content-type": "application/json" };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: TelegramOptions = {}): Promise<{ server: TelegramServer; api: Api }> {
  const server = await startTelegramServer(options);
  closers.push(server.close);
  return { server, api: new Api(server.bot.token, { apiRoot: server.apiRoot }) };
}

function stranger(server: TelegramServer): number {
  const user = server.driver.addUser();
  const chat = server.driver.addPrivateChat(user);
  chat.members.delete(server.bot.id);
  return chat.id;
}

function blocker(server: TelegramServer): number {
  const user = server.driver.addUser();
  server.driver.block(user);
  return user.id;
}

function deactivated(server: TelegramServer): number {
  const user = server.driver.addUser();
  server.driver.addPrivateChat(user);
  server.driver.deactivate(user);
  return user.id;
}

function groupAs(server: TelegramServer, botStatus: "left" | "kicked" | "restricted"): number {
  return server.driver.addGroup({ botStatus }).id;
}

async function failure(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => {
      throw new Error("it went through");
    },
    (error: unknown) => error,
  );
}

async function outcome(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "ok",
    (error: unknown) => (error instanceof GrammyError ? error.description : String(error)),
  );
}
