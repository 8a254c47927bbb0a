import { describe, expect, test } from "vitest";
import type { TrueLiquidation } from "../../../src/sim/contracts.ts";
import { binanceusdm } from "../../../src/sim/dialects/binanceusdm.ts";
import { bybit } from "../../../src/sim/dialects/bybit.ts";
import type { Dialect } from "../../../src/sim/dialects/dialect.ts";
import { okx } from "../../../src/sim/dialects/okx.ts";
import { instrumentOf } from "../../../src/sim/instruments.ts";
import { liquidation, noon } from "../builders.ts";

const instruments = new Map(["BTC", "ETH"].map((symbol) => [symbol, instrumentOf(symbol)]));

/** Bitcoin's inverse contract, of a hundred dollars here and one there. */
const inverse = (contractUsd: number) => new Map([["BTC", { ...instrumentOf("BTC"), contractUsd }]]);

const publish = (dialect: Dialect, topic: string, events: readonly TrueLiquidation[]): readonly unknown[] =>
  dialect.feed.publish(events, new Set([topic]), instruments);

describe("Binance's liquidation stream", () => {
  test("names the order's side: a liquidated long is a SELL", () => {
    expect(publish(binanceusdm, "btcusdt@forceOrder", [liquidation()])).toEqual([
      {
        e: "forceOrder",
        E: noon,
        o: {
          s: "BTCUSDT",
          S: "SELL",
          o: "LIMIT",
          f: "IOC",
          q: "0.2500",
          p: "80000.0",
          ap: "80400.5",
          X: "FILLED",
          l: "0.2500",
          z: "0.2500",
          T: noon,
        },
      },
    ]);
  });

  test("shows the newest one of each second and symbol, and drops the others", () => {
    const events = [
      liquidation({ time: noon + 100, quantity: 1 }),
      liquidation({ time: noon + 200, quantity: 2, symbol: "ETH" }),
      liquidation({ time: noon + 900, quantity: 3 }),
      liquidation({ time: noon + 1_000, quantity: 4 }),
    ];
    expect(publish(binanceusdm, "!forceOrder@arr", events)).toMatchObject([
      { o: { s: "BTCUSDT", q: "3.0000" } },
      { o: { s: "ETHUSDT", q: "2.000" } },
      { o: { s: "BTCUSDT", q: "4.0000" } },
    ]);
  });

  test("sends a symbol's subscriber only that symbol", () => {
    const events = [liquidation(), liquidation({ symbol: "ETH" })];
    expect(publish(binanceusdm, "ethusdt@forceOrder", events)).toMatchObject([{ o: { s: "ETHUSDT" } }]);
    expect(publish(binanceusdm, "btcusdt@markPrice", events)).toEqual([]);
  });

  test("acknowledges a subscription by its id", () => {
    const text = JSON.stringify({ method: "SUBSCRIBE", params: ["!forceOrder@arr"], id: 7 });
    expect(binanceusdm.feed.receive(text)).toEqual({
      frames: [{ result: null, id: 7 }],
      subscribe: ["!forceOrder@arr"],
    });
  });
});

describe("Bybit's liquidation stream", () => {
  test("names the position's side and the bankruptcy price: a liquidated long is a Buy", () => {
    expect(publish(bybit, "allLiquidation.BTCUSDT", [liquidation()])).toEqual([
      {
        topic: "allLiquidation.BTCUSDT",
        type: "snapshot",
        ts: noon,
        data: [{ T: noon, s: "BTCUSDT", S: "Buy", v: "0.2500", p: "80000.0" }],
      },
    ]);
  });

  test("shows every liquidation, in batches of 500 ms", () => {
    const events = [1, 499, 500, 501, 1_400].map((after) => liquidation({ time: noon + after }));
    const frames = publish(bybit, "allLiquidation.BTCUSDT", events);
    expect(frames).toMatchObject([
      { ts: noon + 500, data: [{ T: noon + 1 }, { T: noon + 499 }, { T: noon + 500 }] },
      { ts: noon + 1_000, data: [{ T: noon + 501 }] },
      { ts: noon + 1_500, data: [{ T: noon + 1_400 }] },
    ]);
  });

  test("answers a ping and a subscription", () => {
    expect(bybit.feed.receive('{"op":"ping","req_id":"1"}').frames).toMatchObject([{ ret_msg: "pong" }]);
    expect(bybit.feed.receive('{"op":"subscribe","args":["allLiquidation.BTCUSDT"]}')).toMatchObject({
      frames: [{ success: true, op: "subscribe" }],
      subscribe: ["allLiquidation.BTCUSDT"],
    });
  });
});

describe("OKX's liquidation stream", () => {
  test("counts contracts and gives the order's side, the position's side and the bankruptcy price", () => {
    expect(publish(okx, "liquidation-orders:SWAP", [liquidation({ liquidatedSide: "short" })])).toEqual([
      {
        arg: { channel: "liquidation-orders", instType: "SWAP" },
        data: [
          {
            details: [
              {
                bkLoss: "0",
                bkPx: "80000.0",
                ccy: "",
                posSide: "short",
                side: "buy",
                sz: "25.00",
                ts: String(noon),
              },
            ],
            instFamily: "BTC-USDT",
            instId: "BTC-USDT-SWAP",
            instType: "SWAP",
            uly: "BTC-USDT",
          },
        ],
      },
    ]);
  });

  test("shows at most one a second and contract, several of them as details of one row", () => {
    const events = [0, 500, 1_000, 2_300].map((after) => liquidation({ time: noon + after }));
    const frames = publish(okx, "liquidation-orders:SWAP", events);
    const times = [500, 1_000, 2_300].map((after) => ({ ts: String(noon + after) }));
    expect(frames).toMatchObject([{ data: [{ details: times }] }]);
  });

  test("answers a bare ping and a subscription", () => {
    expect(okx.feed.receive("ping")).toEqual({ frames: ["pong"] });
    const arg = { channel: "liquidation-orders", instType: "SWAP" };
    expect(okx.feed.receive(JSON.stringify({ op: "subscribe", args: [arg] }))).toMatchObject({
      frames: [{ event: "subscribe", arg }],
      subscribe: ["liquidation-orders:SWAP"],
    });
  });
});

describe("inverse contracts' streams", () => {
  const events = [liquidation()];

  test("Bybit counts dollars at the trigger, under the contract's own topic", () => {
    const frames = (topic: string) => bybit.feed.publish(events, new Set([topic]), inverse(1));
    expect(frames("allLiquidation.BTCUSD")).toMatchObject([
      { topic: "allLiquidation.BTCUSD", data: [{ s: "BTCUSD", S: "Buy", v: "20100", p: "80000.0" }] },
    ]);
    expect(frames("allLiquidation.BTCUSDT")).toEqual([]);
  });

  test("OKX counts contracts of a hundred dollars at the trigger", () => {
    expect(okx.feed.publish(events, new Set(["liquidation-orders:SWAP"]), inverse(100))).toMatchObject([
      { data: [{ instId: "BTC-USD-SWAP", instFamily: "BTC-USD", details: [{ sz: "201.00" }] }] },
    ]);
  });
});

test.each([binanceusdm, bybit, okx])("$profile.id answers nonsense with its own error", ({ feed }) => {
  expect(feed.receive('{"hello":1}').frames).toHaveLength(1);
  expect(feed.receive('{"hello":1}').subscribe).toBeUndefined();
  expect(feed.receive("not json").subscribe).toBeUndefined();
});
