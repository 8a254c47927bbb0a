import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Subscription } from "../../../src/alerts/subscription.ts";
import { slashCommands } from "../../../src/bots/discord/commands.ts";
import { editModal, zoneModal } from "../../../src/bots/discord/editing.ts";
import { customIdLimit, cut, modalFieldLimit, selectTextLimit } from "../../../src/bots/discord/limits.ts";
import { dataLimitBytes } from "../../../src/bots/shared/signature.ts";
import { languages, textsIn } from "../../../src/texts/texts.ts";
import { modal } from "../../support/discord/components.ts";
import { createRegistry } from "../../support/discord/registration.ts";

const subscription: Subscription = {
  id: 1,
  symbol: "1000000MOGSHORTERNAME",
  ratio: 12.25,
  direction: "down",
  notionalUsd: 1_100_000_000,
  confidence: 90,
  mode: "silent",
};

describe("Discord's limits", () => {
  test("have room for what buttons and menus carry", () => {
    expect(dataLimitBytes).toBeLessThanOrEqual(customIdLimit);
    expect(dataLimitBytes).toBeLessThanOrEqual(selectTextLimit);
  });

  test.each(languages)("have room for every form in %s", (language) => {
    const texts = textsIn(language);
    for (const form of [editModal(texts, subscription, "x".repeat(64)), zoneModal(texts, "x")]) {
      expect(modal.safeParse(JSON.parse(JSON.stringify(form))).error?.issues ?? []).toEqual([]);
      expect(form.components.length).toBeLessThanOrEqual(modalFieldLimit);
    }
  });

  test("have room for every command with all its translations", () => {
    let id = 0;
    const registry = createRegistry(
      () => 0,
      () => String((id += 1)),
    );
    expect(() => registry.overwrite(undefined, JSON.parse(JSON.stringify(slashCommands())))).not.toThrow();
  });
});

test("a cut text is within its limit, and no letter is halved", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      (text, limit) => {
        const short = cut(text, limit);
        expect(short.length).toBeLessThanOrEqual(limit);
        expect(Buffer.from(short).toString()).toBe(short);
        expect(short === text).toBe(text.length <= limit);
      },
    ),
  );
});
