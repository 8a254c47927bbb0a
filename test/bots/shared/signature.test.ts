import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Action, decodeAction, encodeAction } from "../../../src/bots/shared/actions.ts";
import { alertButtons } from "../../../src/bots/shared/alertButtons.ts";
import { dataLimitBytes, seal, unseal } from "../../../src/bots/shared/signature.ts";
import { decodeTarget, encodeTarget } from "../../../src/bots/shared/target.ts";

const key = new Uint8Array(32).fill(7);
const place = "telegram:-1001234567890";
const now = Date.UTC(2026, 10, 22, 12);
const dayMs = 24 * 3_600_000;

const symbol = fc.stringMatching(/^[A-Z0-9]{1,10}$/u);
const id = fc.integer({ min: 1, max: 9_999 });
const ratio = fc.constantFrom(1.1, 2, 2.25, 3.5, 20);
const durationMs = fc.integer({ min: 1, max: 43_200 }).map((minutes) => minutes * 60_000);
const minuteOfDay = fc.integer({ min: 0, max: 1_439 });
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constantFrom("imbalance", "map", "heatmap", "why", "test", "unsubscribe"), symbol }),
  fc.record({ do: fc.constant("history") }),
  fc.record({ do: fc.constant("history"), symbol }),
  fc.record({
    do: fc.constantFrom(
      "start",
      "help",
      "privacy",
      "status",
      "alerts",
      "settings",
      "choose-symbol",
      "unmute",
      "choose-mute",
      "choose-quiet",
      "choose-zone",
      "choose-language",
      "choose-loud-per-day",
      "forget",
      "forget-now",
      "unsubscribe-all",
    ),
  }),
  fc.record({ do: fc.constant("choose-ratio"), symbol }),
  fc.record({ do: fc.constant("choose-ratio"), symbol, id }),
  fc.record({ do: fc.constant("subscribe"), symbol, ratio }),
  fc.record({ do: fc.constantFrom("edit", "delete"), id }),
  fc.record({ do: fc.constant("change-ratio"), id, ratio }),
  fc.record({ do: fc.constant("change-direction"), id, direction: fc.constantFrom("both", "up", "down") }),
  fc.record({ do: fc.constant("change-confidence"), id, confidence: fc.constantFrom(50, 80, 90) }),
  fc.record({ do: fc.constant("change-mode"), id, mode: fc.constantFrom("loud", "silent", "off") }),
  fc.record({ do: fc.constantFrom("mute", "snooze"), durationMs }),
  fc.record({ do: fc.constant("quiet"), hours: fc.record({ from: minuteOfDay, to: minuteOfDay }) }),
  fc.record({ do: fc.constant("quiet"), hours: fc.constant("off") }),
  fc.record({ do: fc.constant("zone"), zone: fc.constantFrom("UTC", "Europe/Berlin", "Etc/GMT-2") }),
  fc.record({ do: fc.constant("language"), language: fc.constant("en") }),
  fc.record({ do: fc.constant("feed-notices"), wanted: fc.boolean() }),
  fc.record({ do: fc.constant("loud-per-day"), most: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ do: fc.constant("loud-per-day"), most: fc.constant("all") }),
) as fc.Arbitrary<Action>;
const anyTarget = fc.constantFrom(
  undefined,
  "telegram:-1001234567890",
  "telegram:-1009876543210/4711",
  "telegram:5123456789",
  "discord:1234567890123456789",
);

describe("what a button asks for", () => {
  test("comes back as it was, within Telegram's 64 bytes", () => {
    fc.assert(
      fc.property(anyAction, anyTarget, (action, target) => {
        const pressed = { action, ...(target !== undefined && { target }) };
        const data = seal(pressed, { key, place, now });
        expect(Buffer.byteLength(data)).toBeLessThanOrEqual(dataLimitBytes);
        expect(unseal(data, { key, place, now })).toEqual({ kind: "pressed", pressed });
      }),
    );
  });

  test("text nobody sealed is no action", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 64 }), (text) => {
        const action = decodeAction(text);
        expect(action && decodeAction(encodeAction(action))).toEqual(action);
        expect(unseal(text, { key, place, now }).kind).toBe("foreign");
      }),
    );
  });

  const data = seal({ action: { do: "forget-now" } }, { key, place, now });
  test.each([
    ["in another chat", { key, place: "telegram:-1001234567891", now }, "foreign"],
    ["with another key", { key: new Uint8Array(32).fill(8), place, now }, "foreign"],
    ["a month later", { key, place, now: now + 29 * dayMs }, "pressed"],
    ["two months later", { key, place, now: now + 60 * dayMs }, "expired"],
    ["before it was made", { key, place, now: now - dayMs }, "expired"],
  ])("%s it is %s", (_when, sealed, kind) => expect(unseal(data, sealed).kind).toBe(kind));

  test("one letter changed, and it is nobody's", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: data.length - 1 }),
        fc.constantFrom("A", "z", "0", "~", "@"),
        (at, letter) => {
          fc.pre(data[at] !== letter);
          const forged = data.slice(0, at) + letter + data.slice(at + 1);
          // the last letter of base64url carries two unused bits, so compare what a forger would want to change
          fc.pre(at < data.length - 1);
          expect(unseal(forged, { key, place, now }).kind).toBe("foreign");
        },
      ),
    );
  });

  test("an alert's buttons fit, whatever the symbol and the chat", () => {
    const rows = alertButtons({ symbol: "A".repeat(20) }, "en", {
      key,
      place: "telegram:-1001234567890/99",
      now,
    });
    for (const { data: each } of rows.flat()) expect(Buffer.byteLength(each)).toBeLessThanOrEqual(64);
  });
});

describe("destinations in few letters", () => {
  test.each(["telegram:-1001234567890", "telegram:42/7", "discord:123456789012345678"])("%s", (destination) =>
    expect(decodeTarget(encodeTarget(destination))).toBe(destination),
  );
  test.each(["console", "telegram:@name", "webhook:https://example.org"])("%s has none", (destination) =>
    expect(() => encodeTarget(destination)).toThrow("short form"),
  );
  test.each(["", "t", "x12", "t12/", "t1/2/3", "t!!"])("%j is none", (text) =>
    expect(decodeTarget(text)).toBeUndefined(),
  );
});
