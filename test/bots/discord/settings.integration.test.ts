import { PermissionFlagsBits as bits } from "discord-api-types/v10";
import { describe, expect, test } from "vitest";
import { seal } from "../../../src/bots/shared/signature.ts";
import { createDiscordSender } from "../../../src/notifier/senders/discord.ts";
import { loseFeed } from "../lostFeed.ts";
import { defaultPermissions, type DiscordMessage } from "../../support/discord/world.ts";
import { aroundScenes, isPrivate, shown, type Scene } from "./harness.ts";

const scene = aroundScenes();

/** With three alerts, and the answer of /alerts. */
async function withAlerts(): Promise<Scene & { list: DiscordMessage }> {
  const set = await scene();
  for (const symbol of ["BTC", "ETH", "SOL"]) await set.ask("subscribe", { symbol, ratio: 2 });
  const { original } = await set.ask("alerts");
  if (original === undefined) throw new Error("no answer");
  return { ...set, list: original };
}

const recordOf = async ({ ports, channel }: Scene) => ports.destinations.get(`discord:${channel.id}`);

/** The answer of an edit panel whose form was opened. */
async function openForm(set: Scene & { list: DiscordMessage }) {
  await set.press(set.list, "✏️ BTC 2×");
  const opened = set.server.driver.press(set.manager, set.list, "Other ratio");
  await set.server.waitFor(() => opened.modal);
  return opened;
}

describe("/alerts", () => {
  test("lists what is set for who asked alone, each with its buttons", async () => {
    const { list } = await withAlerts();
    expect(isPrivate(list)).toBe(true);
    for (const part of ["BTC 2×", "ETH 2×", "SOL 2×"]) expect(shown(list)).toContain(part);
  });

  test("becomes a menu where there are many, and a choice opens its panel in place", async () => {
    const set = await scene();
    for (const ratio of [1.5, 2, 3, 4, 5, 6, 7, 8]) await set.ask("subscribe", { symbol: "BTC", ratio });
    const { original } = await set.ask("alerts");
    if (original === undefined) throw new Error("no answer");
    const options = [...shown(original).matchAll(/"label":"(✏️ [^"]+)","value":"([^"]+)"/g)];
    expect(options).toHaveLength(8);
    const chosen = set.server.driver.select(set.manager, original, "menu-0", [options[2]?.[2] ?? ""]);
    await set.answered(chosen);
    expect(chosen.ackType).toBe(6);
    expect(shown(original)).toContain("Change the alert of BTC 3×");
  });

  test("a form changes ratio, side, confidence and loudness at once", async () => {
    const set = await withAlerts();
    const opened = await openForm(set);
    const submitted = set.server.driver.submitModal(set.manager, opened, {
      ratio: "3,5",
      direction: "down",
      confidence: "90",
      mode: "silent",
    });
    await set.answered(submitted);
    expect((await recordOf(set))?.subscriptions[0]).toMatchObject({
      symbol: "BTC",
      ratio: 3.5,
      direction: "down",
      confidence: 90,
      mode: "silent",
    });
    expect(submitted.ackType).toBe(6);
    expect(shown(set.list)).toContain("BTC 3.5×");
  });

  test("a form with what can't be is refused, and changes nothing", async () => {
    const set = await withAlerts();
    const submitted = set.server.driver.submitModal(set.manager, await openForm(set), { ratio: "99" });
    await set.answered(submitted);
    expect(isPrivate(submitted.original)).toBe(true);
    expect(shown(submitted.original)).toContain("from 1.1 to 20");
    expect((await recordOf(set))?.subscriptions[0]?.ratio).toBe(2);
  });

  test("rights that were lost while a form was open count when it is sent", async () => {
    const set = await withAlerts();
    const opened = await openForm(set);
    set.server.driver.addMember(set.guild, set.manager, defaultPermissions);
    const submitted = set.server.driver.submitModal(set.manager, opened, { ratio: "5" });
    await set.answered(submitted);
    expect(shown(submitted.original)).toContain("Manage Server");
    expect((await recordOf(set))?.subscriptions[0]?.ratio).toBe(2);
  });

  test("pauses and deletes in place", async () => {
    const set = await withAlerts();
    await set.press(set.list, "⏸");
    expect((await recordOf(set))?.subscriptions[0]?.mode).toBe("off");
    await set.press(set.list, "🗑");
    expect((await recordOf(set))?.subscriptions.map(({ symbol }) => symbol)).toEqual(["ETH", "SOL"]);
  });
});

describe("buttons", () => {
  test("a stranger's press changes nothing and says why, to them alone", async () => {
    const set = await withAlerts();
    const pressed = await set.press(set.list, "⏸", set.stranger);
    expect(isPrivate(pressed.original)).toBe(true);
    expect(shown(pressed.original)).toContain("Manage Server");
    expect((await recordOf(set))?.subscriptions[0]?.mode).toBe("loud");
  });

  test("made up, of another place, or old ones are refused", async () => {
    const set = await withAlerts();
    const now = set.ports.clock.now();
    const elsewhere = "discord:1500000000000000009";
    const { signingKey: key } = set.ports;
    const place = `discord:${set.channel.id}`;
    const wrongs = [
      "1|delete|1|aaaaaaaaaaaaaaaa",
      seal({ action: { do: "delete", id: 1 } }, { key, place: elsewhere, now }),
      seal({ action: { do: "delete", id: 1 } }, { key: Buffer.alloc(32), place, now }),
      seal({ action: { do: "delete", id: 1 } }, { key, place, now: now - 31 * 86_400_000 }),
    ];
    for (const customId of wrongs) {
      const pressed = set.server.driver.forgePress(set.manager, set.list, customId);
      await set.answered(pressed);
      expect(shown(pressed.original)).toContain("no longer valid");
    }
    expect((await recordOf(set))?.subscriptions).toHaveLength(3);
  });

  test("nobody touches another server's alerts, not with a button that was really made by the bot", async () => {
    const set = await withAlerts();
    const other = set.server.driver.addGuild("Other");
    set.server.driver.addMember(other, set.manager, defaultPermissions | bits.ManageGuild);
    const theirs = set.server.driver.addChannel(other);
    await set.ask("subscribe", { symbol: "BTC", ratio: 4 }, { channel: theirs });
    const { signingKey: key, clock } = set.ports;
    const sealing = { key, place: `discord:${set.channel.id}`, now: clock.now() };
    const target = `discord:${theirs.id}`;
    const forged = seal({ action: { do: "delete", id: 1 }, target }, sealing);
    const pressed = set.server.driver.forgePress(set.manager, set.list, forged);
    await set.answered(pressed);
    expect(shown(set.list)).toContain("another server");
    expect((await set.ports.destinations.get(target))?.subscriptions).toHaveLength(1);
    const edit = seal({ action: { do: "choose-ratio", symbol: "BTC", id: 1 }, target }, sealing);
    const opening = set.server.driver.forgePress(set.manager, set.list, edit);
    await set.answered(opening);
    expect([opening.modal, shown(opening.original).includes("does not exist")]).toEqual([undefined, true]);
  });
});

describe("the buttons below an alert", () => {
  async function withAlert() {
    const set = await scene();
    await set.ask("subscribe", { symbol: "BTC", ratio: 2 });
    const alert = set.server.sent(set.channel.id).find((each) => shown(each).includes("TEST"));
    if (alert === undefined) throw new Error("no alert");
    return { ...set, alert };
  }

  test("Snooze is for those who manage the server: nothing is said for an hour", async () => {
    const set = await withAlert();
    const refused = await set.press(set.alert, "💤 Snooze 1\u00a0h", set.stranger);
    expect(shown(refused.original)).toContain("Manage Server");
    const done = await set.press(set.alert, "💤 Snooze 1\u00a0h");
    expect(isPrivate(done.original)).toBe(true);
    expect((await recordOf(set))?.settings.mutedUntil).toBeGreaterThan(set.ports.clock.now());
    expect(set.alert.history).toEqual([]);
  });

  test("Why? and Settings answer who presses, and leave the alert as it is", async () => {
    const set = await withAlert();
    const why = await set.press(set.alert, "❓ Why?", set.stranger);
    expect([isPrivate(why.original), shown(why.original).includes("Why BTC")]).toEqual([true, true]);
    const settings = await set.press(set.alert, "⚙️ Settings");
    expect([isPrivate(settings.original), shown(settings.original).includes("BTC 2×")]).toEqual([true, true]);
    expect(set.alert.history).toEqual([]);
  });
});

describe("settings of a channel", () => {
  test("the time zone is asked for in a form, by command and by button", async () => {
    const set = await scene();
    await set.ask("subscribe", { symbol: "BTC", ratio: 2 });
    const asked = await set.ask("zone");
    expect(asked.ackType).toBe(9);
    await set.answered(set.server.driver.submitModal(set.manager, asked, { zone: "new york" }));
    expect((await recordOf(set))?.settings.zone).toBe("America/New_York");
    const { original } = await set.ask("alerts");
    if (original === undefined) throw new Error("no answer");
    await set.press(original, "⚙️ Settings");
    const opened = set.server.driver.press(set.manager, original, "🕑 Time zone");
    await set.server.waitFor(() => opened.modal);
    const wrong = set.server.driver.submitModal(set.manager, opened, { zone: "Atlantis" });
    await set.answered(wrong);
    expect(shown(wrong.original)).toContain("I know no time zone");
  });

  test("are changed by command, for this channel or another of the server", async () => {
    const set = await scene();
    const { ask, channel, guild, server, ports } = set;
    const other = server.driver.addChannel(guild);
    for (const where of [channel, other]) await ask("subscribe", { symbol: "BTC", ratio: 2, channel: where });
    await ask("mute", { duration: "2h", channel: other });
    await ask("quiet", { hours: "22:00-07:00" });
    await ask("zone", { zone: "Berlin" });
    const [here, there] = await ports.destinations.getMany([`discord:${channel.id}`, `discord:${other.id}`]);
    expect(here?.settings).toMatchObject({ quietHours: { from: 1_320, to: 420 }, zone: "Europe/Berlin" });
    expect(here?.settings.mutedUntil).toBeUndefined();
    expect(there?.settings.mutedUntil).toBeGreaterThan(ports.clock.now());
    await ask("unmute", { channel: other });
    expect((await ports.destinations.get(`discord:${other.id}`))?.settings.mutedUntil).toBeUndefined();
  });

  test("as many alerts a day make a sound as is chosen", async () => {
    const set = await withAlerts();
    await set.press(set.list, "⚙️ Settings");
    await set.press(set.list, "🔊 Sounds a day");
    await set.press(set.list, "5");
    expect((await recordOf(set))?.settings.loudPerDay).toBe(5);
    expect(shown(set.list)).toContain("Alerts with a sound: 5 a day at most");
  });

  test("the loss of data is told once where somebody switched that on", async () => {
    const set = await withAlerts();
    const { server, channel, redis, ports, list } = set;
    const { token, apiUrl } = server;
    const sender = createDiscordSender({ token, apiUrl, timeoutMs: 5_000, clock: ports.clock });
    const told = (): number =>
      server.sent(channel.id).filter((message) => shown(message).includes("BTC: no exchange")).length;
    await set.press(list, "⚙️ Settings");
    await loseFeed(redis, sender);
    expect(told()).toBe(0);

    await set.press(list, "📡 Tell when data is lost");
    expect(shown(list)).toContain("told here once");
    await loseFeed(redis, sender);
    expect(told()).toBe(1);

    await set.press(list, "📡 Don't tell of lost data");
    await loseFeed(redis, sender);
    expect(told()).toBe(1);
  });

  test("/unsubscribe ends a symbol's alerts, or all", async () => {
    const set = await withAlerts();
    await set.ask("unsubscribe", { symbol: "ETH" });
    expect((await recordOf(set))?.subscriptions.map(({ symbol }) => symbol)).toEqual(["BTC", "SOL"]);
    await set.ask("unsubscribe", { symbol: "all" });
    expect((await recordOf(set))?.subscriptions).toEqual([]);
  });

  test("/forget asks first, then deletes all", async () => {
    const set = await withAlerts();
    const { original } = await set.ask("forget");
    if (original === undefined) throw new Error("no answer");
    expect(await recordOf(set)).toBeDefined();
    await set.press(original, "Yes, delete all");
    expect(await recordOf(set)).toBeUndefined();
  });

  test.each(["status", "help", "privacy", "history", "language"])(
    "/%s is answered to who asked alone",
    async (name) => {
      const { ask } = await scene();
      const { original } = await ask(name);
      expect(isPrivate(original)).toBe(true);
      expect(shown(original).length).toBeGreaterThan(90);
    },
  );
});
