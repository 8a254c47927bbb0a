import { describe, expect, test } from "vitest";
import { testAlertContent } from "../../../src/alerts/content.ts";
import { subscribe } from "../../../src/alerts/edits.ts";
import { alertMessage } from "../../../src/alerts/message.ts";
import { keepCommandLists } from "../../../src/bots/telegram/commandList.ts";
import { createTelegramBot } from "../../../src/bots/telegram/bot.ts";
import { poll } from "../../../src/bots/telegram/polling.ts";
import { createTopicGone } from "../../../src/bots/telegram/topicGone.ts";
import { createTelegramSender } from "../../../src/notifier/senders/telegram.ts";
import { systemClock } from "../../../src/ops/clock.ts";
import { languages, textsIn } from "../../../src/texts/texts.ts";
import { createBotMemory } from "../../../src/store/botMemory.ts";
import { silentLog } from "../../support/redis.ts";
import { spokenLog } from "../../support/spokenLog.ts";
import { textOf } from "./messages.ts";
import { aroundScenes, symbols } from "./scene.ts";

const setScene = aroundScenes();
const limits = { symbols, notionalsInUse: new Set<number>() };
const wish = { symbol: "BTC", ratio: 2 };
const minute = 60_000;

describe("a chat's life", () => {
  test("blocked: nothing is sent, settings stay; unblocked, it goes on", async () => {
    const scene = await setScene();
    const { driver, ports, ana, anaChat, ask, settled } = scene;
    await ask(ana, anaChat, "/subscribe BTC 2");
    driver.block(ana);
    await settled();
    const record = await ports.destinations.get(`telegram:${ana.id}`);
    expect(record?.disabled).toMatchObject({ reason: "blocked", ownerTold: true });
    expect(record?.subscriptions).toHaveLength(1);
    driver.unblock(ana);
    await ask(ana, anaChat, "/start");
    expect((await ports.destinations.get(`telegram:${ana.id}`))?.disabled).toBeUndefined();
  });

  test("kicked from a group: its topics stop with it, and the owner is told once", async () => {
    const scene = await setScene();
    const { server, driver, ports, ana, anaChat, ben, next, settled } = scene;
    const forum = driver.addGroup({ title: "Forum", isForum: true, admins: [ana, ben] });
    const topic = driver.addTopic(forum, "BTC");
    driver.say(ana, forum, "/subscribe BTC 2", { threadId: topic });
    await next(forum, 1);
    for (const status of ["kicked", "left"] as const) driver.setBotStatus(forum, { by: ben, status });
    expect(textOf(await next(anaChat, 0))).toContain("I can no longer write in “Forum”: removed");
    await settled();
    expect((await ports.destinations.get(`telegram:${forum.id}/${topic}`))?.disabled?.ownerTold).toBe(true);
    expect(server.sent(anaChat.id)).toHaveLength(1);

    driver.setBotStatus(forum, { by: ana, status: "member" });
    expect(textOf(await next(forum, 2))).toContain("I am here");
    await settled();
    expect((await ports.destinations.get(`telegram:${forum.id}/${topic}`))?.disabled).toBeUndefined();
  });

  test("a group that becomes a supergroup is followed, and nothing is lost", async () => {
    const scene = await setScene();
    const { driver, ports, ana, next, settled } = scene;
    const group = driver.addGroup({ title: "Traders", admins: [ana] });
    driver.say(ana, group, "/subscribe BTC 2");
    await next(group, 1);
    const supergroup = driver.migrate(group);
    await settled();
    expect(await ports.destinations.get(`telegram:${group.id}`)).toBeUndefined();
    const record = await ports.destinations.get(`telegram:${supergroup.id}`);
    expect(record?.subscriptions).toMatchObject([{ symbol: "BTC", ratio: 2 }]);
    const to = `telegram:${supergroup.id}`;
    expect(record?.settings).toMatchObject({ owner: `telegram:${ana.id}`, guild: to });
  });

  test("a channel that takes the right to post away stops; giving it back goes on", async () => {
    const scene = await setScene();
    const { driver, ports, ana, anaChat, ben, next, settled } = scene;
    const channel = driver.addChannel({ title: "Signals", admins: [ana, ben] });
    const destination = `telegram:${channel.id}`;
    const place = { destination, kind: "channel" as const, owner: `telegram:${ana.id}` };
    await ports.destinations.change(destination, subscribe(place, wish, limits));
    driver.setBotStatus(channel, { by: ben, status: "administrator", rights: [] });
    expect(textOf(await next(anaChat, 0))).toContain("the right to post was taken away");
    driver.setBotStatus(channel, { by: ben, status: "administrator", rights: ["can_post_messages"] });
    await settled();
    expect((await ports.destinations.get(destination))?.disabled).toBeUndefined();
  });

  test("added twice in a row, a group is greeted once", async () => {
    const scene = await setScene();
    const { server, driver, ana, next, settled } = scene;
    const group = driver.addGroup({ admins: [ana], botStatus: "left" });
    driver.setBotStatus(group, { by: ana, status: "member" });
    driver.setBotStatus(group, { by: ana, status: "left" });
    driver.setBotStatus(group, { by: ana, status: "member" });
    driver.setBotStatus(group, { by: ana, status: "administrator", rights: [] });
    await next(group, 0);
    await settled();
    expect(server.sent(group.id)).toHaveLength(1);
  });
});

describe("a forum topic that is gone", () => {
  test("its alerts go to General, where they can be changed, and its owner is told once", async () => {
    const { server, driver, ports, redis, ana, anaChat, next } = await setScene();
    const forum = driver.addGroup({ title: "Forum", isForum: true, admins: [ana] });
    const topic = driver.addTopic(forum, "BTC");
    driver.say(ana, forum, "/subscribe BTC 2", { threadId: topic });
    await next(forum, 1);
    driver.deleteTopic(forum, topic);
    const { token } = server.bot;
    const { apiRoot } = server;
    const memory = createBotMemory(await redis.connect());
    const onTopicGone = createTopicGone({
      token,
      apiRoot,
      destinations: ports.destinations,
      memory,
      log: silentLog,
      entryOf: () => undefined,
    });
    const sender = createTelegramSender({
      token,
      apiRoot,
      timeoutMs: 5_000,
      clock: systemClock,
      onTopicGone,
    });
    const message = alertMessage(testAlertContent("BTC", 1), "en");
    const destination = `telegram:${forum.id}/${topic}`;
    for (const idempotencyKey of ["1", "2"]) {
      const sent = await sender.send({ destination, message, possibleRepeat: false, idempotencyKey });
      expect(sent).toMatchObject({ kind: "sent" });
    }
    expect(textOf(await next(anaChat, 0))).toContain("A forum topic in “Forum” is closed or gone");
    expect(server.sent(anaChat.id)).toHaveLength(1);
    expect((await ports.destinations.get(`telegram:${forum.id}`))?.subscriptions).toHaveLength(1);
    expect(await ports.destinations.get(destination)).toBeUndefined();
  });

  test.each([
    [true, "gone"],
    [false, "closed"],
  ])("the operator reads which entry it is, once, and no id (for good: %s)", async (isForGood, word) => {
    const { server, driver, ports, redis, ana } = await setScene();
    const forum = driver.addGroup({ title: "Forum", isForum: true, admins: [ana] });
    const log = spokenLog();
    const configured = `telegram:${forum.id}/7`;
    const onTopicGone = createTopicGone({
      token: server.bot.token,
      apiRoot: server.apiRoot,
      destinations: ports.destinations,
      memory: createBotMemory(await redis.connect()),
      log,
      entryOf: (destination) => (destination === configured ? "entry 2 of TELEGRAM_CHATS" : undefined),
    });
    for (const destination of [`telegram:${forum.id}/8`, configured, configured])
      onTopicGone(destination, isForGood);
    expect(log.said).toEqual([
      {
        level: "warn",
        message: expect.stringContaining(`a forum topic is ${word}`),
        fields: {
          destination: "entry 2 of TELEGRAM_CHATS",
          hint: expect.stringMatching(isForGood ? /another topic/ : /Open the topic again/),
        },
      },
    ]);
    expect(JSON.stringify(log.said)).not.toContain(String(forum.id));
  });
});

describe("the bot's life", () => {
  test("what was asked while it was away is answered as such", async () => {
    const { ana, anaChat, ask } = await setScene({
      clock: { now: () => Date.now() + 90 * minute, realMs: (ms) => ms, sleep: async () => undefined },
    });
    expect(textOf(await ask(ana, anaChat, "/imbalance BTC"))).toContain(
      "asked 90\u00a0min ago, while I was away",
    );
  });

  test("a restart in the middle: nothing is answered twice, buttons go on working", async () => {
    const scene = await setScene();
    const { server, ports, ana, anaChat, ask, press, restart, settled } = scene;
    const menu = await ask(ana, anaChat, "/subscribe BTC");
    const answers = server.sent(anaChat.id).length;
    await restart();
    await press(ana, menu, "3.0×");
    await server.waitFor(() => (textOf(menu).startsWith("Done") ? menu : undefined));
    await settled();
    expect(server.sent(anaChat.id)).toHaveLength(answers);
    expect((await ports.destinations.get(`telegram:${ana.id}`))?.subscriptions).toHaveLength(1);
  });

  test("an update that comes again, as after a crash, is dealt with once", async () => {
    const { server, ports, redis, ana, anaChat } = await setScene();
    const { token } = server.bot;
    const memory = createBotMemory(await redis.connect());
    const options = { token, apiRoot: server.apiRoot, ports, memory, log: silentLog };
    const [first, second] = [await createTelegramBot(options), await createTelegramBot(options)];
    const update = {
      update_id: 4_711,
      message: {
        message_id: 1,
        date: Math.floor(Date.now() / 1_000),
        chat: { id: anaChat.id, type: "private" as const, first_name: "Ana" },
        from: { id: ana.id, is_bot: false, first_name: "Ana" },
        text: "/privacy",
      },
    };
    for (const bot of [first, second]) await bot.handleUpdate(update);
    expect(server.sent(anaChat.id)).toHaveLength(1);
  });

  test("an old button says so, and so does a query that came too late", async () => {
    let now = Date.now();
    const clock = { now: () => now, realMs: (ms: number) => ms, sleep: async () => undefined };
    const scene = await setScene({ clock });
    const { server, driver, ana, anaChat, ask, press, settled } = scene;
    const card = await ask(ana, anaChat, "/imbalance BTC");
    now += 40 * 24 * 60 * minute;
    expect((await press(ana, card, "🔄 Refresh")).answer?.["text"]).toContain("no longer valid");
    const late = driver.press(ana, card, "❓ Why?");
    driver.expire(late);
    await settled();
    expect(server.takeViolations()).toEqual([]);
  });

  test("429 in an answer: waited for once, then sent", async () => {
    const { server, ana, anaChat, ask } = await setScene();
    server.faults.add({
      kind: "status",
      status: 429,
      retryAfterSeconds: 1,
      method: "sendMessage",
      target: anaChat.id,
    });
    expect(textOf(await ask(ana, anaChat, "/privacy"))).toContain("Kept about this chat");
    expect(server.calls.some(({ isTooEarly }) => isTooEarly)).toBe(false);
  });

  test("a lost answer is not sent again", async () => {
    const scene = await setScene();
    const { server, driver, ana, anaChat, settled } = scene;
    server.faults.add({ kind: "acceptThenReset", method: "sendMessage", target: anaChat.id });
    driver.say(ana, anaChat, "/privacy");
    await server.waitFor(() => server.sent(anaChat.id)[0]);
    await settled();
    expect(server.sent(anaChat.id)).toHaveLength(1);
  });

  test("when Redis is away, people are told, and nothing hangs", async () => {
    const scene = await setScene();
    const { ports, ana, anaChat, ask } = scene;
    const get = ports.destinations.get;
    Object.assign(ports.destinations, {
      get: async () => {
        throw new Error("Redis is away");
      },
    });
    expect(textOf(await ask(ana, anaChat, "/alerts"))).toBe(textsIn("en").say("bot-trouble"));
    Object.assign(ports.destinations, { get });
  });

  test("where it fails after a change was kept, nobody is told that nothing was changed", async () => {
    const imbalance = async (): Promise<never> => Promise.reject(new Error("Redis is away"));
    const { ports, ana, anaChat, ask } = await setScene({ ports: { imbalance } });
    const answer = textOf(await ask(ana, anaChat, "/subscribe BTC 2"));
    expect((await ports.destinations.get(`telegram:${ana.id}`))?.subscriptions).toHaveLength(1);
    expect(answer).toContain("/alerts shows in a minute whether it was kept");
  });

  test("two programs with one token: the one that is thrown out stops asking", async () => {
    const { server, ports, redis } = await setScene();
    const memory = createBotMemory(await redis.connect());
    const stopping = new AbortController();
    const another = async (): Promise<void> => {
      const { token } = server.bot;
      const bot = await createTelegramBot({ token, apiRoot: server.apiRoot, ports, memory, log: silentLog });
      return poll(bot, stopping.signal, silentLog);
    };
    const polls = [another(), another()];
    await Promise.race(polls);
    expect(server.calls.some(({ status }) => status === 409)).toBe(true);
    stopping.abort();
    await Promise.all(polls);
  });

  test("command lists are set once for each scope and language, and then left alone", async () => {
    const { server, ports, redis } = await setScene();
    const bot = await createTelegramBot({
      token: server.bot.token,
      apiRoot: server.apiRoot,
      ports,
      memory: createBotMemory(await redis.connect()),
      log: silentLog,
    });
    expect(await keepCommandLists(bot.api)).toBe(4 * languages.length);
    expect(await keepCommandLists(bot.api)).toBe(0);
    const forMembers = server.commands().find(({ scope }) => scope.includes("all_group_chats"));
    expect(forMembers?.commands.map(({ command }) => command)).not.toContain("forget");
    expect(forMembers?.commands.map(({ command }) => command)).toContain("imbalance");
  });
});
