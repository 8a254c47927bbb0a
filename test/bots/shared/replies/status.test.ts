import { expect, test } from "vitest";
import { statusReply } from "../../../../src/bots/shared/replies/status.ts";
import { textsIn } from "../../../../src/texts/texts.ts";
import { referenceImbalance } from "../../../alerts/examples.ts";

test("a venue that is set aside says why, in the reader's words", () => {
  const [first, ...others] = referenceImbalance.venues;
  if (first === undefined) throw new Error("no venue");
  const reason = "mark 1 is far from the venues' median 2";
  const venues = [{ ...first, status: "quarantined", reason } as const, ...others];
  const reply = statusReply(textsIn("en"), {
    symbols: [{ symbol: "BTC", imbalance: { ...referenceImbalance, venues } }],
    pending: 0,
    record: undefined,
  });
  const said = JSON.stringify(reply);
  expect(said).toContain("Binance: set aside (its price is far from the others')");
  expect(said).not.toContain("median");
});

test("weights that were learned are told with their date and what they are worth", () => {
  const learned = { since: Date.UTC(2026, 10, 20), skill: 0.043 };
  const facts = { pending: 0, record: undefined };
  const said = (imbalance: typeof referenceImbalance): string =>
    JSON.stringify(statusReply(textsIn("en"), { ...facts, symbols: [{ symbol: "BTC", imbalance }] }));
  expect(said({ ...referenceImbalance, learned })).toContain(
    "weights learned since Nov 20, 00:00 UTC, 4.3% better than the prior's",
  );
  expect(said(referenceImbalance)).not.toContain("weights");
});

test("a venue that doesn't list one symbol is not off for the others", () => {
  const [first] = referenceImbalance.venues;
  if (first === undefined) throw new Error("no venue");
  const fresh = { ...referenceImbalance, venues: [{ ...first, status: "fresh" } as const] };
  const off = {
    ...referenceImbalance,
    ageMs: null,
    venues: [{ ...first, status: "disabled", ageMs: null } as const],
  };
  const said = (...imbalances: readonly (typeof fresh | typeof off)[]): string => {
    const symbols = imbalances.map((imbalance) => ({ symbol: imbalance.symbol, imbalance }));
    return JSON.stringify(statusReply(textsIn("en"), { symbols, pending: 0, record: undefined }));
  };
  expect(said(fresh, off)).toContain("Binance: fresh");
  expect(said(off, off)).toContain("Binance: off");
});
