import { describe, expect, it } from "vitest";
import { createFormat } from "../../src/texts/format.ts";

const english = createFormat("en");
const spanish = createFormat("es");

describe("money has two significant digits", () => {
  it.each([
    [1_100_000_000, "$1.1B"],
    [1_000_000_000, "$1B"],
    [700_000_000, "$700M"],
    [12_345_678, "$12M"],
    [999_999, "$1M"],
    [994_000, "$990,000"],
    [12_345, "$12,000"],
    [2_000, "$2,000"],
    [1_999.6, "$2,000"],
    [770, "$770"],
    [3.05, "$3.1"],
    [1.2, "$1.2"],
    [0.0123, "$0.012"],
    [0.00000045, "$0.00000045"],
  ])("%d is %s", (usd, said) => {
    expect(english.money(usd)).toBe(said);
  });

  it("in Spanish too", () => {
    expect(spanish.money(1_100_000_000)).toBe("1100\u00a0M\u00a0$");
    expect(spanish.money(770)).toBe("770\u00a0$");
  });
});

describe("a price is written as exchanges show it", () => {
  it.each([
    [1_000_000, "$1,000,000"],
    [84_230.4, "$84,230"],
    [999.5, "$999.50"],
    [132.4, "$132.40"],
    [0.12345, "$0.1235"],
    [0.00001, "$0.00001"],
    [0.0000081234, "$0.000008123"],
  ])("%d is %s", (usd, said) => {
    expect(english.price(usd)).toBe(said);
  });
});

describe("ratios", () => {
  it.each([
    [0.0237, "2.4%"],
    [0.0091, "0.91%"],
    [0.002, "0.2%"],
    [0.83, "83%"],
    [1, "100%"],
  ])("%d as a percentage is %s", (ratio, said) => {
    expect(english.percent(ratio)).toBe(said);
  });

  it.each([
    [2.597, "2.6"],
    [1, "1.0"],
    [12.34, "12.3"],
  ])("%d has one decimal: %s", (ratio, said) => {
    expect(english.ratio(ratio)).toBe(said);
  });
});

it("tells the time in UTC, whatever the machine's zone", () => {
  expect(english.utcTime(Date.UTC(2026, 10, 22, 0, 5))).toBe("Nov 22, 00:05");
});

describe("a time span is written out, one or many", () => {
  it.each([
    [1, "hour", "1 hour", "1 hora"],
    [24, "hour", "24 hours", "24 horas"],
    [1, "day", "1 day", "1 día"],
    [7, "day", "7 days", "7 días"],
  ] as const)("%d %s: %s, %s", (count, unit, inEnglish, inSpanish) => {
    expect(english.duration(count, unit)).toBe(inEnglish);
    expect(spanish.duration(count, unit)).toBe(inSpanish);
  });
});
