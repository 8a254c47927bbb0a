import { describe, expect, it } from "vitest";
import type { AlertMessage, FullMessage } from "../../src/alerts/message.ts";
import { renderDiscord } from "../../src/notifier/discordMessage.ts";
import { alert, endOfAlert } from "./sender.contract.ts";

describe("an alert on Discord", () => {
  it("is the payload people read", () => {
    expect(renderDiscord(alert)).toMatchInlineSnapshot(`
      {
        "allowed_mentions": {
          "parse": [],
        },
        "components": [
          {
            "accent_color": 3055211,
            "components": [
              {
                "content": "**BTC 2.6× lopsided up: shorts are closer to liquidation than longs**

      ⬇️ BTC needs to fall \\~$2,000 (2.4%) to liquidate $1.1B of longs,
      ⬆️ but rise only \\~$770 (0.91%) to liquidate $1.1B of shorts.

      Shorts crowd closer to the price, so a rise would force buying sooner.
      A fall of the same size would force less selling.

      > **How traders tend to read it**
      > **Momentum traders** may buy a break up, hoping short covering carries it.
      > **Market makers** may quote wider above, where forced buying can run them over.
      > **Contrarians** may wait until the squeeze is spent, then sell it.

      **Liquidation maps are not price predictions.** They show where leverage sits, not where price must go; news, ETF flows and spot demand still dominate.

      Bottom line: the same liquidations lie 2.6× as far below the price as above.

      -# Estimated (modelled) at $84,230 · data 4 s old · 3/3 venues · no confidence band yet · past maps not scored yet · <t:1795351200:R>",
                "type": 10,
              },
            ],
            "type": 17,
          },
        ],
        "flags": 32768,
      }
    `);
  });

  it("is one plain line at the end of an episode, without a container", () => {
    expect(renderDiscord(endOfAlert).components).toMatchObject([{ type: 10, content: endOfAlert.headline }]);
  });

  it("marks a possible repeat right below the headline", () => {
    const lines = contentOf(alert, true).split("\n\n");
    expect(lines[1]).toBe(`*${alert.repeatNote}*`);
  });

  it("has another accent downwards", () => {
    const [container] = renderDiscord({ ...fullAlert(alert), direction: "down" }).components ?? [];
    expect(container).toMatchObject({ accent_color: 0xd1_4b_4b });
  });

  const words = [
    ["emphasis", "a *b* _c_ ~~d~~", String.raw`a \*b\* \_c\_ \~\~d\~\~`],
    ["a mention", "<@123> and @everyone", String.raw`\<@123> and @everyone`],
    ["a link", "[x](https://example.org)", String.raw`\[x\](https://example.org)`],
    ["a heading", "# big", String.raw`\# big`],
    ["a list", "- one", String.raw`\- one`],
    ["a numbered list", "1. one", String.raw`1\. one`],
    ["code and spoilers", "`a` ||b||", "\\`a\\` \\|\\|b\\|\\|"],
  ] as const;
  it.each(words)("takes %s in a text for text", (_, text, escaped) => {
    const lines = contentOf({ ...fullAlert(alert), down: text, up: "u" }).split("\n\n");
    expect(lines[1]).toBe(`${escaped}\nu`);
  });

  it("drops readings, not the caveat, when it would be too long", () => {
    const full = fullAlert(alert);
    const content = contentOf({ ...full, readings: [{ who: "Somebody", text: "_".repeat(3000) }] });
    expect(content.length).toBeLessThanOrEqual(4000);
    expect(content).not.toContain("Somebody");
    expect(content).toContain(full.caveat.first);
  });
});

function contentOf(message: AlertMessage, possibleRepeat = false): string {
  const text = JSON.stringify(renderDiscord(message, possibleRepeat).components);
  const found = /"content":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return String(JSON.parse(found ?? '""'));
}

function fullAlert(message: AlertMessage): FullMessage {
  if (message.kind !== "full") throw new Error("the example is a full alert");
  return message;
}
