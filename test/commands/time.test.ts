import { describe, expect, it } from "vitest";
import { parseTime } from "../../src/commands/time.ts";

describe("a time on the command line", () => {
  it.each([
    ["1767225600000", 1_767_225_600_000],
    ["2026-01-01", 1_767_225_600_000],
    ["2026-01-01T00:00", 1_767_225_600_000],
    ["2026-01-01 00:00:00", 1_767_225_600_000],
    ["2026-01-01T00:00:00.000Z", 1_767_225_600_000],
    ["2026-01-01T02:00+02:00", 1_767_225_600_000],
  ])("%s is %d", (text, time) => {
    expect(parseTime(text)).toBe(time);
  });

  it.each(["yesterday", "2026-13-01", "2026-01-01T25:00", "17672256", "01/02/2026", ""])(
    "%s is refused",
    (text) => {
      expect(() => parseTime(text)).toThrow("Write 2026-01-31");
    },
  );
});
