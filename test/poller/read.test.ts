import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asAmount,
  asNumber,
  asOhlc,
  asOpenTime,
  asPositive,
  asTime,
  Malformed,
} from "../../src/poller/read.ts";
import { barMs, noon } from "./world.ts";

describe("what comes in", () => {
  it("is a finite number, whatever it was, or refused by name", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readsWell(value)).toBe(true);
      }),
    );
  });

  it("keeps every number through a string and back", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e18, max: 1e18, noNaN: true }), (value) => {
        expect(asNumber(String(value), "price")).toBe(Number(String(value)));
      }),
    );
  });

  it.each([
    ["what no price or quantity can be", () => asNumber(1e19, "x")],
    ["an empty string", () => asNumber("", "x")],
    ["blanks", () => asNumber("  ", "x")],
    ["zero for a price", () => asPositive("0", "x")],
    ["a negative volume", () => asAmount("-0.1", "x")],
    ["half a millisecond", () => asTime(noon + 0.5, "x")],
    ["seconds", () => asTime(noon / 1000, "x")],
    ["an open time off the grid", () => asOpenTime(noon + 1000, barMs)],
    ["a high under the close", () => asOhlc(10, 11, 9, 12)],
    ["a low over the open", () => asOhlc(10, 14, 11, 12)],
  ])("is refused when it is %s", (_name, read) => {
    expect(read).toThrow(Malformed);
  });

  it("may be a volume of nothing", () => {
    expect(asAmount("0", "x")).toBe(0);
  });
});

function readsWell(value: unknown): boolean {
  try {
    return Number.isFinite(asNumber(value, "price"));
  } catch (error) {
    return error instanceof Malformed && error.message.includes("price");
  }
}
