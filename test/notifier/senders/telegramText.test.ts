import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { alertContent } from "../../../src/alerts/content.ts";
import { alertMessage, type AlertMessage, type FullMessage } from "../../../src/alerts/message.ts";
import { captionLimit, renderTelegram } from "../../../src/notifier/senders/telegramText.ts";
import { languages, textsIn } from "../../../src/texts/texts.ts";
import { firedUp, referenceImbalance } from "../../alerts/examples.ts";
import { alert, endOfAlert } from "./sender.contract.ts";

describe("an alert on Telegram", () => {
  it("is the text people read", () => {
    expect(renderTelegram(alert).text).toMatchInlineSnapshot(`
      "BTC 2.6× lopsided up: shorts are closer to liquidation than longs

      ⬇️ BTC needs to fall ~$2,000 (2.4%) to liquidate $1.1B of longs,
      ⬆️ but rise only ~$770 (0.91%) to liquidate $1.1B of shorts.

      Shorts crowd closer to the price, so a rise would force buying sooner.
      A fall of the same size would force less selling.

      How traders tend to read it
      Momentum traders may buy a break up, hoping short covering carries it.
      Market makers may quote wider above, where forced buying can run them over.
      Contrarians may wait until the squeeze is spent, then sell it.

      Liquidation maps are not price predictions. They show where leverage sits, not where price must go; news, ETF flows and spot demand still dominate.

      Bottom line: the same liquidations lie 2.6× as far below the price as above.

      Estimated (modelled) at $84,230 · data 4 s old · 3/3 venues · no confidence band yet · past maps not scored yet · Nov 22, 12:40 UTC"
    `);
  });

  it("is bold where it matters, folded where it is long", () => {
    const { text, entities } = renderTelegram(alert, true);
    const marked = entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]);
    expect(marked).toEqual([
      ["bold", alert.headline],
      ["italic", alert.repeatNote],
      ["expandable_blockquote", expect.stringMatching(/^How traders tend to read it\n(.+\n){2}.+$/)],
      ["bold", "Liquidation maps are not price predictions."],
      ["italic", expect.stringMatching(/^Estimated .* · $/)],
      ["date_time", "Nov 22, 12:40 UTC"],
    ]);
  });

  it("is one plain line at the end of an episode", () => {
    expect(renderTelegram(endOfAlert)).toEqual({ text: endOfAlert.headline, entities: [] });
  });

  it("drops readings, not the caveat, when it would be too long", () => {
    const full = fullAlert(alert);
    const long = { ...full, readings: [{ who: "Somebody", text: "x".repeat(5000) }] };
    const { text } = renderTelegram(long);
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text).not.toContain("Somebody");
    expect(text).toContain(full.caveat.first);
  });

  it.each(languages)("fits below a picture in %s, whatever is missing, with its caveat", (language) => {
    const many = Array.from({ length: 13 }, (_, index) => ({
      id: `venue${index}name`,
      status: "failed" as const,
      ageMs: null,
      openInterestUsd: 1e9,
      method: "estimated" as const,
    }));
    const imbalance = {
      ...referenceImbalance,
      ratioLow: 2.1,
      ratioHigh: 3.2,
      realisedShare: 0.002,
      coverage: 0.51,
    };
    for (const venues of [imbalance.venues, [...imbalance.venues, ...many]]) {
      const content = alertContent({ ...imbalance, venues }, firedUp);
      const { text } = renderTelegram(alertMessage(content, language), true, captionLimit);
      expect(text.length).toBeLessThanOrEqual(captionLimit);
      expect(text).toContain(textsIn(language).say("caveat-first"));
    }
  });

  it("marks whole parts inside the text, whatever the words are", () => {
    assert(
      property(
        string({ unit: "grapheme", minLength: 1 }),
        string({ unit: "grapheme" }),
        (headline, bottomLine) => {
          const { text, entities } = renderTelegram({ ...fullAlert(alert), headline, bottomLine });
          expect(text.slice(0, entities[0]?.length)).toBe(headline);
          for (const { offset, length } of entities) {
            expect(length).toBeGreaterThan(0);
            expect(offset + length).toBeLessThanOrEqual(text.length);
          }
        },
      ),
    );
  });
});

function fullAlert(message: AlertMessage): FullMessage {
  if (message.kind !== "full") throw new Error("the example is a full alert");
  return message;
}
