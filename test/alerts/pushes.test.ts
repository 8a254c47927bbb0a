import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPushes, noPushes, notePush, parsePushes, type Pushes } from "../../src/alerts/pushes.ts";

const pushes = fc
  .record({
    at: fc.nat(),
    symbol: fc.constantFrom("BTC", "ETH", "__proto__x"),
    level: fc.integer({ min: 1, max: 9 }),
    ids: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }),
    loudDay: fc.constantFrom(undefined, "2026-11-22", "2026-11-23"),
  })
  .map(({ at, symbol, level, ids, loudDay }) => {
    const push = { at, direction: "up", level, episodeId: `${symbol}-1`, breaks: 0 } as const;
    return notePush(noPushes, push, { symbol, ids, loudDay });
  });

describe("what was pushed to a destination", () => {
  it("is read as it was written, whatever was read and written between", () => {
    fc.assert(
      fc.property(fc.array(pushes, { maxLength: 20 }), (all) => {
        const texts = all.map(formatPushes);
        expect(texts.map(parsePushes)).toEqual(all);
        expect(texts).toEqual(all.map((one) => JSON.stringify(one)));
      }),
    );
  });

  it("is one object for all of whom the same is written", () => {
    const text = (at: number): string => JSON.stringify({ ...noPushes, subscriptions: { 1: at } });
    const [first, other, again] = [1, 2, 1].map((at) => parsePushes(text(at)));
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("is forgotten by the reader after some hundreds of others, and read anew", () => {
    const text = (at: number): string => JSON.stringify({ ...noPushes, subscriptions: { 1: at } });
    const first = parsePushes(text(-1));
    for (let at = 0; at < 300; at += 1) parsePushes(text(at));
    const again = parsePushes(text(-1));
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it.each(["nonsense", "{}", JSON.stringify({ ...noPushes, version: 2 })])(
    "is nothing where it can't be read: %s",
    (json) => {
      const read: Pushes = parsePushes(json);
      expect(read).toEqual(noPushes);
    },
  );
});
