import { afterEach, describe, expect, it } from "vitest";
import type { AccountSource } from "../../src/poller/contracts.ts";
import { binance } from "./dialects/binanceusdm.ts";
import { buyer, hyperliquid, seller } from "./dialects/hyperliquid.ts";
import { setStage, type Stage } from "./harness.ts";

const stages: Stage[] = [];
async function stage(dialect = hyperliquid): Promise<Stage> {
  const built = await setStage(dialect);
  stages.push(built);
  return built;
}
afterEach(async () => {
  await Promise.all(stages.splice(0).map(async (built) => built.stop()));
});

function accountsOf({ venue }: Stage): AccountSource {
  if (venue.accounts === undefined) throw new Error("no accounts");
  return venue.accounts;
}

const minute = 60_000;

describe("Hyperliquid's accounts", () => {
  it("are found among who traded, buyers and sellers, in one spelling", async () => {
    const traders = await accountsOf(await stage()).traders("BTC");
    expect(traders).toEqual([
      { address: buyer, notionalUsd: 45_000 },
      { address: seller, notionalUsd: 45_000 },
    ]);
  });

  it("hold positions with the liquidation price that is reported, of the watched symbols only", async () => {
    const built = await stage();
    const observedAt = built.clock.now();
    const held = await accountsOf(built).holdings(buyer, ["ETH", "BTC"]);
    expect(held).toEqual([
      { symbol: "ETH", notionalUsd: 60_000, position: { side: "long", quantity: 20, observedAt } },
      {
        symbol: "BTC",
        notionalUsd: 135_030,
        position: { side: "short", quantity: 1.5, liquidationPrice: 95_400.5, observedAt },
      },
    ]);
    expect(await accountsOf(built).holdings(buyer, ["BTC"])).toHaveLength(1);
  });

  it("may hold nothing", async () => {
    expect(await accountsOf(await stage()).holdings(seller, ["BTC"])).toEqual([]);
  });

  it.each([
    ["a page", { text: "<html>down</html>" }],
    ["null", { json: null }],
    ["no positions", { json: { time: 1_795_176_000_000 } }],
    ["a size that is no number", { json: stateWith({ szi: "much" }) }],
    ["a time in seconds", { json: { ...stateWith({}), time: 1_795_176_000 } }],
    ["an error", { text: "", status: 500 }],
  ])("%s is no answer, and nobody's position", async (_name, reply) => {
    const built = await stage();
    built.server.on("/hyperliquid/info?type=^clearinghouseState$", () => reply);
    expect(await accountsOf(built).holdings(buyer, ["BTC"])).toBeUndefined();
  });

  it("a price at or below zero is never", async () => {
    const built = await stage();
    const json = stateWith({ szi: "1", liquidationPx: "-20.5" });
    built.server.on("/hyperliquid/info?type=^clearinghouseState$", () => ({ json }));
    const [held] = (await accountsOf(built).holdings(buyer, ["BTC"])) ?? [];
    expect(held?.position).not.toHaveProperty("liquidationPrice");
  });

  it("named by something that is no address are nobody's", async () => {
    const built = await stage();
    const json = [{ px: "1", sz: "1", users: ["0x123", buyer] }];
    built.server.on("/hyperliquid/info?type=^recentTrades$", () => ({ json }));
    expect(await accountsOf(built).traders("BTC")).toBeUndefined();
  });

  it("are asked as often as the polls leave room for", async () => {
    const { room } = accountsOf(await stage());
    expect(room(3, minute)).toMatchObject({ traders: 3, accounts: expect.closeTo(145.9, 1) });
    // one search in three minutes, seven accounts a minute
    expect(room(100, minute)).toMatchObject({
      traders: expect.closeTo(0.386, 2),
      accounts: expect.closeTo(7.7, 1),
    });
    expect(room(1_000, minute)).toMatchObject({ traders: 0, accounts: 0 });
  });
});

it("a venue that keeps positions to itself has none", async () => {
  expect((await stage(binance)).venue.accounts).toBeUndefined();
});

function stateWith(over: object): object {
  const position = { coin: "BTC", szi: "-1.5", positionValue: "1", liquidationPx: "95400.5", ...over };
  return { assetPositions: [{ type: "oneWay", position }], time: 1_795_176_000_000 };
}
