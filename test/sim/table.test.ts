import { describe, expect, test } from "vitest";
import { createTable } from "../../src/sim/table.ts";

describe("a table of numbers", () => {
  test("keeps the newest rows and no more than a tenth over its capacity", () => {
    const table = createTable(["a", "b"], 100);
    for (let index = 0; index < 1_000; index += 1) {
      table.append({ a: index, b: -index });
      expect(table.length()).toBeLessThanOrEqual(110);
      expect(table.get(table.length() - 1, "a")).toBe(index);
    }
    const kept = Array.from({ length: table.length() }, (_, row) => table.get(row, "b"));
    expect(kept.length).toBeGreaterThanOrEqual(100);
    kept.forEach((value, row) => expect(value).toBe(-(1_000 - kept.length + row)));
  });

  test("grows past its first allocation", () => {
    const table = createTable(["a"], 10_000);
    for (let index = 0; index < 5_000; index += 1) table.append({ a: index });
    expect(table.get(0, "a")).toBe(0);
    expect(table.get(4_999, "a")).toBe(4_999);
  });
});
