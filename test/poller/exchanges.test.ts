import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import Binance from "../../node_modules/ccxt/js/src/pro/binanceusdm.js";
import type { BaseExchange } from "../../node_modules/ccxt/js/src/base/Exchange.js";
import type { Call, Contract, VenueAdapter } from "../../src/poller/adapter.ts";
import { adapters } from "../../src/poller/adapters.ts";
import { loadExchange, redirect } from "../../src/poller/exchanges.ts";
import { startVenueServer } from "../support/venueServer.ts";
import { noon } from "./world.ts";

const btc: Contract = {
  symbol: "BTC",
  market: "BTC/USDT:USDT",
  id: "BTCUSDT",
  contractType: "linear",
  contractSize: 1,
  multiplier: 1,
};

function callsOf(adapter: VenueAdapter): Call[] {
  const optional = [adapter.markCandles, adapter.longShortRatio].flatMap((feed) => feed ?? []);
  const feeds = [adapter.candles, ...optional, ...adapter.openInterestHistory];
  const figures = [adapter.openInterest, adapter.fundingRate].flatMap((figure) => figure ?? []);
  const tiers = adapter.riskTiers.kind === "venue" ? [adapter.riskTiers.call(btc)] : [];
  return [
    ...adapter.boards.map((board) => board.call),
    ...feeds.flatMap((feed) => [feed.latest(btc, 3, noon), feed.window(btc, noon, noon + 1)]),
    ...figures.map((figure) => figure.call(btc)),
    ...tiers,
    ...(adapter.orderBook ? [adapter.orderBook.call(btc)] : []),
    ...(adapter.positions ? [adapter.positions.traders.call(btc), adapter.positions.account.call("0x")] : []),
  ];
}

const clients = await Promise.all(
  adapters.map(async (adapter) => {
    const { default: Client }: { default: new () => BaseExchange } = await import(
      `../../node_modules/ccxt/js/src/pro/${adapter.id}.js`
    );
    return { id: adapter.id, create: () => new Client(), adapter };
  }),
);

describe.each(clients)("$id", ({ id, create, adapter }) => {
  it("has every method its adapter calls", () => {
    const client = create();
    const missing = callsOf(adapter).filter(
      ({ method }) => typeof Reflect.get(client, method) !== "function",
    );
    expect(missing).toEqual([]);
  });

  it.each([
    ["http://127.0.0.1:9000/base/", "http://127.0.0.1:9000/base", "ws://127.0.0.1:9000/base"],
    ["https://proxy.example", "https://proxy.example", "wss://proxy.example"],
  ])("goes to %s for everything, with the venue's own paths", (baseUrl, rest, socket) => {
    const client = create();
    const before = strings(client.urls.api);
    redirect(client, baseUrl);
    const after = strings(client.urls.api);
    expect(after).toHaveLength(before.length);
    for (const [index, url] of after.entries()) {
      const own = before[index]?.replace(/^(https|wss):\/\/[^/]+/, "");
      const base = before[index]?.startsWith("wss:") === true ? socket : rest;
      expect(url).toBe(`${base}/${id}${own}`);
    }
  });
});

describe("a request", () => {
  it("is kept back by what is thrown right before it would leave", async () => {
    const server = await startVenueServer();
    const exchange = await loadExchange("okx", {
      baseUrl: server.baseUrl,
      timeoutMs: 1_000,
      ccxt: {},
      beforeSend: () => {
        throw new Error("cooling down");
      },
    });
    await expect(exchange.call("publicGetPublicTime", {})).rejects.toThrow("cooling down");
    expect(server.requests).toEqual([]);
    await exchange.close();
    await server.stop();
  });

  it("through a method ccxt doesn't have is a bug that names it", async () => {
    const options = { timeoutMs: 1_000, ccxt: {}, beforeSend: () => undefined };
    const exchange = await loadExchange("okx", options);
    await expect(exchange.call("publicGetNothing", {})).rejects.toThrow("ccxt's okx has no publicGetNothing");
    await exchange.close();
  });
});

describe("websockets", () => {
  const servers: WebSocketServer[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** The path of the first connection a client makes. */
  async function pathOf(connect: (baseUrl: string) => Promise<unknown>): Promise<string | undefined> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    servers.push(server);
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return new Promise((resolve, reject) => {
      server.once("connection", (_socket, request) => resolve(request.url));
      connect(`http://127.0.0.1:${address.port}/base`).catch(reject);
    });
  }

  const market = { id: "BTCUSDT", symbol: "BTC/USDT:USDT", base: "BTC", quote: "USDT", settle: "USDT" };
  const perpetual = { type: "swap", swap: true, contract: true, linear: true, contractSize: 1 };

  it("reach the proxy over plain ws, and Binance's market streams keep their move to /market/ws", async () => {
    const client = new Binance({ markets: { [market.symbol]: { ...market, ...perpetual } } });
    const path = await pathOf(async (baseUrl) => {
      redirect(client, baseUrl);
      void client.watchLiquidationsForSymbols([market.symbol]).catch(() => undefined);
    });
    await client.close();
    expect(path).toMatch(/^\/base\/binanceusdm\/market\/ws/);
  });
});

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(strings);
}
