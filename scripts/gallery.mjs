// Renders every case of test/charts/gallery into one page: npm run gallery [-- FOLDER]. With --docs also the pictures
// that README shows, into docs/images.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const asked = process.argv.slice(2);
const folder = resolve(asked.find((argument) => !argument.startsWith("--")) ?? join(".lopside", "gallery"));
const images = asked.includes("--docs") ? resolve("docs/images") : undefined;
if (images !== undefined) mkdirSync(images, { recursive: true });

const outdir = mkdtempSync(join(tmpdir(), "lopside-gallery-"));
// packages are left outside of the bundle, and found from there
symlinkSync(join(root, "node_modules"), join(outdir, "node_modules"));
try {
  const outfile = join(outdir, "gallery.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["test/charts/gallery/main.ts"],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
  });
  const { renderGallery } = await import(pathToFileURL(outfile).href);
  process.stdout.write(`${await renderGallery(folder, images)}\n`);
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
