import { setImmediate } from "node:timers/promises";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { alertContent } from "../../src/alerts/content.ts";
import { addAlerts, hashedDestination, type AlertRouteOptions } from "../../src/http/alerts.ts";
import type { DeliveryRecord, LoggedAlert } from "../../src/store/contracts/alertLog.ts";
import { firedUp, referenceImbalance } from "../alerts/examples.ts";

const now = Date.UTC(2026, 10, 22, 12);
const key = new Uint8Array(32).fill(7);

const alert = (at: number, over: Partial<LoggedAlert> = {}): LoggedAlert => ({
  symbol: "BTC",
  alertId: `BTC-${at}`,
  episodeId: `BTC-${at}`,
  rule: "up-auto-50-2",
  content: JSON.stringify(alertContent(referenceImbalance, firedUp)),
  at,
  shards: 1,
  ...over,
});
const row = (over: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  destination: "telegram:-1001234567890/17",
  state: "sent",
  attempts: 1,
  possibleRepeats: 0,
  at: now,
  note: "4711",
  ...over,
});

async function ask(
  path: string,
  over: Partial<AlertRouteOptions> = {},
  token = "a-long-token",
  scheme = "Bearer",
) {
  const asked: unknown[] = [];
  const app = new Hono();
  addAlerts(app, {
    token: "a-long-token",
    key,
    symbols: ["BTC", "ETH"],
    now: () => now,
    log: {
      symbols: async (watched) => [...watched, "SOL"],
      alerts: async (symbol, range) => {
        asked.push({ symbol, ...range });
        return symbol === "BTC" ? [alert(now - 1), alert(now - 3)] : [alert(now - 2, { symbol: "ETH" })];
      },
      pages: async function* () {},
      deliveries: async () => [row(), row({ destination: "console", state: "dead", note: "refused" })],
      deliveriesTo: async () => [],
    },
    ...over,
  });
  const response = await app.request(path, { headers: { authorization: `${scheme} ${token}` } });
  return { status: response.status, body: JSON.parse(await response.text()), asked };
}

describe("/api/alerts", () => {
  it("is off without a token, and closed without the right one", async () => {
    expect(await ask("/api/alerts", { token: undefined })).toMatchObject({ status: 404 });
    expect(await ask("/api/alerts", {}, "a-long-tokem")).toMatchObject({ status: 401, asked: [] });
    expect(await ask("/api/alerts", {}, "")).toMatchObject({ status: 401 });
  });

  it("tells all symbols' alerts, newest first, with what became of them", async () => {
    const { status, body } = await ask("/api/alerts?limit=2");
    expect(status).toBe(200);
    expect(body.alerts.map((each: LoggedAlert) => each.symbol)).toEqual(["BTC", "ETH"]);
    expect(body.alerts[0]).toMatchObject({
      rule: "up-auto-50-2",
      time: now - 1,
      content: { kind: "firing", direction: "up" },
      counts: { sent: 1, dead: 1 },
      deliveries: [
        { state: "sent", attempts: 1 },
        { destination: "console", state: "dead", reason: "refused" },
      ],
    });
  });

  it("reads what became of one alert after the other: each may have gone to a hundred thousand places", async () => {
    const open = { now: 0, most: 0 };
    const many = Array.from({ length: 50 }, (_, nth) => alert(now - nth));
    const { body } = await ask("/api/alerts?symbol=BTC", {
      log: {
        symbols: async (watched) => watched,
        alerts: async () => many,
        pages: async function* () {},
        deliveries: async () => {
          open.now += 1;
          open.most = Math.max(open.most, open.now);
          await setImmediate();
          open.now -= 1;
          return [row()];
        },
        deliveriesTo: async () => [],
      },
    });
    expect(body.alerts.map(({ alertId }: LoggedAlert) => alertId)).toEqual(
      many.map(({ alertId }) => alertId),
    );
    expect(open).toEqual({ now: 0, most: 1 });
  });

  it("names no chat and no message", async () => {
    const text = JSON.stringify((await ask("/api/alerts")).body);
    expect(text).not.toContain("1001234567890");
    expect(text).not.toContain("4711");
    expect(text).toContain(hashedDestination("telegram:-1001234567890/17", key));
  });

  it("tells of symbols that are watched no more", async () => {
    expect(await ask("/api/alerts?symbol=SOL")).toMatchObject({ status: 200, asked: [{ symbol: "SOL" }] });
    expect((await ask("/api/alerts")).asked).toMatchObject(
      ["BTC", "ETH", "SOL"].map((symbol) => ({ symbol })),
    );
  });

  it("takes a token however the word before it is written", async () => {
    expect(await ask("/api/alerts", {}, "a-long-token", "bearer")).toMatchObject({ status: 200 });
  });

  it("takes a symbol and a time", async () => {
    const { asked } = await ask(`/api/alerts?symbol=eth&from=2026-11-01&to=${now - 5}&limit=7`);
    expect(asked).toEqual([{ symbol: "ETH", from: Date.UTC(2026, 10, 1), to: now - 5, limit: 7 }]);
  });

  it.each([
    ["?symbol=DOGE", 404, "unknown symbol"],
    ["?from=yesterday", 400, "from is neither ISO 8601 nor epoch ms"],
    ["?from=2026-11-02&to=2026-11-01", 400, "from is later than to"],
    ["?limit=0", 400, "limit is no whole number from 1 to 500"],
    ["?limit=501", 400, "limit is no whole number from 1 to 500"],
    ["?limit=many", 400, "limit is no whole number from 1 to 500"],
    ["?limit=", 400, "limit is no whole number from 1 to 500"],
    ["?limit=1.5", 400, "limit is no whole number from 1 to 500"],
  ])("says what is wrong with %s", async (search, status, error) => {
    const answer = await ask(`/api/alerts${search}`);
    expect(answer).toMatchObject({
      status,
      body: { error, hint: expect.any(String) },
      asked: [],
    });
  });
});

describe("a hashed destination", () => {
  it("is the same for the same place and key, and tells the platform only", () => {
    const one = hashedDestination("discord:123456789012345678", key);
    expect(one).toMatch(/^discord:[0-9a-f]{16}$/);
    expect(hashedDestination("discord:123456789012345678", key)).toBe(one);
    expect(hashedDestination("discord:123456789012345679", key)).not.toBe(one);
    expect(hashedDestination("discord:123456789012345678", new Uint8Array(32))).not.toBe(one);
  });
});
