import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { watchFeed, type FeedMemory, type FeedNotice } from "../../src/alerts/feedWatch.ts";

const minuteMs = 60_000;

/** What is said while a symbol is stale (1) or fresh (0), a recompute a minute. */
function said(
  minutes: readonly (0 | 1)[],
  startAt = 1_795_348_800_000,
): (FeedNotice & { readonly minute: number })[] {
  let memory: FeedMemory = {};
  return minutes.flatMap((stale, minute) => {
    const decided = watchFeed(memory, stale === 1, startAt + minute * minuteMs);
    // as it comes back out of Redis
    memory = JSON.parse(JSON.stringify(decided.memory));
    return decided.notice === undefined ? [] : [{ ...decided.notice, minute }];
  });
}

const stretch = (value: 0 | 1, minutes: number) => Array.from({ length: minutes }, () => value);

describe("the loss of a symbol's data", () => {
  it("is said once, after two minutes of it, and its return once", () => {
    const notices = said([...stretch(0, 3), ...stretch(1, 30), ...stretch(0, 30)]);
    expect(notices.map(({ kind, minute }) => [kind, minute])).toEqual([
      ["feed-lost", 5],
      ["feed-back", 35],
    ]);
    expect(notices[0]?.since).toBe(notices[1]?.since);
  });

  it("is said once however long it lasts", () => {
    expect(said(stretch(1, 200)).map(({ kind, minute }) => [kind, minute])).toEqual([["feed-lost", 2]]);
  });

  it("is nothing to speak of when it is over within two minutes", () => {
    expect(said([...stretch(0, 2), 1, 1, ...stretch(0, 10), 1, ...stretch(0, 10)])).toEqual([]);
  });

  it("is not taken back for a minute of data", () => {
    const notices = said([...stretch(1, 10), 0, ...stretch(1, 10), ...stretch(0, 10)]);
    expect(notices.map(({ kind }) => kind)).toEqual(["feed-lost", "feed-back"]);
  });

  it("that comes and goes is said at most once an hour", () => {
    const flapping = Array.from({ length: 12 }, () => [...stretch(1, 5), ...stretch(0, 5)]).flat();
    expect(said(flapping).filter(({ kind }) => kind === "feed-lost").length).toBeLessThanOrEqual(2);
  });

  it("and its return are said in turn, whatever happens, and a loss never before two minutes of it", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0 as const, 1 as const), { maxLength: 300 }), (minutes) => {
        const notices = said(minutes);
        notices.forEach(({ kind, minute }, index) => {
          expect(kind).toBe(index % 2 === 0 ? "feed-lost" : "feed-back");
          const before = minutes.slice(minute - 2, minute + 1);
          expect(before).toEqual(stretch(kind === "feed-lost" ? 1 : 0, 3));
        });
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a clock that is set wrong and right again", () => {
  const hourMs = 60 * minuteMs;
  const start = 1_795_348_800_000;
  /** [minute, what the clock is off by then, stale or fresh]. */
  const saidBy = (script: readonly (readonly [number, number, 0 | 1])[]) => {
    let memory: FeedMemory = {};
    return script.flatMap(([minute, offMs, stale]) => {
      const now = start + minute * minuteMs + offMs;
      const decided = watchFeed(memory, stale === 1, now);
      memory = JSON.parse(JSON.stringify(decided.memory));
      return decided.notice === undefined ? [] : [{ minute, now, ...decided.notice }];
    });
  };
  const rounds = (from: number, count: number, offMs: number, stale: 0 | 1) =>
    Array.from({ length: count }, (_, nth) => [from + nth, offMs, stale] as const);

  it("tells no loss that began after it was told of", () => {
    // to a clock that is an hour ahead all data look old
    const script = [...rounds(0, 5, hourMs, 1), ...rounds(5, 5, 0, 0)];
    const notices = saidBy(script);
    expect(notices.map(({ kind }) => kind)).toEqual(["feed-lost", "feed-back"]);
    for (const { since, now } of notices) expect(since).toBeLessThan(now);
  });

  it("tells a loss no later where it was set back during it", () => {
    const script = [...rounds(0, 2, 0, 1), ...rounds(2, 10, -hourMs, 1)];
    expect(saidBy(script).map(({ kind, minute }) => [kind, minute <= 5])).toEqual([["feed-lost", true]]);
  });

  it("tells the next loss an hour later at the latest, where it was set back since", () => {
    const script = [...rounds(0, 5, hourMs, 1), ...rounds(5, 60, 0, 0), ...rounds(65, 10, 0, 1)];
    expect(saidBy(script).map(({ kind }) => kind)).toEqual(["feed-lost", "feed-back", "feed-lost"]);
  });

  it("tells the return no later where it was set back meanwhile", () => {
    const script = [...rounds(0, 5, 0, 1), ...rounds(5, 1, 0, 0), ...rounds(6, 10, -hourMs, 0)];
    expect(saidBy(script).map(({ kind, minute }) => [kind, minute <= 10])).toEqual([
      ["feed-lost", true],
      ["feed-back", true],
    ]);
  });
});
