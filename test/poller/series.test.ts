import { afterEach, describe, expect, it } from "vitest";
import type { Board, Contract, Feed, VenueAdapter } from "../../src/poller/adapter.ts";
import type { PollOutcome } from "../../src/poller/contracts.ts";
import { createTroubles } from "../../src/poller/trouble.ts";
import { bybit } from "../../src/poller/venues/bybit.ts";
import { okx } from "../../src/poller/venues/okx.ts";
import type { VenueRoute } from "../support/venueServer.ts";
import { okx as okxDialect } from "./dialects/okx.ts";
import { failureOf, observationOf, setStage, type Stage } from "./harness.ts";
import { barMs, minuteMs, noon, silentLog, truth } from "./world.ts";

const stages: Stage[] = [];
afterEach(async () => {
  await Promise.all(stages.splice(0).map(async (built) => built.stop()));
});

const list = "/okx/api/v5/public/instruments";

/** OKX with Bitcoin's inverse swap beside the linear one, each listed or not, trading or not. */
async function stageWith(states: { readonly linear?: string; readonly inverse?: string }): Promise<Stage> {
  const stage = await setStage(okxDialect);
  stages.push(stage);
  const routes = okxDialect.routes(truth, stage.clock.now);
  const told =
    (path: string, change: (rows: readonly object[]) => readonly object[]): VenueRoute =>
    async (request) => {
      const reply = await routes[path]?.(request);
      if (reply === undefined || !("json" in reply)) throw new Error(`no answer at ${path}`);
      const { data, ...rest } = Object(reply.json);
      return { json: { ...rest, data: change(data) } };
    };
  const named = (row: object, id: string): boolean => Reflect.get(row, "instId") === id;
  stage.server.on(
    list,
    told(list, (rows) => {
      const linear = rows.find((row) => named(row, "BTC-USDT-SWAP"));
      const inverse = rows.find((row) => named(row, "LTC-USD-SWAP"));
      const others = rows.filter((row) => !named(row, "BTC-USDT-SWAP"));
      return [
        ...others,
        ...(states.linear === undefined ? [] : [{ ...linear, state: states.linear }]),
        ...(states.inverse === undefined ? [] : [inBitcoin(inverse, states.inverse)]),
      ];
    }),
  );
  for (const path of ["/okx/api/v5/public/mark-price", "/okx/api/v5/public/open-interest"]) {
    stage.server.on(
      path,
      told(path, (rows) => [
        ...rows,
        ...rows
          .filter((row) => named(row, "BTC-USDT-SWAP"))
          .map((row) => ({ ...row, instId: "BTC-USD-SWAP" })),
      ]),
    );
  }
  return stage;
}

const inBitcoin = (row: object | undefined, state: string): object => ({
  ...row,
  state,
  instId: "BTC-USD-SWAP",
  instFamily: "BTC-USD",
  uly: "BTC-USD",
  settleCcy: "BTC",
});

/** The outcomes of one poll, in their order. */
async function poll({
  venue,
}: Stage): Promise<readonly (readonly [series: string | undefined, PollOutcome])[]> {
  const outcomes: (readonly [string | undefined, PollOutcome])[] = [];
  await venue.poll([{ symbol: "BTC", otherCursor: noon - 2 * barMs }], (_symbol, outcome, series) =>
    outcomes.push([series, outcome]),
  );
  return outcomes;
}

describe("a symbol with two contracts", () => {
  it("has an outcome of each, the main one's last, and each goes on from its own cursor", async () => {
    const outcomes = await poll(await stageWith({ linear: "live", inverse: "live" }));
    expect(outcomes.map(([series]) => series)).toEqual(["okx:inverse", "okx"]);
    const [inverse, linear] = outcomes.map(([, outcome]) => observationOf(outcome));
    expect(inverse?.spec).toMatchObject({
      venue: "okx:inverse",
      market: "BTC/USD:BTC",
      contractType: "inverse",
    });
    expect(linear?.spec).toMatchObject({ venue: "okx", market: "BTC/USDT:USDT", contractType: "linear" });
    // contracts of 100 USD, which is what open interest is counted in
    expect(inverse?.openInterest).toBeCloseTo((truth.openInterest(noon + 2 * minuteMs) / 0.01) * 100, 2);
    expect(inverse?.openInterestUsd).toBe(inverse?.openInterest);
    expect(inverse?.closedBars.map((bar) => bar.openTime)).toEqual([noon - barMs]);
    expect(linear?.closedBars).toHaveLength(2);
  });

  it("has a history of each", async () => {
    const { venue } = await stageWith({ linear: "live", inverse: "live" });
    const read = await venue.backfill("BTC", noon - 4 * barMs, noon, { series: "okx:inverse" });
    expect(read).toMatchObject({ ok: true, spec: { venue: "okx:inverse", contractType: "inverse" } });
  });

  it("keeps its main one's place empty while that is paused", async () => {
    const outcomes = await poll(await stageWith({ linear: "suspend", inverse: "live" }));
    expect(outcomes.map(([series, { ok }]) => [series, ok])).toEqual([
      ["okx:inverse", true],
      ["okx", false],
    ]);
    const failure = outcomes.flatMap(([, outcome]) => (outcome.ok ? [] : [outcome.failure]))[0];
    expect(failure).toMatchObject({
      kind: "give-up-symbol",
      reason: expect.stringContaining("doesn't trade"),
    });
  });

  it("says once that the other one is gone", async () => {
    const stage = await stageWith({ linear: "live", inverse: "live" });
    await poll(stage);
    stage.server.serve(okxDialect.routes(truth, stage.clock.now));
    stage.clock.advance(7 * 3_600_000);
    await poll(stage);
    await expect.poll(() => stage.cache.entries.get("okx")?.includes("BTC-USD-SWAP")).toBe(false);
    const gone = await poll(stage);
    expect(gone.map(([series, { ok }]) => [series, ok])).toEqual([
      ["okx:inverse", false],
      ["okx", true],
    ]);
    const [, outcome] = gone[0] ?? [];
    expect(outcome && failureOf(outcome)).toMatchObject({ kind: "give-up-symbol" });
    expect((await poll(stage)).map(([series]) => series)).toEqual(["okx"]);
  });
});

describe("a symbol that was delisted", () => {
  it("is said once, and once that it is back", async () => {
    const said: string[] = [];
    const say = (_fields: object, text: string): unknown => said.push(text);
    const troubles = createTroubles("okx", { ...silentLog, warn: say, info: say });
    const stage = await stageWith({ linear: "suspend" });
    for (let round = 0; round < 3; round += 1) {
      for (const [, outcome] of await poll(stage)) {
        troubles("polls", "BTC", outcome.ok ? undefined : outcome.failure);
      }
    }
    expect(said).toEqual(["polls: okx doesn't trade BTC/USDT:USDT at present"]);
  });
});

describe("inverse figures", () => {
  const contract: Contract = {
    symbol: "BTC",
    market: "BTC/USD:BTC",
    id: "BTCUSD",
    contractType: "inverse",
    contractSize: 100,
    multiplier: 1,
  };
  const at = String(noon);
  const board = (adapter: VenueAdapter): Board | undefined =>
    adapter.boards.find(({ covers }) => covers?.(contract) ?? true);
  const named = (feed: Feed<unknown> | undefined) => feed?.latest(contract, 3, noon).params;

  it("of OKX are contracts of dollars, and so are its limits", () => {
    const cells = [at, "90000", "90100", "89900", "90050", "700", "0.7", "63000", "1"];
    expect(okx.candles.row(cells, contract).volume).toBe(70_000);
    expect(okx.openInterestHistory[0]?.row([at, "5000"], contract).value).toBe(500_000);
    const tier = { maxSz: "1000", mmr: "0.005", maxLever: "100" };
    const body = { data: [tier, { ...tier, maxSz: "2000", mmr: "0.01" }] };
    const plan = okx.riskTiers;
    const tiers = plan.kind === "venue" ? plan.read(body, contract, 90_000) : [];
    expect(tiers[0]?.capNotional).toBe(100_000);
  });

  it("of Bybit are dollars of their own category, and limits are coins", () => {
    expect(named(bybit.candles)).toMatchObject({ category: "inverse", symbol: "BTCUSD" });
    expect(named(bybit.openInterestHistory[0])).toMatchObject({ category: "inverse" });
    expect(board(bybit)?.call.params).toEqual({ category: "inverse" });
    const plan = bybit.riskTiers;
    const tier = { symbol: "BTCUSD", riskLimitValue: "150", maintenanceMargin: "0.005", maxLeverage: "100" };
    const body = { result: { list: [tier, { ...tier, riskLimitValue: "300", maintenanceMargin: "0.01" }] } };
    const tiers = plan.kind === "venue" ? plan.read(body, contract, 90_000) : [];
    expect(tiers[0]?.capNotional).toBe(150 * 90_000);
  });
});
