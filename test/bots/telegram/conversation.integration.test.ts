import { describe, expect, test } from "vitest";
import { subscribe } from "../../../src/alerts/edits.ts";
import { createTelegramSender } from "../../../src/notifier/senders/telegram.ts";
import type { PictureFailure } from "../../../src/charts/contracts.ts";
import { referenceImbalance } from "../../alerts/examples.ts";
import { systemClock } from "../../../src/ops/clock.ts";
import { textsIn } from "../../../src/texts/texts.ts";
import { loseFeed } from "../lostFeed.ts";
import { labelsOf, textOf } from "./messages.ts";
import { aroundScenes, plainPictures } from "./scene.ts";

const setScene = aroundScenes();

describe("asking about the market", () => {
  test("/imbalance: a picture with its card, and buttons that change it in place", async () => {
    const { server, ana, anaChat, ask, press } = await setScene();
    const card = await ask(ana, anaChat, "/imbalance btc");
    expect(card.content.photo).toBeDefined();
    expect(textOf(card)).toContain("Liquidation maps are not price predictions.");
    expect(labelsOf(card)).toEqual([
      ["🔄 Refresh", "❓ Why?"],
      ["🔥 Heatmap", "🔔 Subscribe"],
    ]);
    await press(ana, card, "🔥 Heatmap");
    await server.waitFor(() => (textOf(card).includes("last 24") ? card : undefined));
    expect(server.sent(anaChat.id)).toHaveLength(1);
  });

  test("Refresh of what has not changed is no error", async () => {
    const imbalance = async (symbol: string) => ({ ...referenceImbalance, symbol });
    const { ana, anaChat, ask, press } = await setScene({ ports: { imbalance } });
    const card = await ask(ana, anaChat, "/imbalance");
    expect((await press(ana, card, "🔄 Refresh")).answer).toBeDefined();
  });

  test("Why? explains venues, bands and confidence below the card, which stays", async () => {
    const imbalance = async (symbol: string) => ({
      ...referenceImbalance,
      symbol,
      ratioLow: 2.1,
      ratioHigh: 3.2,
      excessRatio: 1.9,
      percentile: 0.93,
      bands: [
        { distanceRatio: 0.01, longUsd: 4.1e8, shortUsd: 1.24e9 },
        { distanceRatio: 0.05, longUsd: 2e9, shortUsd: 3e9 },
      ],
    });
    const { ana, anaChat, ask, press, next } = await setScene({ ports: { imbalance } });
    const card = await ask(ana, anaChat, "/imbalance BTC");
    await press(ana, card, "❓ Why?");
    const why = textOf(await next(anaChat, 1));
    expect(why).toContain("Binance 51%, 4\u00a0s old, estimated");
    expect(why).toContain("±1%: $410M of longs if it falls, $1.2B of shorts if it rises");
    expect(why).toContain("between 2.1× and 3.2×");
    expect(why).toContain("more lopsided than 93% of the last 30 days");
    expect(textOf(card)).toContain("BTC 2.6× lopsided up");
  });

  test("without figures, with stale ones and without a picture it says so", async () => {
    const busy: PictureFailure = { kind: "failed", reason: "busy", message: "" };
    const { ana, anaChat, ask } = await setScene({
      ports: {
        imbalance: async (symbol) =>
          symbol === "ETH"
            ? { ...referenceImbalance, symbol, regime: "stale", ratio: null, ageMs: null }
            : symbol === "SOL"
              ? { ...referenceImbalance, symbol }
              : undefined,
        pictures: { ...plainPictures, map: async () => busy },
      },
    });
    expect(textOf(await ask(ana, anaChat, "/imbalance BTC"))).toContain("has not been computed yet");
    expect(textOf(await ask(ana, anaChat, "/imbalance ETH"))).toContain("no fresh data");
    const text = await ask(ana, anaChat, "SOL");
    expect(text.content.photo).toBeUndefined();
    expect(textOf(text)).toContain("SOL 2.6× lopsided up");
  });

  test("a picture is uploaded once; then its file id goes to everyone", async () => {
    const { server, driver, ana, anaChat, ben, ask } = await setScene();
    await ask(ana, anaChat, "/map BTC");
    await ask(ben, driver.addPrivateChat(ben), "/map BTC");
    await ask(ana, anaChat, "/imbalance BTC");
    expect(server.uploads()).toBe(1);
  });

  test("inline, in any chat, the card can be sent", async () => {
    const { server, driver, ben } = await setScene();
    const query = driver.inlineQuery(ben, "btc");
    await server.waitFor(() => query.answer);
    expect(JSON.stringify(query.answer)).toContain("BTC 2.6× lopsided up at $84,230");
    const all = driver.inlineQuery(ben, "");
    await server.waitFor(() => all.answer);
    expect(all.answer?.["results"]).toHaveLength(3);
  });

  test("/status names venues, ages and what waits", async () => {
    const { ana, anaChat, ask } = await setScene({ ports: { pending: async () => 3 } });
    const status = textOf(await ask(ana, anaChat, "/status"));
    expect(status).toContain("BTC: 3/3 venues fresh, data 4\u00a0s old");
    expect(status).toContain("Binance: fresh");
    expect(status).toContain("3 waiting");
  });

  test("/history tells what came after", async () => {
    const hour = 3_600_000;
    const now = Date.now();
    const firedAt = now - 30 * hour;
    const { alertContent } = await import("../../../src/alerts/content.ts");
    const { firedUp } = await import("../../alerts/examples.ts");
    const content = alertContent({ ...referenceImbalance, time: firedAt }, { ...firedUp, firedAt });
    const point = (hours: number, markPrice: number) => ({
      time: firedAt + hours * hour,
      markPrice,
      ratio: 2,
      ratioLow: null,
      ratioHigh: null,
      notionalUsd: null,
    });
    const { ana, anaChat, ask } = await setScene({
      ports: {
        points: async () => [point(0.5, 84_500), point(1, 85_072), point(2, 85_100), point(24, 82_546)],
        deliveries: {
          ofDestination: async () => [{ alertId: "a", symbol: "BTC", firedAt, content, outcome: "sent" }],
          tellHeld: async () => undefined,
          forget: async (_destination, takeOut) => takeOut(),
        },
      },
    });
    const history = textOf(await ask(ana, anaChat, "/history"));
    expect(history).toContain("BTC 2.6× up at $84,230");
    expect(history).toContain("1\u00a0h later +1%");
    expect(history).toContain("24\u00a0h later −2%");
    expect(history).toContain("the shorts' level (+0.91%) was reached after 60\u00a0min");
  });
});

describe("/alerts", () => {
  test("says of a symbol that is watched no more that nothing comes of it", async () => {
    const { ports, ana, anaChat, ask } = await setScene({
      ports: { watch: async () => ({ hold: "warming-up", stateOf: () => undefined }) },
    });
    const place = { destination: `telegram:${anaChat.id}`, kind: "direct" } as const;
    const before = { symbols: ["XMR"], notionalsInUse: new Set<number>() };
    await ports.destinations.change(place.destination, subscribe(place, { symbol: "XMR", ratio: 2 }, before));
    expect(textOf(await ask(ana, anaChat, "/alerts"))).toContain(
      "XMR 2×, either way\n⏳ held: this symbol is not watched any more",
    );
  });

  test("shows each with its state, and changes it from its buttons", async () => {
    const since = Date.now() - 60_000;
    const { server, ports, ana, anaChat, ask, press } = await setScene({
      ports: {
        watch: async (symbol) => ({
          ...(symbol === "SOL" && { hold: "few-venues" as const }),
          stateOf: ({ direction }) =>
            symbol === "BTC" && direction === "up" ? { status: "firing", since, level: 0 } : undefined,
        }),
        imbalance: async (symbol) => ({ ...referenceImbalance, symbol }),
      },
    });
    for (const symbol of ["BTC 2", "ETH 3", "SOL 2"]) await ask(ana, anaChat, `/subscribe ${symbol}`);
    const list = await ask(ana, anaChat, "/alerts");
    expect(textOf(list)).toMatch(/BTC 2×, either way\n🔴 firing since .+, ratio 2\.5×/u);
    expect(textOf(list)).toContain("ETH 3×, either way\n🟢 armed, 21% away");
    expect(textOf(list)).toContain("SOL 2×, either way\n⏳ held: too few venues answer");

    await press(ana, list, "⏸");
    await server.waitFor(() => (textOf(list).includes("⏸ paused") ? list : undefined));
    await press(ana, list, "✏️ ETH 3×");
    await server.waitFor(() => (textOf(list).includes("Change the alert of ETH 3×") ? list : undefined));
    await press(ana, list, "only ▲");
    await server.waitFor(() => (labelsOf(list).flat().includes("✓ only ▲") ? list : undefined));
    await press(ana, list, "Other ratio");
    await server.waitFor(() => (textOf(list).includes("How lopsided must ETH") ? list : undefined));
    await press(ana, list, "4.0×");
    await server.waitFor(() => (textOf(list).includes("Change the alert of ETH 4×") ? list : undefined));
    await press(ana, list, "🗑 Delete");
    await server.waitFor(() => (textOf(list).startsWith("Alerts here") ? list : undefined));
    const record = await ports.destinations.get(`telegram:${ana.id}`);
    expect(record?.subscriptions.map(({ symbol, mode }) => `${symbol} ${mode}`)).toEqual([
      "BTC off",
      "SOL loud",
    ]);
  });

  test("whoever asks for an alert that is out already is promised the next one, not this one", async () => {
    const since = Date.now() - 60_000;
    const { ana, anaChat, ask } = await setScene({
      ports: {
        watch: async (symbol) => ({
          stateOf: () => (symbol === "BTC" ? { status: "firing", since, level: 0 } : undefined),
        }),
      },
    });
    expect(textOf(await ask(ana, anaChat, "/subscribe BTC 2"))).toContain("You hear of the next one.");
    expect(textOf(await ask(ana, anaChat, "/subscribe ETH 2"))).toContain("if it holds, you hear soon.");
  });

  test("/unsubscribe ends those of a symbol, or all", async () => {
    const { ports, ana, anaChat, ask } = await setScene();
    for (const wish of ["BTC 2", "BTC 3", "ETH 2"]) await ask(ana, anaChat, `/subscribe ${wish}`);
    expect(textOf(await ask(ana, anaChat, "/unsubscribe btc"))).toBe("No more alerts for BTC here.");
    expect(textOf(await ask(ana, anaChat, "/unsubscribe SOL"))).toContain("no alert for SOL");
    expect(textOf(await ask(ana, anaChat, "/unsubscribe all"))).toContain("No more alerts here");
    expect((await ports.destinations.get(`telegram:${ana.id}`))?.subscriptions).toEqual([]);
  });
});

describe("settings", () => {
  test("mute, unmute, quiet hours, zone by name and by location", async () => {
    const { driver, ports, ana, anaChat, ask, next, server } = await setScene();
    expect(textOf(await ask(ana, anaChat, "/mute 2h"))).toContain("Quiet here until");
    expect(textOf(await ask(ana, anaChat, "/unmute"))).toBe("Alerts are on again.");
    expect(textOf(await ask(ana, anaChat, "/unmute"))).toBe("Nothing was muted here.");
    expect(textOf(await ask(ana, anaChat, "/quiet 22:00-07:00"))).toContain("(UTC) are held back");
    expect(textOf(await ask(ana, anaChat, "/zone berlni"))).toContain("Did you mean Europe/Berlin?");
    const seen = server.sent(anaChat.id).length;
    driver.say(ana, anaChat, "", { extra: { location: { latitude: 40.4, longitude: -3.7 } } });
    expect(textOf(await next(anaChat, seen))).toContain("Time zone Europe/Madrid");
    const record = await ports.destinations.get(`telegram:${ana.id}`);
    expect(record?.settings).toMatchObject({ zone: "Europe/Madrid", quietHours: { from: 1_320, to: 420 } });
  });

  test("as many alerts a day make a sound as is chosen", async () => {
    const { ports, ana, anaChat, ask, press, server } = await setScene();
    const mostOf = async () => (await ports.destinations.get(`telegram:${ana.id}`))?.settings.loudPerDay;
    const card = await ask(ana, anaChat, "/alerts");
    const tap = async (label: string, shown: string) => {
      await press(ana, card, label);
      await server.waitFor(() => (textOf(card).includes(shown) ? card : undefined));
    };
    await tap("⚙️ Settings", "Alerts with a sound: no limit a day");
    await tap("🔊 Sounds a day", "The day begins at midnight (UTC).");
    await tap("3", "Alerts with a sound: 3 a day at most");
    expect(await mostOf()).toBe(3);
    await tap("🔊 Sounds a day", "The day begins at midnight (UTC).");
    await tap("No limit", "Alerts with a sound: no limit a day");
    expect(await mostOf()).toBeUndefined();
  });

  test("quiet hours that end before their time let what they held back be told", async () => {
    const told: string[] = [];
    const { ana, anaChat, ask, next, driver, server } = await setScene({
      clock: { ...systemClock, now: () => Date.UTC(2026, 10, 23, 23) },
      ports: {
        deliveries: {
          ofDestination: async () => [],
          tellHeld: async (destination) => void told.push(destination),
          forget: async (_destination, takeOut) => takeOut(),
        },
      },
    });
    const place = `telegram:${ana.id}`;
    await ask(ana, anaChat, "/quiet 22:00-07:00");
    await ask(ana, anaChat, "/quiet 21:00-07:00");
    expect(told).toEqual([]);
    await ask(ana, anaChat, "/quiet off");
    await ask(ana, anaChat, "/quiet off");
    expect(told).toEqual([place]);
    await ask(ana, anaChat, "/quiet 22:00-07:00");
    const seen = server.sent(anaChat.id).length;
    driver.say(ana, anaChat, "/zone America/New_York");
    await next(anaChat, seen);
    expect(told).toEqual([place, place]);
    await ask(ana, anaChat, "/zone UTC");
    await ask(ana, anaChat, "/mute 2h");
    await ask(ana, anaChat, "/quiet off");
    expect(told).toEqual([place, place]);
  });

  test("the loss of data is told once to who switched that on, and to nobody else", async () => {
    const { server, redis, ports, ana, anaChat, ask, press } = await setScene();
    await ask(ana, anaChat, "/subscribe BTC 2");
    const list = await ask(ana, anaChat, "/alerts");
    await press(ana, list, "⚙️ Settings");
    const menu = await server.waitFor(() => (textOf(list).includes("not told here") ? list : undefined));
    const { token } = server.bot;
    const sender = createTelegramSender({
      token,
      apiRoot: server.apiRoot,
      timeoutMs: 5_000,
      clock: ports.clock,
    });
    const told = (): number =>
      server.sent(anaChat.id).filter((message) => textOf(message).startsWith("BTC: no exchange")).length;
    await loseFeed(redis, sender);
    expect(told()).toBe(0);

    await press(ana, menu, "📡 Tell when data is lost");
    await server.waitFor(() => (textOf(menu).includes("told here once") ? menu : undefined));
    await loseFeed(redis, sender);
    expect(told()).toBe(1);

    await press(ana, menu, "📡 Don't tell of lost data");
    await server.waitFor(() => (textOf(menu).includes("not told here") ? menu : undefined));
    await loseFeed(redis, sender);
    expect(told()).toBe(1);
  });

  test("/forget asks first, and then nothing is left", async () => {
    const { server, ports, ana, anaChat, ask, press } = await setScene();
    await ask(ana, anaChat, "/subscribe BTC 2");
    const sure = await ask(ana, anaChat, "/forget");
    expect((await ports.destinations.get(`telegram:${ana.id}`))?.subscriptions).toHaveLength(1);
    await press(ana, sure, "Yes, delete all");
    await server.waitFor(() => (textOf(sure).startsWith("Deleted") ? sure : undefined));
    expect(await ports.destinations.get(`telegram:${ana.id}`)).toBeUndefined();
  });

  test("whose client speaks Spanish is spoken to, and alerted, in Spanish", async () => {
    const { server, driver, ports, ask, press } = await setScene();
    const eva = driver.addUser({ languageCode: "es-AR" });
    const chat = driver.addPrivateChat(eva);
    expect(textOf(await ask(eva, chat, "/imbalance BTC"))).toContain(
      "Los mapas de liquidaciones no predicen precios.",
    );
    expect(textOf(await ask(eva, chat, "/subscribe BTC 2,5"))).toContain("BTC llegue a 2,5×");
    const menu = await ask(eva, chat, "/language");
    expect((await ports.destinations.get(`telegram:${eva.id}`))?.settings.language).toBe("es");
    await press(eva, menu, "English");
    await server.waitFor(() => (textOf(menu).includes("I write English here") ? menu : undefined));
    expect(textOf(await ask(eva, chat, "/alerts"))).toContain("Alerts here");
  });

  test("a chat's own language wins over the client's", async () => {
    const { driver, ports, ask } = await setScene();
    const kim = driver.addUser({ languageCode: "ko" });
    const chat = driver.addPrivateChat(kim);
    expect(textOf(await ask(kim, chat, "/language en"))).toBe("From now on I write English here.");
    expect((await ports.destinations.get(`telegram:${kim.id}`))?.settings.language).toBe("en");
    expect(textOf(await ask(kim, chat, "/language klingon"))).toContain("I don't speak “klingon” yet");
  });

  test("pressing a menu in a group is for administrators, each time anew", async () => {
    const { server, driver, ports, ana, ben, ask, press } = await setScene();
    const group = driver.addGroup({ admins: [ana], members: [ben] });
    const menu = await ask(ana, group, "/mute");
    expect((await press(ben, menu, "4 hours")).answer).toMatchObject({
      text: textsIn("en").say("bot-admins-only"),
    });
    driver.setUserStatus(group, ben, "administrator", ["can_manage_chat"]);
    await press(ben, menu, "4 hours");
    await server.waitFor(() => (textOf(menu).startsWith("Quiet here") ? menu : undefined));
    driver.setUserStatus(group, ana, "member");
    expect((await press(ana, menu, "🔔 Unmute")).answer).toMatchObject({ show_alert: true });
    expect((await ports.destinations.get(`telegram:${group.id}`))?.settings.mutedUntil).toBeGreaterThan(
      Date.now(),
    );
  });
});

describe("what is typed wrongly", () => {
  test("typos are guessed, wrong values explained with the chat's own symbol", async () => {
    const { ana, anaChat, ask } = await setScene();
    await ask(ana, anaChat, "/subscribe SOL 2");
    expect(textOf(await ask(ana, anaChat, "/imbalnce"))).toContain("Did you mean /imbalance?");
    expect(textOf(await ask(ana, anaChat, "hello there"))).toContain("/help");
    expect(textOf(await ask(ana, anaChat, "/subscribe 99"))).toContain("Example: /subscribe SOL 2.5");
    expect(textOf(await ask(ana, anaChat, "/help"))).toContain("/subscribe SOL 2.5");
  });

  test("what users type is never markup, and cut at 256 characters", async () => {
    const { ana, anaChat, ask } = await setScene();
    const typed = `/subscribe <b>[x](tg://user?id=1)*_${"y".repeat(2_000)}`;
    const refusal = await ask(ana, anaChat, typed);
    expect(textOf(refusal)).toContain("<b>[x](tg://user?id=1)*_");
    expect(textOf(refusal).length).toBeLessThan(500);
    expect(refusal.content.entities.map((entity) => Reflect.get(entity, "type"))).toEqual(["code"]);
  });

  test("in groups, other bots' commands and forwarded ones are not for us", async () => {
    const { server, driver, ana, ask } = await setScene();
    const group = driver.addGroup({ admins: [ana] });
    driver.say(ana, group, "/roll");
    driver.say(ana, group, "/help@some_other_bot");
    const forward_origin = { type: "user", sender_user: { id: 1 }, date: 1 };
    driver.say(ana, group, "/unsubscribe all", { extra: { forward_origin } });
    await ask(ana, group, "/help@lopside_test_bot");
    expect(server.sent(group.id)).toHaveLength(1);
  });
});

describe("security", () => {
  test("forged data, another chat's button and a stranger's set-up are refused", async () => {
    const { server, driver, ports, ana, anaChat, ben, ask } = await setScene();
    await ask(ana, anaChat, "/subscribe BTC 2");
    const sure = await ask(ana, anaChat, "/forget");
    const markup: unknown = JSON.parse(JSON.stringify(sure.content.replyMarkup));
    const data = String(Reflect.get(markup as object, "inline_keyboard")[0][0].callback_data);

    const benChat = driver.addPrivateChat(ben);
    const mine = await ask(ben, benChat, "/help");
    for (const forged of [data, "F", "F~0000000000000000", `${data.slice(0, -1)}A`, "x".repeat(64)]) {
      const query = driver.forgePress(ben, mine, forged);
      await server.waitFor(() => query.answer);
      expect(query.answer?.["text"]).toContain("no longer valid");
    }
    expect((await ports.destinations.get(`telegram:${ana.id}`))?.subscriptions).toHaveLength(1);

    const channel = driver.addChannel({ title: "Ana's", admins: [ana] });
    const { setUpPayload } = await import("../../../src/bots/telegram/links.ts");
    const payload = setUpPayload(`telegram:${channel.id}`);
    expect(textOf(await ask(ben, benChat, `/start ${payload}`))).toBe(textsIn("en").say("bot-not-yours"));
  });

  test("whoever stops being an administrator loses the channel's menu in their private chat", async () => {
    const { server, driver, ports, ana, anaChat, next, press } = await setScene();
    const channel = driver.addChannel({ title: "Signals", admins: [ana], botStatus: "left" });
    driver.setBotStatus(channel, { by: ana, status: "administrator", rights: ["can_post_messages"] });
    const menu = await next(anaChat, 0);
    driver.setUserStatus(channel, ana, "left");
    expect((await press(ana, menu, "BTC")).answer).toMatchObject({
      text: textsIn("en").say("bot-not-yours"),
    });
    expect(await ports.destinations.get(`telegram:${channel.id}`)).toBeUndefined();
    expect(server.sent(channel.id)).toEqual([]);
  });

  test("nor may they look at its alerts any longer", async () => {
    const { server, driver, ana, anaChat, next, press } = await setScene();
    const channel = driver.addChannel({ title: "Signals", admins: [ana], botStatus: "left" });
    driver.setBotStatus(channel, { by: ana, status: "administrator", rights: ["can_post_messages"] });
    const menu = await next(anaChat, 0);
    await press(ana, menu, "BTC");
    await server.waitFor(() => (textOf(menu).includes("How lopsided") ? menu : undefined));
    await press(ana, menu, "2.0×");
    await server.waitFor(() => (textOf(menu).startsWith("Done") ? menu : undefined));
    driver.setUserStatus(channel, ana, "left");
    const refused = await press(ana, menu, "📋 My alerts");
    expect(refused.answer).toMatchObject({ text: textsIn("en").say("bot-not-yours") });
    expect(server.sent(anaChat.id)).toHaveLength(1);
  });

  test("one who floods is told once, and then not looked at", async () => {
    const { server, driver, ana, anaChat, ben, ask } = await setScene();
    for (let index = 0; index < 40; index += 1) driver.say(ana, anaChat, "/privacy");
    const told = textsIn("en").say("bot-too-fast");
    await server.waitFor(() => server.sent(anaChat.id).find((message) => textOf(message) === told));
    await ask(ben, driver.addPrivateChat(ben), "/help");
    expect(server.sent(anaChat.id).filter((message) => textOf(message) === told)).toHaveLength(1);
    expect(server.sent(anaChat.id).length).toBeLessThanOrEqual(17);
  });

  test("the token is in no log line", async () => {
    const lines: string[] = [];
    const write = (fields: object, message: string): void => {
      lines.push(JSON.stringify(fields) + message);
    };
    const log = { debug: write, info: write, warn: write, error: write, child: () => log };
    const { server, driver, ana, anaChat, ask } = await setScene({ log });
    server.faults.add({ method: "sendMessage", kind: "resetBefore", times: 1 });
    driver.say(ana, anaChat, "/help");
    await server.waitFor(() =>
      lines.some((line) => line.includes("could not be answered")) ? true : undefined,
    );
    await ask(ana, anaChat, "/help");
    expect(lines.join("\n")).not.toContain(server.bot.token.split(":")[1]);
  });
});
