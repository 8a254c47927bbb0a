import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alertContent, testAlertContent } from "../../src/alerts/content.ts";
import { fitMessage } from "../../src/alerts/fit.ts";
import { alertMessage, type AlertMessage, type FullMessage } from "../../src/alerts/message.ts";
import { exampleTime, firedDown, firedUp, mirrored, referenceImbalance } from "./examples.ts";

const captionLimit = 1024; // Bot API, sendPhoto
const reference = full(alertMessage(alertContent(referenceImbalance, firedUp), "en"));

describe("the whole message, readings included, fits a picture's caption", () => {
  const known = { ratioLow: 2.1, ratioHigh: 3.2, realisedShare: 0.002 };
  it.each([
    ["the reference case", reference],
    ["the same downwards", full(alertMessage(alertContent(mirrored(referenceImbalance), firedDown), "en"))],
    [
      "with a band and a score",
      full(alertMessage(alertContent({ ...referenceImbalance, ...known }, firedUp), "en")),
    ],
    ["a test", full(alertMessage(testAlertContent("1000SATS", exampleTime, 0.00021), "en"))],
  ])("%s", (_name, message) => {
    expect(length(message)).toBeLessThanOrEqual(captionLimit);
    expect(fitMessage(message, captionLimit, length)).toBe(message);
  });
});

describe("over the limit", () => {
  const sizes = [
    reference,
    withOut("readings"),
    withOut("readings", "suggests"),
    withOut("readings", "suggests", "bottomLine"),
  ];

  it.each([
    ["the readings go first", 0],
    ["then what it suggests", 1],
    ["then the bottom line", 2],
  ])("%s", (_name, at) => {
    const [now, next] = [sizes[at] ?? reference, sizes[at + 1] ?? reference];
    expect(fitMessage(reference, length(now), length)).toEqual(now);
    expect(fitMessage(reference, length(now) - 1, length)).toEqual(next);
  });

  it("the caveat, both distances and the line of honesty never go", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_500 }), (limit) => {
        const { headline, down, up, caveat, honesty } = reference;
        expect(fitMessage(reference, limit, length)).toMatchObject({ headline, down, up, caveat, honesty });
      }),
    );
  });
});

it("whatever the numbers and however many venues are missing, the shortest form fits a caption", () => {
  const positive = fc.double({ min: 1e-9, max: 1e15, noNaN: true });
  const venues = fc.array(fc.stringMatching(/^[a-z]{3,20}$/), { maxLength: 13 });
  const symbol = fc.stringMatching(/^[A-Z0-9]{1,20}$/);
  fc.assert(
    fc.property(symbol, positive, positive, positive, venues, (name, mark, up, down, missing) => {
      const imbalance = {
        ...referenceImbalance,
        symbol: name,
        markPrice: mark,
        upDistanceUsd: up,
        downDistanceUsd: down,
        upDistanceRatio: up / mark,
        downDistanceRatio: down / mark,
        ratio: down / up,
        coverage: 0.5,
        venues: missing.map(
          (id) =>
            ({ id, status: "failed", ageMs: null, openInterestUsd: null, method: "estimated" }) as const,
        ),
      };
      const message = full(alertMessage(alertContent(imbalance, firedUp), "en"));
      expect(length(fitMessage(message, captionLimit, length))).toBeLessThanOrEqual(captionLimit);
    }),
  );
});

/** The message as plain paragraphs, in UTF-16 units. */
function length(message: FullMessage): number {
  const { headline, down, up, suggests, readings, readingsTitle, caveat, bottomLine, honesty } = message;
  const told = readings.map(({ who, text }) => `${who} ${text}`);
  const paragraphs = [
    [headline],
    [down, up],
    suggests,
    told.length === 0 ? [] : [readingsTitle, ...told],
    [`${caveat.first} ${caveat.rest}`],
    bottomLine === undefined ? [] : [bottomLine],
    [honesty],
  ];
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n").length;
}

function withOut(...dropped: readonly ("readings" | "suggests" | "bottomLine")[]): FullMessage {
  const { bottomLine, ...rest } = reference;
  return {
    ...rest,
    ...(dropped.includes("readings") && { readings: [] }),
    ...(dropped.includes("suggests") && { suggests: [] }),
    ...(bottomLine !== undefined && !dropped.includes("bottomLine") && { bottomLine }),
  };
}

function full(message: AlertMessage): FullMessage {
  if (message.kind !== "full") throw new Error("expected a full message");
  return message;
}
