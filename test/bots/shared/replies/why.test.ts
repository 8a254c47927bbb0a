import { describe, expect, test } from "vitest";
import { whyReply } from "../../../../src/bots/shared/replies/why.ts";
import type { Cascade } from "../../../../src/model/types.ts";
import { type Language, textsIn } from "../../../../src/texts/texts.ts";
import { referenceImbalance } from "../../../alerts/examples.ts";

const held = { distanceRatio: null, interval: null, likelihood: 0.1 };
const fed = (distanceRatio: number, likelihood: number) => ({ distanceRatio, interval: null, likelihood });

function said(cascade: Cascade | undefined, language: Language = "en"): string {
  const imbalance = { ...referenceImbalance, ...(cascade && { cascade }) };
  const { paragraphs } = whyReply(textsIn(language), "BTC", imbalance);
  return paragraphs.map((paragraph) => JSON.stringify(paragraph)).join("\n");
}

describe("why: where a move would feed itself", () => {
  test.each([
    ["both ways", { down: fed(0.021, 0.94), up: fed(0.008, 1) }, ["a fall of 2.1%", "94%", "a rise of 0.8%"]],
    ["one way only", { down: held, up: fed(0.008, 0.97) }, ["a rise of 0.8%", "97%"]],
    ["nowhere in the books", { down: held, up: held }, ["no move", "±5%"]],
  ])("%s", (_name, sides, words) => {
    const text = said({ ...sides, bookCoverage: 0.62 });
    for (const word of [...words, "62% of open interest"]) expect(text).toContain(word);
    expect(text.includes("a fall of")).toBe(sides.down.distanceRatio !== null);
  });

  test("in Spanish too", () => {
    expect(said({ down: fed(0.021, 0.94), up: held, bookCoverage: 0.62 }, "es")).toContain(
      "una caída de 2,1",
    );
  });

  test("says nothing of it where no book is known", () => {
    expect(said(undefined)).not.toContain("order books");
  });
});
