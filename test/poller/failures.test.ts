import { EventEmitter, once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PollFailure } from "../../src/poller/contracts.ts";
import type { VenueReply } from "../support/venueServer.ts";
import { type Dialect, isFor } from "./dialect.ts";
import { dialects, refusing, timed } from "./dialects.ts";
import { binance } from "./dialects/binanceusdm.ts";
import { failureOf, pollAfter, pollAll, pollOne, setStage, type Stage } from "./harness.ts";
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

/** One stage for the tests of a block that leave nothing behind: how the next poll fails when the mark is answered so. */
function onOneStage(dialect: Dialect): (reply: VenueReply) => Promise<PollFailure> {
  let shared: Stage;
  beforeAll(async () => {
    shared = await setStage(dialect);
    await pollOne(shared.venue);
  });
  afterAll(async () => shared.stop());
  return async (reply) => {
    shared.server.on(dialect.paths.mark, () => reply);
    return failureOf(await pollOne(shared.venue));
  };
}

describe.each(dialects)("$id", (dialect) => {
  const failWith = onOneStage(dialect);

  it.each<[string, VenueReply]>([
    ["a web page with status 200", { text: "<html><body>Service temporarily unavailable</body></html>" }],
    ["an empty body", { text: "" }],
    ["truncated JSON", { text: '[{"symbol":"BTCUSDT","markPrice":"900' }],
    ["null", { text: "null" }],
    ["an empty object's text", { text: "{}" }],
  ])("answers %s: the poll fails as malformed, to be tried again", async (_name, reply) => {
    const failure = await failWith(reply);
    expect(failure.kind).toBe("retry");
    expect(failure.reason).toContain(dialect.id);
  });

  it("quotes the page it got instead of JSON", async () => {
    const failure = await failWith({ text: "<html>maintenance</html>" });
    expect(failure.reason).toMatch(/malformed: .*a web page: maintenance/);
  });

  it.each([null, "", "abc", "-1", "0", "NaN", "Infinity", [90_000], true])(
    "a mark price of %j is refused, with field and value",
    async (value) => {
      const change = { [dialect.markField]: value };
      const failure = await failWith({ json: dialect.markAnswer(truth, change, noon + 2 * minuteMs) });
      expect(failure.kind).toBe("retry");
      expect(failure.reason).toContain(`malformed: ${dialect.markField} is not`);
      expect(failure.reason).toContain(JSON.stringify(value));
    },
  );
});

describe.each(timed)("$id's clock", (dialect) => {
  const failWith = onOneStage(dialect);

  it.each([
    ["in seconds", Math.floor(noon / 1000), /malformed: .*milliseconds/],
    ["in microseconds", noon * 1000, /malformed: .*not a time/],
    ["from the future", noon + 5 * minuteMs, /malformed: .*180 s in the future/],
    ["frozen", noon - 14 * minuteMs, /^stale: .*960 s ago/],
  ])("a time %s is refused", async (_name, time, reason) => {
    const failure = await failWith({ json: dialect.markAnswer(truth, {}, time) });
    expect(failure.kind).toBe("retry");
    expect(failure.reason).toMatch(reason);
  });

  it("a clock two minutes apart is no contradiction", async () => {
    const { venue, server } = await stage(dialect);
    server.on(dialect.paths.mark, () => ({ json: dialect.markAnswer(truth, {}, noon + 4 * minuteMs) }));
    expect((await pollOne(venue)).ok).toBe(true);
  });
});

describe.each(dialects)("$id", (dialect) => {
  it("frozen candles are stale", async () => {
    const { venue, server } = await stage(dialect);
    const frozen = dialect.routes(truth, () => noon - hourMs)[dialect.paths.candles];
    if (frozen !== undefined) server.on(dialect.paths.candles, frozen);
    // in a window that nothing falls into there is nothing to be old
    expect(failureOf(await pollOne(venue)).reason).toMatch(/^stale: .*ago|no candles/);
  });

  it("429 cools the venue down for as long as it says, and it isn't asked meanwhile", async () => {
    const { failure, venue, server, clock } = await pollWith(dialect, {
      text: "slow down",
      status: 429,
      headers: { "Retry-After": "7" },
    });
    expect(failure).toMatchObject({ kind: "cool-down", until: clock.now() + 7_000 });
    // not tried again within the round either: once well, once refused
    expect(server.asked(dialect.paths.mark)).toHaveLength(2);
    server.serve(dialect.routes(truth, clock.now));
    server.forgetRequests();
    expect(failureOf(await pollOne(venue))).toEqual(failure);
    expect(server.requests).toEqual([]);
    clock.advance(7_000);
    expect((await pollOne(venue)).ok).toBe(true);
  });

  it("429 without a word cools down for a minute", async () => {
    const { failure, clock } = await pollWith(dialect, { text: "slow down", status: 429 });
    expect(failure).toMatchObject({ kind: "cool-down", until: clock.now() + minuteMs });
  });

  it("429 with a date cools down until then", async () => {
    const until = noon + 10 * minuteMs;
    const headers = { "Retry-After": new Date(until).toUTCString() };
    const { failure } = await pollWith(dialect, { text: "", status: 429, headers });
    expect(failure).toMatchObject({ kind: "cool-down", until });
  });

  it("451 disables the venue for an hour", async () => {
    const json = { code: 0, msg: "Service unavailable from a restricted location" };
    const { failure, venue, server, clock } = await pollWith(dialect, { json, status: 451 });
    expect(failure).toMatchObject({ kind: "disable-venue", until: clock.now() + hourMs });
    expect(failure.reason).toMatch(
      new RegExp(`^${dialect.id} turns requests from this location away.*VENUE_PROXIES`),
    );
    server.forgetRequests();
    expect(failureOf(await pollOne(venue)).kind).toBe("disable-venue");
    expect(server.requests).toEqual([]);
  });

  it("a lost connection is tried three times in the round", async () => {
    const { failure, server } = await pollWith(dialect, { reset: true });
    expect(failure.kind).toBe("retry");
    expect(server.asked(dialect.paths.mark)).toHaveLength(4);
  });

  it("a hiccup is forgotten within the round", async () => {
    const { venue, server, clock } = await stage(dialect);
    const good = dialect.routes(truth, clock.now)[dialect.paths.mark];
    let calls = 0;
    server.on(dialect.paths.mark, (request) => {
      calls += 1;
      return calls < 3 || good === undefined ? { text: "bad gateway", status: 502 } : good(request);
    });
    expect((await pollOne(venue)).ok).toBe(true);
    expect(calls).toBe(3);
  });

  it("a slow symbol doesn't hold the others back", async () => {
    const { venue, server, clock } = await stage(dialect);
    const good = dialect.routes(truth, clock.now)[dialect.paths.candles];
    const order: string[] = [];
    const btcIsOut = new EventEmitter();
    const waited = once(btcIsOut, "out");
    server.on(dialect.paths.candles, async (request) => {
      if (isFor("ETH", request.query)) await waited;
      return good === undefined ? { reset: true } : good(request);
    });
    await venue.poll([{ symbol: "ETH" }, { symbol: "BTC" }], (symbol) => {
      order.push(symbol);
      btcIsOut.emit("out");
    });
    expect(order).toEqual(["BTC", "ETH"]);
  });

  it("a round that is stopped hands over every outcome at once", async () => {
    const { venue, server } = await stage(dialect);
    await pollOne(venue);
    const stop = new AbortController();
    server.on(dialect.paths.mark, () => {
      stop.abort();
      return { hang: "before headers" };
    });
    const reasons: string[] = [];
    const requests = [{ symbol: "BTC" }, { symbol: "ETH" }];
    await venue.poll(requests, (_symbol, outcome) => reasons.push(failureOf(outcome).reason), stop.signal);
    expect(reasons).toEqual([expect.stringContaining("stopped"), expect.stringContaining("stopped")]);
  });
});

// side by side: each waits for three timeouts
describe.concurrent.each(dialects)("$id", (dialect) => {
  it.each<[string, VenueReply]>([
    ["never answers", { hang: "before headers" }],
    ["never ends its answer", { hang: "in the body" }],
  ])("a call that %s ends with the timeout", async (_name, reply) => {
    const { venue, server, open, stop } = await setStage(dialect);
    try {
      await pollOne(venue);
      server.on(dialect.paths.mark, () => reply);
      const failure = failureOf(await pollOne(open({ timeoutMs: 100 })));
      const reason: unknown = expect.stringContaining("no answer within 100 ms");
      expect(failure).toMatchObject({ kind: "retry", reason });
    } finally {
      await stop();
    }
  });
});

describe.each(refusing)("$id", ({ refusal, ...dialect }) => {
  it("one symbol's failure leaves the others alone, and the unknown one isn't asked again", async () => {
    const { venue, server, clock } = await stage(dialect);
    const good = dialect.routes(truth, clock.now)[dialect.paths.candles];
    server.on(dialect.paths.candles, (request) =>
      isFor("ETH", request.query) || good === undefined ? refusal : good(request),
    );
    const both = [{ symbol: "ETH" }, { symbol: "BTC" }];
    const first = await pollAll(venue, both);
    expect([first.get("BTC")?.ok, first.get("ETH")?.ok]).toEqual([true, false]);
    server.forgetRequests();
    const second = await pollAll(venue, both);
    const outcome = second.get("ETH");
    expect(outcome === undefined ? undefined : failureOf(outcome).kind).toBe("give-up-symbol");
    expect(server.requests.filter(({ query }) => isFor("ETH", query))).toEqual([]);
  });
});

describe("a big round", () => {
  it("may be stopped as a whole without Node taking its listeners for a leak", async () => {
    const { venue } = await stage(binance);
    const warnings: string[] = [];
    const note = (warning: Error): unknown => warnings.push(warning.name);
    process.on("warning", note);
    const requests = ["BTC", "ETH", "DOGE"].map((symbol) => ({ symbol }));
    const ok: boolean[] = [];
    await venue.poll(requests, (_symbol, outcome) => ok.push(outcome.ok), new AbortController().signal);
    await new Promise(setImmediate);
    process.off("warning", note);
    expect(ok).toEqual([true, true, true]);
    expect(warnings).toEqual([]);
  });
});
