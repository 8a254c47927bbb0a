import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, it } from "vitest";
import { isQuietAt, quietUntil } from "../../src/alerts/quietHours.ts";
import { isZone, localTime } from "../../src/alerts/zone.ts";

const minuteMs = 60_000;
const zones = [
  "UTC",
  "Europe/Madrid",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "America/St_Johns",
  "Asia/Tehran",
];
const at = (iso: string, zone: string): number => DateTime.fromISO(iso, { zone }).toMillis();

describe("a zone's clock", () => {
  it("agrees with another implementation, anywhere and any time", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 1.6e12, max: 2e12 }), (zone, now) => {
        const local = DateTime.fromMillis(now, { zone });
        expect(localTime(zone, now)).toEqual({
          day: local.toISODate(),
          minute: local.hour * 60 + local.minute,
        });
      }),
    );
  });

  it.each([
    ["Europe/Madrid", true],
    ["UTC", true],
    ["Madrid", false],
    ["", false],
  ])("%s: is it one? %s", (zone, known) => {
    expect(isZone(zone)).toBe(known);
  });
});

describe("quiet hours", () => {
  const night = { from: 22 * 60, to: 7 * 60 };
  const noon = { from: 12 * 60, to: 13 * 60 };

  it.each([
    ["overnight, in the evening", night, "2026-11-22T22:00", "2026-11-23T07:00"],
    ["overnight, in the morning", night, "2026-11-22T06:59:59", "2026-11-22T07:00"],
    ["at noon", noon, "2026-11-22T12:30", "2026-11-22T13:00"],
    ["in the night that is an hour shorter", night, "2026-03-28T23:00", "2026-03-29T07:00"],
    ["in the night that is an hour longer", night, "2026-10-24T23:00", "2026-10-25T07:00"],
    ["until a time that the clock leaves out", { from: 60, to: 150 }, "2026-03-29T01:30", "2026-03-29T03:00"],
    [
      "until a time that comes twice: the first one",
      { from: 60, to: 150 },
      "2026-10-25T01:30",
      "2026-10-25T02:30+02:00",
    ],
    [
      "when the hour in which they pause is left out but for its last minute",
      { from: 181, to: 121 },
      "2026-03-28T11:50",
      "2026-03-29T03:00",
    ],
  ])("end when the local clock says so, %s", (_name, hours, now, end) => {
    expect(quietUntil(hours, "Europe/Madrid", at(now, "Europe/Madrid"))).toBe(at(end, "Europe/Madrid"));
  });

  it.each([
    [night, "2026-11-22T07:00"],
    [night, "2026-11-22T21:59"],
    [noon, "2026-11-22T13:00"],
  ])("are over at their end, and not on before their beginning", (hours, now) => {
    expect(quietUntil(hours, "Europe/Madrid", at(now, "Europe/Madrid"))).toBeUndefined();
  });

  it("end at the first minute that isn't quiet, whatever the clock does", () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const days = [
      "2026-03-28",
      "2026-03-29",
      "2026-10-24",
      "2026-10-25",
      "2026-11-01",
      "2026-03-08",
      "2026-04-05",
    ];
    fc.assert(
      fc.property(
        minute,
        minute,
        fc.constantFrom(...zones),
        fc.constantFrom(...days),
        minute,
        (from, to, zone, day, now) => {
          fc.pre(from !== to);
          const start = at(`${day}T00:00`, zone) + now * minuteMs;
          const end = quietUntil({ from, to }, zone, start);
          const isQuiet = (time: number): boolean => isQuietAt({ from, to }, localTime(zone, time).minute);
          const steps = Math.ceil(((end ?? start) - start) / (5 * minuteMs));
          const before = Array.from({ length: steps }, (_, step) => start + step * 5 * minuteMs);
          expect(before.every(isQuiet)).toBe(true);
          expect(isQuiet(end ?? start)).toBe(false);
          expect(end === undefined || isQuiet(end - 1)).toBe(true);
        },
      ),
    );
  });
});
