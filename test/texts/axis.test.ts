import { describe, expect, test } from "vitest";
import { createAxisFormat } from "../../src/texts/axis.ts";

const axis = createAxisFormat("en");

describe("an axis' labels have as few digits as tell neighbours apart", () => {
  test.each([
    [84_000, 2_000, "$84K"],
    [84_500, 500, "$84.5K"],
    [1_020_000, 20_000, "$1.02M"],
    [980_000, 20_000, "$980K"],
    [3_250, 50, "$3,250"],
    [132.5, 0.5, "$132.5"],
    [132, 2, "$132"],
    [1.02, 0.02, "$1.02"],
    [0.3, 0.1, "$0.3"],
    [0.0000125, 0.0000005, "$0.0000125"],
  ])("price %d in steps of %d is %s", (price, step, text) => {
    expect(axis.price(price, step)).toBe(text);
  });

  test.each([
    [0, 50e6, "0"],
    [50e6, 50e6, "$50M"],
    [1.5e9, 0.5e9, "$1.5B"],
    [200, 100, "$200"],
    [2_500, 500, "$2.5K"],
  ])("amount %d in steps of %d is %s", (amount, step, text) => {
    expect(axis.amount(amount, step)).toBe(text);
  });
});

test("times are in UTC, hours from 00 to 23, and every language writes its own", () => {
  const time = Date.UTC(2026, 10, 22, 0, 5);
  expect([axis.hour(time), axis.day(time)]).toEqual(["00:05", "Nov 22"]);
  expect(createAxisFormat("es").day(time)).toBe("22 nov");
});
