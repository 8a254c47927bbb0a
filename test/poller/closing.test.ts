import { afterEach, describe, expect, it } from "vitest";
import type { Dialect } from "./dialect.ts";
import { dialects, marking, remembering } from "./dialects.ts";
import { okx } from "./dialects/okx.ts";
import { observationOf, pollOne, setStage, type Stage } from "./harness.ts";
import { barMs, minuteMs, noon, truth } from "./world.ts";

const stages: Stage[] = [];
async function stage(dialect: Dialect): Promise<Stage> {
  const built = await setStage(dialect);
  stages.push(built);
  return built;
}
afterEach(async () => {
  await Promise.all(stages.splice(0).map(async (built) => built.stop()));
});

const secondMs = 1_000;
const closing = { symbol: "BTC", cursor: noon - 2 * barMs };

/** The venue's history ends at `until`, as if newer rows weren't out yet. */
function historyUntil({ server, clock }: Stage, dialect: Dialect, until: number): void {
  const route = dialect.routes(truth, () => Math.min(clock.now(), until))[dialect.paths.history];
  if (route !== undefined) server.on(dialect.paths.history, route);
}

describe.each(remembering)("a closed bar on $id", (dialect) => {
  it("waits for its open interest, joined into the forming bar", async () => {
    const built = await stage(dialect);
    historyUntil(built, dialect, noon - 1);
    built.clock.set(noon + 30 * secondMs);
    const { closedBars, formingBar } = observationOf(await pollOne(built.venue, closing));
    const [closed, forming] = [truth.candle(noon - barMs), truth.candle(noon)];
    expect(closedBars).toEqual([]);
    expect(formingBar).toMatchObject({ openTime: noon - barMs, open: closed.open, close: forming.close });
    expect(formingBar?.high).toBe(Math.max(closed.high, forming.high));
    expect(formingBar?.volume).toBeCloseTo(closed.volume + forming.volume, 6);
  });

  it("is handed over in the round its open interest is out", async () => {
    const built = await stage(dialect);
    historyUntil(built, dialect, noon - 1);
    built.clock.set(noon + 30 * secondMs);
    await pollOne(built.venue, closing);
    historyUntil(built, dialect, noon);
    built.clock.advance(20 * secondMs);
    const { closedBars } = observationOf(await pollOne(built.venue, closing));
    expect(closedBars.map((bar) => bar.openTime)).toEqual([noon - barMs]);
    expect(closedBars[0]?.openInterest).toBeCloseTo(truth.openInterest(noon), 6);
  });

  it("is asked about every 20 s at most", async () => {
    const built = await stage(dialect);
    historyUntil(built, dialect, noon - 1);
    for (let second = 1; second <= 41; second += 5) {
      built.clock.set(noon + second * secondMs);
      await pollOne(built.venue, closing);
    }
    expect(built.server.asked(dialect.paths.history)).toHaveLength(3);
  });

  it("takes the nearest live sample after 90 s, and isn't asked about any more", async () => {
    const built = await stage(dialect);
    historyUntil(built, dialect, noon - 1);
    built.clock.set(noon + 10 * secondMs);
    await pollOne(built.venue, closing);
    built.clock.set(noon + 90 * secondMs);
    const { closedBars } = observationOf(await pollOne(built.venue, closing));
    expect(closedBars[0]?.openInterest).toBeCloseTo(truth.openInterest(noon + 10 * secondMs), 6);
    built.server.forgetRequests();
    built.clock.advance(minuteMs);
    await pollOne(built.venue, closing);
    expect(built.server.asked(dialect.paths.history)).toEqual([]);
  });

  it("goes without open interest after 90 s where no sample is near", async () => {
    const built = await stage(dialect);
    historyUntil(built, dialect, noon - 1);
    built.clock.set(noon + 100 * secondMs);
    const { closedBars } = observationOf(await pollOne(built.venue, closing));
    expect(closedBars).toHaveLength(1);
    expect(closedBars[0]).not.toHaveProperty("openInterest");
  });
});

const marksApart = marking.filter(({ markPrice }) => markPrice === undefined);

describe.each(marksApart)("a closed bar on $id", (dialect) => {
  it("waits for its mark extremes too, and goes without them after 90 s", async () => {
    const { venue, server, clock } = await stage(dialect);
    server.on(dialect.paths.marks, () => ({ text: "down", status: 502 }));
    clock.set(noon + 30 * secondMs);
    expect(observationOf(await pollOne(venue, closing)).closedBars).toEqual([]);
    clock.set(noon + 100 * secondMs);
    const [bar] = observationOf(await pollOne(venue, closing)).closedBars;
    expect(bar).toMatchObject({ openTime: noon - barMs });
    expect(bar).not.toHaveProperty("markHigh");
  });
});

describe.each(dialects)("a closed bar on $id", (dialect) => {
  it("is told again while the cursor stays", async () => {
    const { venue, clock } = await stage(dialect);
    const first = observationOf(await pollOne(venue, closing)).closedBars;
    clock.advance(minuteMs);
    expect(observationOf(await pollOne(venue, closing)).closedBars).toEqual(first);
  });
});

describe("OKX's funding rate", () => {
  it("is asked for once a closed bar", async () => {
    const { venue, server, clock } = await stage(okx);
    for (let minute = 0; minute < 6; minute += 1) {
      await pollOne(venue, { symbol: "BTC", cursor: Math.floor(clock.now() / barMs) * barMs - 2 * barMs });
      clock.advance(minuteMs);
    }
    expect(server.asked("/okx/api/v5/public/funding-rate")).toHaveLength(2);
  });
});
