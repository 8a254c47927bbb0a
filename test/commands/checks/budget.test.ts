import { describe, expect, it } from "vitest";
import { budgetTable, judgeBudgets } from "../../../src/commands/checks/budget.ts";

const fits = {
  venue: "okx",
  bucket: "candles",
  published: 1_200,
  allowed: 480,
  needed: 24.2,
  beside: 0,
  mostSymbols: 460,
};
const bursts = { ...fits, venue: "mexc", bucket: "contract", needed: 500, mostSymbols: 95 };

describe("budgets", () => {
  it("that all fit are one good line", () => {
    expect(judgeBudgets([fits])).toMatchObject([{ level: "ok" }]);
  });

  it("that don't fit are named, with how many symbols would", () => {
    const [finding, ...others] = judgeBudgets([fits, bursts]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      level: "warning",
      message: expect.stringMatching(/mexc bears 95 symbols.*contract/),
    });
  });

  it("are told for one symbol as for one", () => {
    expect(budgetTable([{ ...fits, mostSymbols: 1 }], 1)).toMatch(/for 1 symbol:\n.+\n.+ 1 symbol\n$/);
  });

  it("are a table with a line a limit", () => {
    expect(budgetTable([fits, { ...fits, bucket: "public", beside: 99.1, mostSymbols: Infinity }], 3)).toBe(
      [
        "",
        "Requests a minute, by weight, for 3 symbols:",
        "venue  limit    published  used at most  polls  beside them  bears",
        "okx    candles  1,200      480           25                  460 symbols",
        "okx    public   1,200      480           25     100          any number",
        "",
      ].join("\n"),
    );
  });
});
