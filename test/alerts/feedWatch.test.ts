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
