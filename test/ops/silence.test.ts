import { describe, expect, test } from "vitest";
import { createSilence } from "../../src/ops/silence.ts";

/** What is said at each look: [beats so far, time]. */
const said = (looks: readonly (readonly [number, number])[]): number[] => {
  const silence = createSilence(1_000);
  return looks.map(([beats, at]) => silence(beats, at));
};

describe("a loop's silence", () => {
  test.each([
    [
      "none while it comes by",
      [
        [0, 500],
        [1, 1_500],
        [2, 2_500],
      ],
      [0, 0, 0],
    ],
    [
      "is counted from the last look that heard it",
      [
        [7, 500],
        [7, 1_500],
        [7, 2_500],
      ],
      [0, 1_000, 2_000],
    ],
    [
      "is over with one beat",
      [
        [7, 500],
        [7, 1_500],
        [8, 2_500],
        [8, 3_500],
      ],
      [0, 1_000, 0, 1_000],
    ],
    [
      "of an hour in which nobody could look is two looks",
      [
        [7, 500],
        [7, 3_600_500],
        [8, 3_601_500],
      ],
      [0, 2_000, 0],
    ],
    [
      "adds up where looks are late by a little",
      [
        [7, 0],
        [7, 1_400],
        [7, 2_900],
      ],
      [0, 1_400, 2_900],
    ],
  ] as const)("%s", (_name, looks, silences) => {
    expect(said(looks)).toEqual(silences);
  });
});
