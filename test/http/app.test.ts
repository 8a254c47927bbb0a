import { describe, expect, test } from "vitest";
import type { HttpSources } from "../../src/http/contracts.ts";
import { configTable } from "../../src/config/document.ts";
import { createApp } from "../../src/http/app.ts";
import { referenceImbalance } from "../alerts/examples.ts";
import type { AlertLog } from "../../src/store/contracts/alertLog.ts";
import { aMap } from "../store/builders.ts";
import { sourcesOf } from "./sources.ts";

const ownHost = { headers: { host: "127.0.0.1:8080" } };

async function ask(path: string, sources: HttpSources = sourcesOf(), init: RequestInit = ownHost) {
  const response = await createApp(sources, "127.0.0.1").request(path, init);
  const text = await response.text();
  return { status: response.status, type: response.headers.get("content-type"), text };
}

async function askJson(path: string, sources?: HttpSources): Promise<{ status: number; body: unknown }> {
  const { status, text } = await ask(path, sources);
  return { status, body: JSON.parse(text) };
}

const emptyLog: AlertLog = {
  symbols: async (watched) => watched,
  alerts: async () => [],
  pages: async function* () {},
  deliveries: async () => [],
  deliveriesTo: async () => [],
};

const away = async (): Promise<never> => Promise.reject(new Error("connect ECONNREFUSED"));
const error = { error: expect.any(String), hint: expect.any(String) };

describe("the HTTP role", () => {
  test("has every page of its own that the table of settings names", async () => {
    const named = [...configTable().matchAll(/`(\/[a-z/]+)`/g)].map(([, path = ""]) => path);
    expect(named).toContain("/api/alerts");
    const alerts = { log: emptyLog, token: "t", key: new Uint8Array(32) };
    for (const path of named) expect((await ask(path, sourcesOf(0, { alerts }))).status).not.toBe(404);
  });

  test("lives as long as it answers", async () => {
    expect(await askJson("/healthz", sourcesOf(0, { ping: away }))).toEqual({
      status: 200,
      body: { ok: true },
    });
  });

  test.each([["/api/imbalance/BTC"], ["/api/imbalance/btc"]])("%s is the newest imbalance", async (path) => {
    expect(await askJson(path)).toEqual({ status: 200, body: referenceImbalance });
  });

  test("tells the imbalance's age at the time of the question", async () => {
    expect((await askJson("/api/imbalance/BTC", sourcesOf(60_000))).body).toMatchObject({ ageMs: 64_200 });
  });

  test("a snapshot nobody renewed reads as stale", async () => {
    expect(await askJson("/api/imbalance/BTC", sourcesOf(600_000))).toMatchObject({
      status: 200,
      body: { regime: "stale", ratio: null, coverage: 0, ageMs: null, bands: [] },
    });
    expect((await askJson("/api/map/BTC", sourcesOf(600_000))).body).toMatchObject({
      venues: [{ status: "stale" }, { status: "stale" }, { status: "stale" }],
    });
  });

  test("/api/map is the line of --maps and the venues", async () => {
    const { body } = await askJson("/api/map/btc");
    const { symbol, long, short, markPrice } = aMap();
    expect(body).toMatchObject({ symbol, long, short, markPrice, venues: referenceImbalance.venues });
  });

  test("/metrics is Prometheus text, in its own content type", async () => {
    expect(await ask("/metrics")).toEqual({
      status: 200,
      type: "text/plain; version=0.0.4",
      text: "lopside_polls_total 1\n",
    });
  });

  test("/readyz is 503 with every reason until all is ready", async () => {
    expect(await askJson("/readyz")).toMatchObject({
      status: 503,
      body: {
        ready: false,
        checks: [
          { name: "redis", ok: true },
          { name: "queues", ok: true },
          { name: "worker", ok: false },
          { name: "data" },
        ],
      },
    });
    expect((await askJson("/readyz", sourcesOf(0, { symbols: ["BTC"] }))).status).toBe(200);
  });
});

describe("an error is { error, hint }", () => {
  test.each([
    ["an unknown symbol", "/api/imbalance/DOGE", 404, /BTC, ETH/],
    ["an unknown symbol's map", "/api/map/DOGE", 404, /BTC, ETH/],
    ["something that is no symbol", "/api/map/%7BBTC%7D", 404, /BTC, ETH/],
    ["a symbol not computed yet", "/api/imbalance/ETH", 503, /readyz/],
    ["its map", "/api/map/ETH", 503, /readyz/],
    ["a page that isn't there", "/api", 404, /healthz/],
  ])("%s", async (_what, path, status, hint) => {
    const answer = await askJson(path);
    expect(answer).toEqual({
      status,
      body: { error: expect.any(String), hint: expect.stringMatching(hint) },
    });
  });

  test("when Redis is away, for as long as it is", async () => {
    const answer = await askJson("/api/imbalance/BTC", sourcesOf(0, { imbalance: away }));
    expect(answer).toEqual({ status: 503, body: error });
  });

  test("for a name that is not ours, whatever it asks for", async () => {
    for (const path of ["/healthz", "/api/imbalance/BTC", "/metrics"]) {
      const { status, text } = await ask(path, sourcesOf(), { headers: { host: "evil.example" } });
      expect(status).toBe(403);
      expect(JSON.parse(text)).toEqual(error);
    }
  });

  test("for another method", async () => {
    expect((await ask("/healthz", sourcesOf(), { ...ownHost, method: "DELETE" })).status).toBe(404);
  });
});
