import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A script of the tests as a file Node can start, inside the checkout so that it finds its packages. */
export async function bundleScript(entry: string): Promise<{ file: string; remove: () => Promise<void> }> {
  await mkdir(join(root, "dist"), { recursive: true });
  const dir = await mkdtemp(join(root, "dist", "script-"));
  const file = join(dir, "script.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
  });
  return { file, remove: async () => rm(dir, { recursive: true, force: true }) };
}
