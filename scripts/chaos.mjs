// Bundles the chaos runs of test/chaos and starts them: npm run chaos -- --seeds 3
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
// as deep as where it comes from, because its files find the checkout by their own place
const outdir = join(root, "dist", `chaos-${process.pid}`);
try {
  await build({
    absWorkingDir: root,
    entryPoints: ["test/chaos/main.ts"],
    outfile: join(outdir, "main.mjs"),
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
  });
  const { main } = await import(pathToFileURL(join(outdir, "main.mjs")).href);
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
