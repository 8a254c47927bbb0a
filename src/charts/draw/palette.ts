import type { Side } from "../../model/types.ts";
import type { Theme } from "../contracts.ts";

/** Every colour of a picture. Sides differ in lightness too, and never speak by colour alone. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly axis: string;
  /** The mark price's pill and what is written on it. */
  readonly mark: string;
  readonly onMark: string;
  readonly side: Readonly<Record<Side, SidePalette>>;
  /** Of stacked layers, from the calmest to the loudest. */
  readonly layers: readonly string[];
  /** Bars without a split, and what was measured. */
  readonly plain: string;
  readonly measured: string;
  readonly warning: string;
  readonly neutral: string;
}

interface SidePalette {
  readonly line: string;
  /** Under the curve, and behind the callout. */
  readonly fill: string;
  readonly pill: string;
}

const dark: Palette = {
  background: "#0b0e14",
  text: "#f8fafc",
  muted: "#aab4c5",
  grid: "#222938",
  axis: "#3b465a",
  mark: "#ffffff",
  onMark: "#0b0e14",
  side: {
    long: { line: "#ff4d6a", fill: "#ff4d6a", pill: "#3a1420" },
    short: { line: "#2ee6a0", fill: "#2ee6a0", pill: "#0e3327" },
  },
  layers: ["#8b6cff", "#4b8dff", "#22b8c4", "#57c777", "#ffd24a", "#ff8b3d"],
  plain: "#5b8def",
  measured: "#e2e8f0",
  warning: "#ffb020",
  neutral: "#aab4c5",
};

const light: Palette = {
  background: "#ffffff",
  text: "#0f172a",
  muted: "#475569",
  grid: "#e2e8f0",
  axis: "#94a3b8",
  mark: "#0f172a",
  onMark: "#ffffff",
  side: {
    long: { line: "#d3123b", fill: "#d3123b", pill: "#fbdbe2" },
    short: { line: "#087f4c", fill: "#087f4c", pill: "#d3ede1" },
  },
  layers: ["#7446e0", "#2563eb", "#0e93a3", "#4a9a3a", "#d9a100", "#e5610f"],
  plain: "#3b6fd8",
  measured: "#334155",
  warning: "#b45309",
  neutral: "#475569",
};

export const palettes: Readonly<Record<Theme, Palette>> = { dark, light };
