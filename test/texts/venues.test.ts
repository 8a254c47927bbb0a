import { expect, it } from "vitest";
import { venueName } from "../../src/texts/venues.ts";

it.each([
  ["binanceusdm", "Binance"],
  ["okx", "OKX"],
  ["somevenue", "somevenue"],
  ["constructor", "constructor"],
])("%s is called %s", (id, name) => {
  expect(venueName(id)).toBe(name);
});
