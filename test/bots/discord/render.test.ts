import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layoutComponents, checkTogether } from "../../support/discord/components.ts";
import { messageTextLimit } from "../../../src/bots/discord/limits.ts";
import { markdown, renderReply } from "../../../src/bots/discord/render.ts";
import { press, type Reply } from "../../../src/bots/shared/reply.ts";
import { unseal, type Seal } from "../../../src/bots/shared/signature.ts";

const seal: Seal = { key: Buffer.alloc(32, 7), place: "discord:1500000000000000002", now: 1_795_351_200_000 };

describe("words", () => {
  test.each([
    ["bold", { text: "a*b", style: "bold" } as const, String.raw`**a\*b**`],
    ["italic", { text: "x_y", style: "italic" } as const, String.raw`*x\_y*`],
    ["code", { text: "map `BTC`", style: "code" } as const, "`map 'BTC'`"],
    [
      "a line to type, with the names of its options",
      { text: "/subscribe BTC 2.5", style: "code" } as const,
      "`/subscribe symbol:BTC ratio:2.5`",
    ],
    ["a command without options", { text: "/alerts", style: "code" } as const, "`/alerts`"],
    ["a fold", { text: "one\ntwo", style: "fold" } as const, "> one\n> two"],
    ["a link", { text: "here", url: "https://example.org" }, "[here](https://example.org)"],
    ["a time", { text: "Nov 22", at: 1_795_351_200_999 }, "<t:1795351200:f>"],
    ["spaces outside of the marks", { text: " a ", style: "bold" } as const, " **a** "],
    ["what would be a mention", { text: "<@1> @everyone" }, String.raw`\<@1> @everyone`],
  ])("%s", (_, piece, expected) => {
    expect(markdown([[piece]])).toBe(expected);
  });

  test("end with a whole paragraph where there are too many, and say so", () => {
    const paragraphs = Array.from({ length: 30 }, (_, index) => [{ text: `${index} ${"x".repeat(300)}` }]);
    const text = markdown(paragraphs);
    expect(text.length).toBeLessThanOrEqual(messageTextLimit);
    expect(text.endsWith("x\n\n…")).toBe(true);
  });
});

describe("buttons", () => {
  const alerts: Reply = {
    paragraphs: [[{ text: "Alerts" }]],
    rows: [
      ...Array.from({ length: 20 }, (_, id) => [
        press(`edit ${id}`, { do: "edit", id }),
        press("pause", { do: "change-mode", id, mode: "off" }),
        press("delete", { do: "delete", id }),
      ]),
      [press("add", { do: "choose-symbol" })],
    ],
  };

  test("are signed for the place they stand in", () => {
    const [container] = renderReply(
      { paragraphs: [[{ text: "x" }]], rows: [[press("mute", { do: "mute", durationMs: 3_600_000 })]] },
      { seal },
    );
    const data = JSON.stringify(container).match(/"custom_id":"([^"]+)"/)?.[1] ?? "";
    expect(unseal(data, seal)).toEqual({
      kind: "pressed",
      pressed: { action: { do: "mute", durationMs: 3_600_000 } },
    });
    expect(unseal(data, { ...seal, place: "discord:1500000000000000003" })).toEqual({ kind: "foreign" });
  });

  test("that do the same to many things become a menu, and what stood beside them goes", () => {
    const text = JSON.stringify(renderReply(alerts, { seal }));
    expect(text.match(/"label":"edit \d+"/g)).toHaveLength(20);
    expect(text).toContain('"label":"add"');
    expect(text).not.toContain('"label":"pause"');
    expect(text.match(/"custom_id"/g)).toHaveLength(2);
  });

  test("that are there twice are shown once", () => {
    const twice = press("refresh", { do: "imbalance", symbol: "BTC" });
    const text = JSON.stringify(
      renderReply({ paragraphs: [[{ text: "x" }]], rows: [[twice, twice]] }, { seal }),
    );
    expect(text.match(/"refresh"/g)).toHaveLength(1);
  });
});

test("Discord takes every reply, whatever stands in it", () => {
  const piece = fc.record({ text: fc.string({ maxLength: 5_000, unit: "grapheme" }) });
  const action = fc.oneof(
    fc.record({ do: fc.constant("edit" as const), id: fc.nat(99) }),
    fc.record({ do: fc.constant("delete" as const), id: fc.nat(99) }),
    fc.record({ do: fc.constant("why" as const), symbol: fc.constantFrom("BTC", "ETH", "SOL") }),
  );
  const button = fc.record({ label: fc.string({ minLength: 1, maxLength: 200 }), action });
  const reply = fc.record({
    paragraphs: fc.array(fc.array(piece, { maxLength: 3 }), { maxLength: 12 }),
    rows: fc.array(fc.array(button, { maxLength: 8 }), { maxLength: 12 }),
  });
  fc.assert(
    fc.property(reply, fc.boolean(), ({ paragraphs, rows }, isPictured) => {
      const picture = { filename: "map.png", description: "x" };
      const components = renderReply(
        { paragraphs, rows: rows.map((row) => row.map((each) => press(each.label, each.action))) },
        { seal, ...(isPictured && { picture }) },
      );
      const parsed = layoutComponents.safeParse(components);
      expect(parsed.error?.issues ?? []).toEqual([]);
      expect(checkTogether(components, new Set(["map.png"]))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
