import type { Theme } from "../contracts.ts";

export type Rgb = readonly [red: number, green: number, blue: number];

/** As many as an indexed PNG has. */
export const colourCount = 256;

/**
 * Lightness rises evenly from end to end, so that every step looks alike and a grey or colour-blind view keeps the
 * order. Dark: viridis (van der Walt and Smith, 2015) begun a little darker. Light: its mirror from near white.
 */
const stops: Readonly<Record<Theme, readonly Rgb[]>> = {
  dark: [
    [18, 8, 38],
    [68, 1, 84],
    [72, 40, 120],
    [62, 74, 137],
    [49, 104, 142],
    [38, 130, 142],
    [31, 158, 137],
    [53, 183, 121],
    [110, 206, 88],
    [181, 222, 43],
    [253, 231, 37],
  ],
  light: [
    [246, 248, 232],
    [222, 238, 196],
    [178, 221, 172],
    [124, 200, 164],
    [76, 176, 168],
    [44, 149, 170],
    [35, 121, 166],
    [45, 92, 155],
    [58, 63, 137],
    [60, 33, 106],
    [44, 10, 66],
  ],
};

/** Colour `index` of the ramp, 0 for the least. */
export function rampColour(theme: Theme, index: number): Rgb {
  const ramp = stops[theme];
  const position = (Math.min(Math.max(index, 0), colourCount - 1) / (colourCount - 1)) * (ramp.length - 1);
  const low = Math.min(Math.floor(position), ramp.length - 2);
  const share = position - low;
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round((ramp[low]?.[channel] ?? 0) * (1 - share) + (ramp[low + 1]?.[channel] ?? 0) * share);
  return [mix(0), mix(1), mix(2)];
}

export function hexOf([red, green, blue]: Rgb): string {
  return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
