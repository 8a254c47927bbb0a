import { describe, expect, test } from "vitest";
import { setMute } from "../../../src/alerts/settings.ts";
import { labelsOf, textOf } from "./messages.ts";
import { aroundScenes } from "./scene.ts";

const setScene = aroundScenes();

describe("subscribing", () => {
  test("in a private chat, from /start, by tapping alone", async () => {
    const { server, ports, ana, anaChat, ask, press } = await setScene();
    const welcome = await ask(ana, anaChat, "/start");
    expect(labelsOf(welcome).flat()).toContain("🔔 BTC");
    await press(ana, welcome, "🔔 BTC");
    const menu = await server.waitFor(() => (textOf(welcome).includes("How lopsided") ? welcome : undefined));
    await press(ana, menu, "2.5×");
    const done = await server.waitFor(() => (textOf(menu).startsWith("Done") ? menu : undefined));
    expect(textOf(done)).toContain("This message is the proof that I can reach you.");
    const record = await ports.destinations.get(`telegram:${ana.id}`);
    expect(record?.subscriptions).toMatchObject([{ symbol: "BTC", ratio: 2.5, direction: "both" }]);
    expect(record?.settings).toMatchObject({ kind: "direct", owner: `telegram:${ana.id}` });
  });

  test("in one line, and asking again changes nothing", async () => {
    const { ports, ana, anaChat, ask } = await setScene();
    expect(textOf(await ask(ana, anaChat, "/subscribe btc 2,5"))).toContain(
      "Done. I write here when BTC gets 2.5×",
    );
    expect(textOf(await ask(ana, anaChat, "/subscribe BTC 2.5"))).toContain("That was set already");
    const record = await ports.destinations.get(`telegram:${ana.id}`);
    expect(record?.subscriptions).toHaveLength(1);
  });

  test("promises nothing soon where the place is muted or the alert has its pause", async () => {
    const until = Date.now() + 3_600_000;
    const stateOf = () => ({ status: "cooling-down" as const, until });
    const { ports, ana, anaChat, ask } = await setScene({ ports: { watch: async () => ({ stateOf }) } });
    const paused = textOf(await ask(ana, anaChat, "/subscribe BTC 2"));
    expect(paused).toContain("quiet after its last alert until");
    expect(paused).not.toContain("you hear soon");
    const own = { destination: `telegram:${ana.id}`, kind: "direct" as const };
    await ports.destinations.change(own.destination, setMute(own, until, until - 60_000));
    const muted = textOf(await ask(ana, anaChat, "/subscribe BTC 2.5"));
    expect(muted).toContain("left out: muted until");
    expect(muted).not.toContain("you hear soon");
  });

  test("by a link, in one tap", async () => {
    const { ports, ana, anaChat, ask } = await setScene();
    expect(textOf(await ask(ana, anaChat, "/start BTC_2-5"))).toContain("BTC gets 2.5× lopsided");
    expect((await ports.destinations.get(`telegram:${ana.id}`))?.subscriptions).toHaveLength(1);
    expect(textOf(await ask(ana, anaChat, "/start ETH"))).toContain("How lopsided must ETH get");
  });

  test("in a group: administrators may, members may not, and a test alert is posted", async () => {
    const { server, driver, ports, ana, ben, ask, next } = await setScene();
    const group = driver.addGroup({ title: "Traders", admins: [ana], members: [ben] });
    expect(textOf(await ask(ben, group, "/subscribe BTC 2"))).toContain("Only administrators");
    expect(await ports.destinations.get(`telegram:${group.id}`)).toBeUndefined();
    expect(textOf(await ask(ben, group, "/imbalance BTC"))).toContain("BTC 2.6× lopsided up");

    const seen = server.sent(group.id).length;
    const alert = await ask(ana, group, "/subscribe BTC 2");
    expect(textOf(alert)).toContain("TEST");
    expect(textOf(await next(group, seen + 1))).toContain("A test alert has just been posted here");
    const record = await ports.destinations.get(`telegram:${group.id}`);
    expect(record?.settings).toMatchObject({ kind: "group", owner: `telegram:${ana.id}` });
  });

  test("/forget in a forum asks about the topic, and leaves the others", async () => {
    const { server, driver, ports, ana, next, press } = await setScene();
    const forum = driver.addGroup({ isForum: true, admins: [ana] });
    const [btc, eth] = [driver.addTopic(forum, "BTC"), driver.addTopic(forum, "ETH")];
    for (const [index, threadId] of [btc, eth].entries()) {
      driver.say(ana, forum, "/subscribe BTC 2", { threadId });
      await next(forum, 2 * index + 1);
    }
    driver.say(ana, forum, "/forget", { threadId: btc });
    const sure = await next(forum, 4);
    expect(textOf(sure)).toContain("in a forum about this topic");
    await press(ana, sure, "Yes, delete all");
    await server.waitFor(() => (textOf(sure).startsWith("Deleted") ? sure : undefined));
    expect(textOf(sure)).not.toContain("this chat");
    const kept = await ports.destinations.getMany([btc, eth].map((id) => `telegram:${forum.id}/${id}`));
    expect(kept.map((record) => record?.subscriptions.length)).toEqual([undefined, 1]);
  });

  test("a test alert for which the platform has no room is left out, and whoever asked reads so", async () => {
    const { server, driver, ana, ask, settled } = await setScene({
      ports: { sendTest: async () => ({ kind: "later" }) },
    });
    const group = driver.addGroup({ admins: [ana] });
    const answer = textOf(await ask(ana, group, "/subscribe BTC 2"));
    await settled();
    expect(server.sent(group.id)).toHaveLength(1);
    expect(answer).toContain("The test alert was left out");
    expect(answer).toContain("press Test in /alerts");
  });

  test("an anonymous administrator is one", async () => {
    const { driver, ports, ana, ask } = await setScene();
    const group = driver.addGroup({ isSupergroup: true, admins: [ana] });
    await ask(ana, group, "/subscribe BTC 2", { isAnonymous: true });
    expect((await ports.destinations.get(`telegram:${group.id}`))?.subscriptions).toHaveLength(1);
  });

  test("in a forum's topic: answers and alerts stay in it", async () => {
    const { server, driver, ports, ana, ask, next } = await setScene();
    const forum = driver.addGroup({ title: "Forum", isForum: true, admins: [ana] });
    const topic = driver.addTopic(forum, "BTC");
    await ask(ana, forum, "/subscribe BTC 2", { threadId: topic });
    await next(forum, 1);
    expect(server.sent(forum.id).map(({ threadId }) => threadId)).toEqual([topic, topic]);
    expect((await ports.destinations.get(`telegram:${forum.id}/${topic}`))?.subscriptions).toHaveLength(1);
    expect(await ports.destinations.get(`telegram:${forum.id}`)).toBeUndefined();
  });

  test("of a channel: whoever adds the bot gets its menu in private", async () => {
    const { server, driver, ports, ana, anaChat, next, press } = await setScene();
    const channel = driver.addChannel({ title: "Signals", admins: [ana], botStatus: "left" });
    driver.setBotStatus(channel, {
      by: ana,
      status: "administrator",
      rights: ["can_post_messages", "can_edit_messages"],
    });
    const menu = await next(anaChat, 0);
    expect(textOf(menu)).toContain("I am in the channel “Signals”");
    await press(ana, menu, "BTC");
    await server.waitFor(() => (textOf(menu).includes("How lopsided") ? menu : undefined));
    await press(ana, menu, "2.0×");
    await server.waitFor(() => (textOf(menu).includes("I write in Signals") ? menu : undefined));
    expect(server.sent(channel.id).map(textOf)).toEqual([expect.stringContaining("TEST")]);
    expect((await ports.destinations.get(`telegram:${channel.id}`))?.subscriptions).toHaveLength(1);
  });

  test("of a channel by somebody the bot can't write to: a line with a link, gone after set-up", async () => {
    const { server, driver, ports, ben, ask, next, press } = await setScene();
    const channel = driver.addChannel({ title: "Signals", admins: [ben], botStatus: "left" });
    driver.setBotStatus(channel, {
      by: ben,
      status: "administrator",
      rights: ["can_post_messages", "can_delete_messages"],
    });
    const line = await next(channel, 0);
    const url: unknown = JSON.parse(JSON.stringify(line.content.replyMarkup)).inline_keyboard[0][0].url;
    const payload = new URL(String(url)).searchParams.get("start");

    const benChat = driver.addPrivateChat(ben);
    const menu = await ask(ben, benChat, `/start ${payload}`);
    expect(textOf(menu)).toContain("I am in the channel “Signals”");
    expect(line.isDeleted).toBe(true);
    await press(ben, menu, "ETH");
    await server.waitFor(() => (textOf(menu).includes("How lopsided") ? menu : undefined));
    await press(ben, menu, "3.0×");
    await server.waitFor(() => (textOf(menu).startsWith("Done") ? menu : undefined));
    expect((await ports.destinations.get(`telegram:${channel.id}`))?.subscriptions).toHaveLength(1);
  });

  test("by a post in the channel itself, but not by one forwarded into it", async () => {
    const { server, driver, ports, ana } = await setScene();
    const channel = driver.addChannel({ admins: [ana] });
    driver.channelPost(channel, "/subscribe BTC 3", {
      extra: {
        forward_origin: {
          type: "channel",
          chat: { id: -1, type: "channel", title: "x" },
          message_id: 1,
          date: 1,
        },
      },
    });
    driver.channelPost(channel, "/subscribe BTC 2");
    await server.waitFor(() => server.sent(channel.id)[1]);
    const record = await ports.destinations.get(`telegram:${channel.id}`);
    expect(record?.subscriptions.map(({ ratio }) => ratio)).toEqual([2]);
  });

  test("in a channel whoever only reads it makes the bot post nothing: the answer is theirs alone", async () => {
    const { server, driver, ana, ben, press, settled } = await setScene();
    const channel = driver.addChannel({ admins: [ana] });
    driver.channelPost(channel, "/imbalance BTC");
    const card = await server.waitFor(() => server.sent(channel.id)[0]);
    const why =
      labelsOf(card)
        .flat()
        .find((label) => /why/i.test(label)) ?? "";
    const { answer } = await press(ben, card, why);
    await settled();
    expect(server.sent(channel.id)).toHaveLength(1);
    expect(answer).toMatchObject({ show_alert: true, text: expect.stringMatching(/^.{20,200}$/s) });
    await press(ana, card, why);
    await server.waitFor(() => server.sent(channel.id)[1]);
  });

  test("of a channel picked from Telegram's own list", async () => {
    const { driver, ana, anaChat, server, ask, next, settled } = await setScene();
    await ask(ana, anaChat, "/start");
    const picker = await next(anaChat, 1);
    expect(JSON.stringify(picker.content.replyMarkup)).toContain("request_chat");
    const channel = driver.addChannel({ title: "Picked", admins: [ana], botStatus: "left" });
    // picking it makes the bot an administrator: both are told, the menu comes once
    driver.setBotStatus(channel, { by: ana, status: "administrator", rights: ["can_post_messages"] });
    driver.say(ana, anaChat, "", {
      extra: { chat_shared: { request_id: 1, chat_id: channel.id, title: "Picked" } },
    });
    expect(textOf(await next(anaChat, 2))).toContain("I am in the channel “Picked”");
    await settled();
    expect(server.sent(anaChat.id)).toHaveLength(3);
    expect(server.sent(channel.id)).toEqual([]);
  });

  test("where the bot may not post, the right that is missing is named at once", async () => {
    const { driver, ana, anaChat, next } = await setScene();
    const channel = driver.addChannel({ title: "Mute", admins: [ana], botStatus: "left" });
    driver.setBotStatus(channel, { by: ana, status: "administrator", rights: [] });
    expect(textOf(await next(anaChat, 0))).toContain("I lack the right “Post messages”");
  });

  test("a group that lets nobody write: whoever asked learns which right is missing", async () => {
    const { driver, ana, anaChat, next } = await setScene();
    const group = driver.addGroup({ title: "Quiet", isSupergroup: true, admins: [ana] });
    group.permissions = new Set();
    driver.say(ana, group, "/subscribe BTC 2");
    expect(textOf(await next(anaChat, 0))).toContain("Quiet: I lack the right “Send messages”");
  });

  test("a group that allows text but no photos: the answer names the right and comes as text", async () => {
    const { driver, ana, server } = await setScene();
    const group = driver.addGroup({ isSupergroup: true, admins: [ana] });
    group.permissions = new Set(["can_send_messages"]);
    driver.say(ana, group, "/imbalance BTC");
    const card = await server.waitFor(() => server.sent(group.id)[0]);
    expect(card.content.text).toContain("BTC 2.6× lopsided up");
  });
});
