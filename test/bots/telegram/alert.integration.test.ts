import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { scaledClock } from "../../../src/ops/clock.ts";
import type { SimulatedExchange } from "../../../src/sim/contracts.ts";
import { startSimulatedExchange } from "../../../src/sim/exchange.ts";
import { startTestLopside, type TestLopside } from "../../support/lopside.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { startTelegramServer, type TelegramServer } from "../../support/telegram/server.ts";
import type { ChatRecord, MessageRecord } from "../../support/telegram/world.ts";
import { labelsOf, textOf } from "./messages.ts";

const dayMs = 24 * 3_600_000;
/** Longs crowd in during a long rise: the modelled ratio leaves 1 and stays away from it. */
const story = {
  script: {
    history: [
      {
        name: "rise",
        durationMs: 2 * dayMs,
        priceRatio: 1.04,
        dailyVolatility: 0.02,
        openInterestRatio: 1.2,
      },
    ],
    live: [],
  },
  faults: [],
};

describe("an alert that somebody subscribed to on Telegram", () => {
  const clock = scaledClock(60, Date.UTC(2026, 0, 14, 12));
  let exchange: SimulatedExchange;
  let redis: TestRedis;
  let server: TelegramServer;
  const running: TestLopside[] = [];

  beforeAll(async () => {
    exchange = await startSimulatedExchange({
      clock,
      seed: 11,
      symbols: ["BTC"],
      venues: ["binanceusdm", "bybit", "okx"],
      storyline: story,
      historyMs: 2 * dayMs,
    });
  });
  afterAll(async () => exchange.close());
  beforeEach(async () => {
    [redis, server] = await Promise.all([startTestRedis(), startTelegramServer({ now: clock.now })]);
  });
  afterEach(async () => {
    for (const lopside of running.splice(0)) await lopside.stop();
    await server.close();
    await redis.stop();
  });

  const start = async (): Promise<TestLopside> => {
    const lopside = await startTestLopside({
      redis,
      clock,
      roles: ["poller", "worker", "notifier", "telegram"],
      env: {
        SYMBOLS: "BTC",
        VENUES: "binanceusdm,bybit,okx",
        VENUE_BASE_URL: exchange.baseUrl,
        // a slot of two seconds, so that a busy machine is not taken for a stale feed
        POLL_INTERVAL: "120s",
        ALERT_COOLDOWN: "30d",
        TELEGRAM_BOT_TOKEN: server.bot.token,
        TELEGRAM_API_ROOT: server.apiRoot,
      },
    });
    running.push(lopside);
    return lopside;
  };
  const isAlert = (message: MessageRecord): boolean =>
    labelsOf(message)
      .flat()
      .some((label) => label.includes("💤"));
  const alertsIn = (chat: ChatRecord): readonly MessageRecord[] => server.sent(chat.id).filter(isAlert);

  test("arrives once, in the topic it was asked for, with buttons that work; a restart repeats nothing", async () => {
    await start();
    const ana = server.driver.addUser({ languageCode: "es" });
    const chat = server.driver.addPrivateChat(ana);
    const forum = server.driver.addGroup({ isForum: true, admins: [ana] });
    const topic = server.driver.addTopic(forum, "BTC");
    server.driver.say(ana, chat, "/subscribe BTC 1.1");
    server.driver.say(ana, forum, "/subscribe BTC 1.1", { threadId: topic });
    const alert = await server.waitFor(() => alertsIn(chat)[0]);
    expect(textOf(alert)).toContain("Los mapas de liquidaciones no predicen precios.");
    // the first one is the test alert
    const inTopic = await server.waitFor(() => alertsIn(forum)[1]);
    expect(inTopic.threadId).toBe(topic);

    await running.pop()?.stop();
    await start();
    const query = server.driver.press(ana, alert, "💤 Callar 1\u00a0h");
    await server.waitFor(() => query.answer);
    expect(query.answer?.["text"]).toContain("Silencio aquí hasta");
    const why = server.driver.press(ana, alert, "❓ ¿Por qué?");
    await server.waitFor(() => why.answer);
    await server.waitFor(() => server.sent(chat.id).find((message) => textOf(message).includes("Binance")));
    expect(alertsIn(forum)).toHaveLength(2);
  });
});
