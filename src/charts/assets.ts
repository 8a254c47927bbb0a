/** Where the renderer finds what is no code of its own. */
export interface ChartAssets {
  /** A built renderer.worker.ts. */
  readonly worker: URL;
  /** The folder of the fonts. */
  readonly fonts: URL;
}

/** As they lie beside the bundle; scripts/build.mjs puts them there. */
export const bundledAssets: ChartAssets = {
  worker: new URL("./renderer.worker.js", import.meta.url),
  fonts: new URL("./fonts/", import.meta.url),
};
