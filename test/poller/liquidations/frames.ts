/** Frames in the venues' own shapes (their documentation of public websocket streams). */

export const binanceFrame = (over: Record<string, unknown> = {}) => ({
  e: "forceOrder",
  E: 1_795_348_800_100,
  o: {
    s: "BTCUSDT",
    S: "SELL",
    o: "LIMIT",
    f: "IOC",
    q: "0.140",
    p: "83000.0",
    ap: "83310.5",
    X: "FILLED",
    l: "0.014",
    z: "0.140",
    T: 1_795_348_800_090,
    ...over,
  },
});

export const bybitRow = (over: Record<string, unknown> = {}) => ({
  T: 1_795_348_800_090,
  s: "BTCUSDT",
  S: "Buy",
  v: "0.250",
  p: "83000.00",
  ...over,
});

export const bybitFrame = (rows: readonly unknown[]) => ({
  topic: "allLiquidation.BTCUSDT",
  type: "snapshot",
  ts: 1_795_348_800_500,
  data: rows,
});

export const okxDetail = (over: Record<string, unknown> = {}) => ({
  bkLoss: "0",
  bkPx: "83000.0",
  ccy: "",
  posSide: "long",
  side: "sell",
  sz: "25",
  ts: "1795348800090",
  ...over,
});

export const okxFrame = (details: readonly unknown[], instId = "BTC-USDT-SWAP") => ({
  arg: { channel: "liquidation-orders", instType: "SWAP" },
  data: [{ details, instFamily: "BTC-USDT", instId, instType: "SWAP", uly: "BTC-USDT" }],
});
