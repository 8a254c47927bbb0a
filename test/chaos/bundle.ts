import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A script of the tests as a file Node can start; packages are left outside of it and found beside it. */
export async function bundleScript(entry: string): Promise<{ file: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "lopside-chaos-"));
  await symlink(join(root, "node_modules"), join(dir, "node_modules"));
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
