import { describe, expect, it } from "vitest";
import { alertContent, testAlertContent, type FiringContent } from "../../src/alerts/content.ts";
import { alertMessage, type AlertMessage, type FullMessage } from "../../src/alerts/message.ts";
import { ruleKey } from "../../src/alerts/rules.ts";
import type { Imbalance } from "../../src/model/types.ts";
import { exampleTime, firedDown, firedUp, imbalanceOf, mirrored, referenceImbalance } from "./examples.ts";

describe("the reference case: N = $1.1B, −$2,000, +$770, 2.6×", () => {
  it("is said so upwards", () => {
    expect(full(alertMessage(alertContent(referenceImbalance, firedUp), "en"))).toEqual({
      kind: "full",
      symbol: "BTC",
      direction: "up",
      asOf: { at: exampleTime, text: "Nov 22, 12:40 UTC" },
      headline: "BTC 2.6× lopsided up: shorts are closer to liquidation than longs",
      down: "⬇️ BTC needs to fall ~$2,000 (2.4%) to liquidate $1.1B of longs,",
      up: "⬆️ but rise only ~$770 (0.91%) to liquidate $1.1B of shorts.",
      suggests: [
        "Shorts crowd closer to the price, so a rise would force buying sooner.",
        "A fall of the same size would force less selling.",
      ],
      readingsTitle: "How traders tend to read it",
      readings: [
        { who: "Momentum traders", text: "may buy a break up, hoping short covering carries it." },
        { who: "Market makers", text: "may quote wider above, where forced buying can run them over." },
        { who: "Contrarians", text: "may wait until the squeeze is spent, then sell it." },
      ],
      caveat: {
        first: "Liquidation maps are not price predictions.",
        rest: "They show where leverage sits, not where price must go; news, ETF flows and spot demand still dominate.",
      },
      bottomLine: "Bottom line: the same liquidations lie 2.6× as far below the price as above.",
      honesty:
        "Estimated (modelled) at $84,230 · data 4\u00a0s old · 3/3 venues · no confidence band yet · past maps not scored yet",
      repeatNote: "Possible repeat: an earlier delivery of this message was never confirmed.",
    });
  });

  it("is said so downwards, everything mirrored", () => {
    expect(full(alertMessage(alertContent(mirrored(referenceImbalance), firedDown), "en"))).toMatchObject({
      direction: "down",
      headline: "BTC 2.6× lopsided down: longs are closer to liquidation than shorts",
      down: "⬇️ BTC needs to fall only ~$770 (0.91%) to liquidate $1.1B of longs,",
      up: "⬆️ but rise ~$2,000 (2.4%) to liquidate $1.1B of shorts.",
      suggests: [
        "Longs crowd closer to the price, so a fall would force selling sooner.",
        "A rise of the same size would force less buying.",
      ],
      readings: [
        { who: "Momentum traders", text: "may sell a break down, hoping long liquidations carry it." },
        { who: "Market makers", text: "may quote wider below, where forced selling can run them over." },
        { who: "Contrarians", text: "may wait until the flush is spent, then buy it." },
      ],
      bottomLine: "Bottom line: the same liquidations lie 2.6× as far above the price as below.",
    });
  });
});

describe("other symbols read as well", () => {
  it.each<[string, number, string, string]>([
    ["SOL", 132.4, "~$3.1 (2.4%)", "~$1.2 (0.91%)"],
    ["ETH", 2_812.5, "~$67 (2.4%)", "~$26 (0.91%)"],
    ["PEPE", 0.0000082, "~$0.00000019 (2.4%)", "~$0.000000075 (0.91%)"],
  ])("%s at $%d", (symbol, markPrice, falling, rising) => {
    const content: FiringContent = { ...testAlertContent(symbol, exampleTime, markPrice), kind: "firing" };
    const message = full(alertMessage(content, "en"));
    expect(message.down).toContain(`${symbol} needs to fall ${falling}`);
    expect(message.up).toContain(`rise only ${rising}`);
  });
});

describe("the line of honesty", () => {
  it("names what is missing, and how much is left", () => {
    const venues = [...referenceImbalance.venues.slice(0, 2), ...failing(["okx"])];
    expect(said({ venues, coverage: 0.83 })).toContain("2/3 venues, 83% of open interest (OKX missing)");
  });

  it("doesn't name more than four", () => {
    const venues = failing(["a", "b", "c", "d", "e", "f"]);
    expect(said({ venues, coverage: 0.5 })).toContain("(a, b, c, d and 2 more missing)");
  });

  it("says in words that more was liquidated than maps held", () => {
    expect(said({ realisedShare: 8 })).toContain("past maps held less than was liquidated");
  });

  it("has the band and the realised share once there are some", () => {
    const text = said({ ratioLow: 2.1, ratioHigh: 3.2, realisedShare: 0.002 });
    expect(text).toContain("80% band 2.1–3.2× · past maps realised 0.2%");
  });

  it("turns the band with the direction, like the ratio", () => {
    const down = { ...mirrored({ ...referenceImbalance, ratioLow: 2.1, ratioHigh: 3.2 }) };
    expect(said(down, firedDown)).toContain("80% band 2.1–3.2×");
  });

  it("says so when the data's age isn't known", () => {
    expect(said({ ageMs: null })).toContain("data age unknown");
  });
});

it("a test says it is one, first and last, and claims nothing about data", () => {
  const message = full(alertMessage(testAlertContent("BTC", exampleTime), "en"));
  expect(message.headline).toBe("TEST · BTC 2.6× lopsided up: shorts are closer to liquidation than longs");
  expect(message.honesty).toBe(
    "Example numbers, not market data. Nothing crossed a threshold; delivery to this place works.",
  );
});

describe("the end of an episode is one line", () => {
  it.each([
    ["up", 1.31, "BTC imbalance back to 1.3× up. The alert of Nov 22, 12:40 UTC has ended."],
    ["down", 1 / 1.31, "BTC imbalance back to 1.3× down. The alert of Nov 22, 12:40 UTC has ended."],
    ["up", 0.97, "BTC imbalance back to 1.0× up. The alert of Nov 22, 12:40 UTC has ended."],
    ["down", 1.03, "BTC imbalance back to 1.0× down. The alert of Nov 22, 12:40 UTC has ended."],
    ["up", 0.4, "BTC imbalance has turned, now 2.5× down. The upward alert of Nov 22, 12:40 UTC has ended."],
    [
      "down",
      2.5,
      "BTC imbalance has turned, now 2.5× up. The downward alert of Nov 22, 12:40 UTC has ended.",
    ],
  ] as const)("%s, now %d", (direction, ratio, headline) => {
    const content = {
      version: 1,
      kind: "resolved",
      symbol: "BTC",
      firedAt: exampleTime,
      time: exampleTime,
    } as const;
    const message = alertMessage({ ...content, direction, ratio, alertId: "a", firedAlertId: "b" }, "en");
    expect(message).toMatchObject({ kind: "line", headline });
  });
});

describe("the end of an episode that the model must be sure of", () => {
  const beyond = "The alert of Nov 22, 12:40 UTC has ended.";
  it.each([
    ["up", 80, 3.3, `BTC imbalance is 3.3× up, but no longer 80% sure to be beyond the threshold. ${beyond}`],
    [
      "down",
      90,
      3.3,
      `BTC imbalance is 3.3× down, but no longer 90% sure to be beyond the threshold. ${beyond}`,
    ],
    ["up", 80, 1.7, `BTC imbalance back to 1.7× up. ${beyond}`],
    ["up", 50, 1.79, `BTC imbalance back to 1.8× up. ${beyond}`],
  ] as const)(
    "%s, %d percent sure, now %d, names what is over",
    (direction, confidence, strength, headline) => {
      const rule = ruleKey({ direction, notionalUsd: "auto", confidence, ratio: 2 });
      const imbalance = imbalanceOf(strength);
      const decision = { ...firedUp, kind: "resolve", reason: "resolved", direction, rule } as const;
      const content = alertContent(direction === "up" ? imbalance : mirrored(imbalance), decision);
      expect(alertMessage(content, "en")).toMatchObject({ kind: "line", headline });
    },
  );
});

function failing(ids: readonly string[]): Imbalance["venues"] {
  return ids.map((id) => ({ id, status: "failed", ageMs: null, openInterestUsd: null, method: "estimated" }));
}

function said(change: Partial<Imbalance>, decision = firedUp): string {
  return full(alertMessage(alertContent({ ...referenceImbalance, ...change }, decision), "en")).honesty;
}

function full(message: AlertMessage): FullMessage {
  if (message.kind !== "full") throw new Error("expected a full message");
  return message;
}
