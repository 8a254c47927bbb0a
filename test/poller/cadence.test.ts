import { afterEach, describe, expect, it } from "vitest";
import { adapters } from "../../src/poller/adapters.ts";
import { cadenceOf } from "../../src/poller/cadence.ts";
import { bitfinex } from "../../src/poller/venues/bitfinex.ts";
import { bybit } from "../../src/poller/venues/bybit.ts";
import { htx } from "../../src/poller/venues/htx.ts";
import { okx } from "../../src/poller/venues/okx.ts";
import { isFor } from "./dialect.ts";
import { okx as okxDialect } from "./dialects/okx.ts";
import { pollAll, setStage, type Stage } from "./harness.ts";
import { barMs, minuteMs, noon, truth } from "./world.ts";

const stages: Stage[] = [];
afterEach(async () => {
  await Promise.all(stages.splice(0).map(async (built) => built.stop()));
});

describe("candles", () => {
  it.each([
    ["of three symbols on OKX are asked for in every round", okx, 3, false],
    ["of a hundred on OKX once a bar: it allows few requests", okx, 100, true],
    ["of a hundred on Bybit in every round: it allows many", bybit, 100, false],
    ["of Bitfinex once a bar, however few they are", bitfinex, 1, true],
    ["of HTX in every round: nothing else tells its mark", htx, 100, false],
  ])("%s", (_claim, adapter, symbols, onClose) => {
    expect(cadenceOf(adapter, symbols).onClose).toBe(onClose);
  });

  it.each(adapters)("of a hundred symbols on $id are there before the next bar closes", (adapter) => {
    expect(100 * cadenceOf(adapter, 100).spacingMs).toBeLessThan(barMs);
  });
});

describe("many symbols", () => {
  const symbols = Array.from({ length: 60 }, (_, index) => `COIN${index}`);

  /** OKX with so many coins more, all alike. */
  async function stageOfMany(): Promise<Stage> {
    const stage = await setStage(okxDialect);
    stages.push(stage);
    for (const [path, route] of Object.entries(okxDialect.routes(truth, stage.clock.now))) {
      stage.server.on(path, async (request) => {
        const reply = await route(request);
        if (!("json" in reply)) return reply;
        const { data, ...rest } = Object(reply.json);
        const btc = data.find((row: object) => Reflect.get(row, "instId") === "BTC-USDT-SWAP");
        const more = btc === undefined ? [] : symbols.map((symbol) => named(btc, symbol));
        return { json: { ...rest, data: [...data, ...more] } };
      });
    }
    return stage;
  }
  const named = (row: unknown, symbol: string): unknown =>
    JSON.parse(JSON.stringify(row).replaceAll("BTC", symbol));

  it("have their candles read one after the other once a bar has closed, and none is forgotten", async () => {
    const { venue, server, clock } = await stageOfMany();
    const requests = symbols.map((symbol) => ({ symbol, cursor: noon - 2 * barMs }));
    const ok = [...(await pollAll(venue, requests)).values()].filter((outcome) => outcome.ok);
    expect(ok).toHaveLength(symbols.length);

    const later = symbols.map((symbol) => ({ symbol, cursor: noon - barMs }));
    const read = (): number => new Set(server.asked(okxDialect.paths.candles).map(coin)).size;
    server.forgetRequests();
    clock.advance(minuteMs);
    await pollAll(venue, later);
    expect(read()).toBe(0);
    clock.set(noon + barMs + 5_000);
    await pollAll(venue, later);
    const first = read();
    expect(first).toBeGreaterThan(1);
    expect(first).toBeLessThan(symbols.length);
    clock.advance(minuteMs);
    await pollAll(venue, later);
    expect(read()).toBe(symbols.length);
  });

  const coin = ({ query }: { readonly query: Readonly<Record<string, string>> }): string =>
    symbols.find((symbol) => isFor(`${symbol}-`, query)) ?? "";
});
