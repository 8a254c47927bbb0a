import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { ChartAssets } from "../../src/charts/assets.ts";

export const fontFolder = pathToFileURL(`${resolve("src/charts/fonts")}/`);

export interface TestRenderer {
  readonly assets: ChartAssets;
  readonly remove: () => Promise<void>;
}

/** The renderer's thread of today's sources, built into a folder of its own. */
export async function buildRenderer(): Promise<TestRenderer> {
  const root = await mkdtemp(join(tmpdir(), "lopside-renderer-"));
  // packages are left outside of the bundle, and found from there
  await symlink(resolve("node_modules"), join(root, "node_modules"));
  const outfile = join(root, "renderer.worker.mjs");
  await build({
    entryPoints: ["src/charts/renderer.worker.ts"],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "error",
  });
  return {
    assets: { worker: pathToFileURL(outfile), fonts: fontFolder },
    remove: async () => rm(root, { recursive: true, force: true }),
  };
}
