import { describe, expect, it } from "vitest";
import type { AlertMessage, FullMessage } from "../../../src/alerts/message.ts";
import {
  contentLimit,
  descriptionLimit,
  renderDiscord,
  textLimit,
  type DiscordRendering,
} from "../../../src/notifier/senders/discordMessage.ts";
import { composeMessage, readMessage } from "../../support/discord/messages.ts";
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

const buttons = [
  [
    { label: "Snooze", data: "a" },
    { label: "Why?", data: "b" },
  ],
];
const picture = { filename: "map.png", description: "the map" };

describe("what goes with an alert", () => {
  const rendered = (rendering: DiscordRendering): string => JSON.stringify(renderDiscord(alert, rendering));

  it("is the picture below the headline, then the words, then the buttons", () => {
    const [container] = renderDiscord(alert, { picture, buttons }).components ?? [];
    expect(container).toMatchObject({
      type: 17,
      components: [
        { type: 10, content: expect.stringMatching(/^\*\*BTC 2\.6×[^\n]*\*\*$/) },
        { type: 12, items: [{ media: { url: "attachment://map.png" }, description: "the map" }] },
        { type: 10, content: expect.stringContaining("Liquidation maps are not price predictions.") },
        { type: 1, components: [{ custom_id: "a" }, { custom_id: "b", label: "Why?" }] },
      ],
    });
  });

  it("as an embed has the headline outside of it, where the notification looks", () => {
    const body = renderDiscord(alert, { style: "embed", picture, buttons });
    expect(body.flags).toBeUndefined();
    expect(body.content).toMatch(/^\*\*BTC 2\.6×/);
    expect(body.embeds).toMatchObject([
      {
        color: 3_055_211,
        description: expect.stringContaining("Liquidation maps are not price predictions."),
        image: { url: "attachment://map.png" },
      },
    ]);
    expect(body.components).toMatchObject([{ type: 1 }]);
    expect(body.allowed_mentions).toEqual({ parse: [] });
  });

  it("says the same in both styles", () => {
    const words = (text: string): readonly string[] => text.match(/[A-Za-z$0-9.%]{4,}/g) ?? [];
    const embed = words(rendered({ style: "embed" }));
    for (const word of words(fullAlert(alert).caveat.rest)) expect(embed).toContain(word);
  });

  const long = { ...fullAlert(alert), readings: [{ who: "Somebody", text: "*".repeat(3_500) }] };
  const longer = { ...long, headline: "h".repeat(2_500) };
  it.each([
    ["as components", long, {}],
    ["as an embed", long, { style: "embed" }],
    ["with a headline nobody would write", longer, { style: "embed", picture, buttons }],
    ["at the end of an episode", endOfAlert, { style: "embed", possibleRepeat: true, buttons }],
  ] satisfies readonly (readonly [string, AlertMessage, DiscordRendering])[])(
    "is taken by Discord %s",
    (_, message, rendering) => {
      const file = {
        field: "files[0]",
        filename: "map.png",
        contentType: "image/png",
        bytes: Buffer.alloc(1),
      };
      const body = renderDiscord(message, rendering);
      const files = "picture" in rendering ? [file] : [];
      expect(() => composeMessage(readMessage(JSON.parse(JSON.stringify(body)), files), files)).not.toThrow();
    },
  );

  it("stays within the limits Discord has", () => {
    expect([textLimit, descriptionLimit, contentLimit]).toEqual([4_000, 4_096, 2_000]);
  });
});

function contentOf(message: AlertMessage, possibleRepeat = false): string {
  const text = JSON.stringify(renderDiscord(message, { possibleRepeat }).components);
  const found = /"content":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return String(JSON.parse(found ?? '""'));
}

function fullAlert(message: AlertMessage): FullMessage {
  if (message.kind !== "full") throw new Error("the example is a full alert");
  return message;
}
