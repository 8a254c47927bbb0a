import { afterEach, describe, expect, it } from "vitest";
import type { VenueReply } from "../support/venueServer.ts";
import type { Dialect } from "./dialect.ts";
import { binance } from "./dialects/binanceusdm.ts";
import { bybit } from "./dialects/bybit.ts";
import { okx } from "./dialects/okx.ts";
import { failureOf, pollAfter, pollOne, setStage, type Stage } from "./harness.ts";
import { hourMs, minuteMs, noon, truth } from "./world.ts";

const stages: Stage[] = [];
async function stage(dialect: Dialect): Promise<Stage> {
  const built = await setStage(dialect);
  stages.push(built);
  return built;
}
afterEach(async () => {
  await Promise.all(stages.splice(0).map(async (built) => built.stop()));
});

async function pollWith(dialect: Dialect, reply: VenueReply) {
  return pollAfter(await stage(dialect), dialect, reply);
}

describe("what only one venue does", () => {
  it("Binance's 418 lasts until the time in its body", async () => {
    const until = noon + 25 * minuteMs;
    const msg = `Way too many requests; IP(1.2.3.4) banned until ${until}. Please use the websocket.`;
    const { failure } = await pollWith(binance, { json: { code: -1003, msg }, status: 418 });
    expect(failure).toMatchObject({ kind: "cool-down", until });
  });

  it("a ban from the past, or for years, is not believed", async () => {
    const past = await pollWith(binance, {
      json: { code: -1003, msg: `banned until ${noon - 1}` },
      status: 418,
    });
    expect(past.failure.until).toBe(past.clock.now() + minuteMs);
    const years = await pollWith(binance, {
      json: { code: -1003, msg: "banned until 9999999999999" },
      status: 418,
    });
    expect(years.failure.until).toBe(years.clock.now() + 72 * hourMs);
  });

  it("Bybit's 403 means ten minutes", async () => {
    const { failure, clock } = await pollWith(bybit, { text: "access too frequent", status: 403 });
    expect(failure).toMatchObject({ kind: "cool-down", until: clock.now() + 10 * minuteMs });
  });

  it("Bybit's edge turning a country away disables it", async () => {
    const text = "The Amazon CloudFront distribution is configured to block access from your country.";
    expect((await pollWith(bybit, { text, status: 403 })).failure.kind).toBe("disable-venue");
  });

  it.each([
    ["10006 too many visits", { retCode: 10006, retMsg: "Too many visits!", result: {} }, "cool-down"],
    [
      "10001 about something else",
      { retCode: 10001, retMsg: "interval error", result: { symbol: "" } },
      "retry",
    ],
    ["10016 system error", { retCode: 10016, retMsg: "System error.", result: {} }, "retry"],
    [
      "10024 compliance rules",
      { retCode: 10024, retMsg: "Compliance rules triggered", result: {} },
      "disable-venue",
    ],
  ])("Bybit's %s", async (_name, json, kind) => {
    expect((await pollWith(bybit, { json })).failure.kind).toBe(kind);
  });

  it.each([
    ["50011 too many requests", "50011", "cool-down"],
    ["50001 matching engine upgrading", "50001", "retry"],
  ])("OKX's %s", async (_name, code, kind) => {
    expect((await pollWith(okx, { json: { code, msg: "", data: [] } })).failure.kind).toBe(kind);
  });

  it.each([
    ["halved where one side isn't named", { singleOpenInterest: "", openInterest: "1000" }, 500],
    ["halved where the field isn't there", { singleOpenInterest: undefined, openInterest: "1000" }, 500],
    ["the named one side, whatever the sum", { singleOpenInterest: "700", openInterest: "1000" }, 700],
  ])("Bybit's open interest is %s", async (_name, change, openInterest) => {
    const { venue, server, clock } = await stage(bybit);
    server.on(bybit.paths.mark, () => ({ json: bybit.markAnswer(truth, change, clock.now()) }));
    expect(await pollOne(venue)).toMatchObject({ ok: true, observation: { openInterest } });
  });

  it("a symbol the venue refuses three times is left alone for ten minutes", async () => {
    const { venue, server, clock } = await stage(binance);
    server.on(binance.paths.candles, () => ({
      json: { code: -1130, msg: "Data sent is not valid." },
      status: 400,
    }));
    for (let round = 0; round < 3; round += 1) await pollOne(venue);
    server.forgetRequests();
    expect(failureOf(await pollOne(venue)).kind).toBe("retry");
    expect(server.requests).toEqual([]);
    server.serve(binance.routes(truth, clock.now));
    clock.advance(10 * minuteMs);
    expect((await pollOne(venue)).ok).toBe(true);
  });
});
