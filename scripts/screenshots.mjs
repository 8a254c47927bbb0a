// Draws the messages that README shows, from what is really posted, into docs/images: npm run screenshots.
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const outdir = mkdtempSync(join(tmpdir(), "lopside-screenshots-"));
// packages are left outside of the bundle, and found from there
symlinkSync(join(root, "node_modules"), join(outdir, "node_modules"));
try {
  const outfile = join(outdir, "screenshots.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["test/bots/screenshot/main.ts"],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
  });
  const { renderScreenshots } = await import(pathToFileURL(outfile).href);
  process.stdout.write(`${await renderScreenshots(join(root, "docs/images"))}\n`);
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
