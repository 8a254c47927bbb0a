import { describe, expect, it } from "vitest";
import type { Call, Limit } from "../../src/poller/adapter.ts";
import { adapters } from "../../src/poller/adapters.ts";
import { chargeOf, openPace, perMinute, spacingMs } from "../../src/poller/pace.ts";
import { okx } from "../../src/poller/venues/okx.ts";
import type { VenueLimits, VenueTurn } from "../../src/store/contracts/markets.ts";
import { handClock, silentLog } from "./world.ts";

const rest: Limit = {
  bucket: "rest",
  weight: 100,
  perMs: 1_000,
  weightOf: ({ method }) => (method === "heavy" ? 50 : 1),
};
const limits: readonly [Limit, ...Limit[]] = [
  { bucket: "statistics", matches: (method) => method.includes("Stat"), weight: 10, perMs: 1_000 },
  rest,
];
const adapter = { id: okx.id, declares: { ...okx.declares, limits } };
const call = (method: string): Call => ({ method, params: {} });

/** A clock on which sleeping is what moves time. */
function sleepingClock() {
  const clock = handClock(0);
  return { ...clock, sleep: async (ms: number) => clock.advance(ms) };
}

/** What leaves in a second, all asking at once again and again. */
async function leavingInASecond(method: string): Promise<number> {
  const clock = sleepingClock();
  const pace = openPace({ adapter, clock, log: silentLog });
  let left = 0;
  while (clock.now() < 1_000) {
    const { kind } = await pace.leave(call(method), {});
    if (kind === "go" && clock.now() < 1_000) left += 1;
  }
  return left;
}

describe("a venue's pace", () => {
  it.each([
    ["half of its published limit in any window", "any", 50],
    ["by the bucket that counts the call", "Stat", 5],
    ["by the call's weight", "heavy", 1],
  ])("is %s", async (_claim, method, most) => {
    const left = await leavingInASecond(method);
    expect(left).toBeLessThanOrEqual(most);
    expect(left).toBeGreaterThanOrEqual(Math.floor(most * 0.8));
  });

  it("is bearable for what can wait for the next round: it isn't kept waiting", async () => {
    const pace = openPace({ adapter, clock: handClock(0), log: silentLog });
    const kinds = await Promise.all(
      Array.from({ length: 12 }, async () => (await pace.leave(call("Stat"), { optional: true })).kind),
    );
    // one at once and what drips in two seconds
    expect(kinds.filter((kind) => kind === "go")).toHaveLength(9);
    expect(kinds.at(-1)).toBe("full");
  });

  it("says how far apart calls may be for good", () => {
    expect(perMinute(rest)).toBe(100 * 60 * 0.4);
    expect(spacingMs(limits, call("any"))).toBeCloseTo(25);
    expect(spacingMs(limits, call("heavy"))).toBeCloseTo(1_250);
  });

  it.each(adapters)("of $id counts every call it makes under a limit", ({ declares, boards }) => {
    for (const board of boards) expect(chargeOf(declares.limits, board.call)).toBeDefined();
  });
});

describe("a pace that is shared", () => {
  const shared = (answer: () => Promise<VenueTurn>): VenueLimits => ({
    reserve: answer,
    rest: async () => undefined,
  });
  const leave = async (answer: () => Promise<VenueTurn>) =>
    openPace({ adapter, clock: handClock(0), log: silentLog, shared: shared(answer) }).leave(call("any"), {});

  it("waits for as long as all processes together must", async () => {
    const clock = sleepingClock();
    const pace = openPace({
      adapter,
      clock,
      log: silentLog,
      shared: shared(async () => ({ kind: "go", waitMs: 700 })),
    });
    expect((await pace.leave(call("any"), {})).kind).toBe("go");
    expect(clock.now()).toBe(700);
  });

  it("is full when they are, and rests when one of them was told to", async () => {
    expect(await leave(async () => ({ kind: "full" }))).toEqual({ kind: "full", bucket: "rest" });
    const failure = { kind: "cool-down", reason: "429", until: 9 } as const;
    expect(await leave(async () => ({ kind: "resting", failure }))).toEqual({ kind: "resting", failure });
  });

  it("counts for this process alone while Redis is away", async () => {
    expect((await leave(async () => Promise.reject(new Error("away")))).kind).toBe("go");
  });
});
