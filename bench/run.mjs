// Bundles bench/*.ts into a folder of its own and calls `run()` of each, or of those named: npm run bench -- model
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const names = readdirSync(join(root, "bench"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts"));
/** What belongs together: all that is promised of deliveries. An idle system's times first, while this process is young. */
const groups = new Map([["delivery", ["latency", "subscriptions", "fanOut"]]]);
const asked = [...new Set(process.argv.slice(2).flatMap((name) => groups.get(name) ?? [name]))];
const unknown = asked.filter((name) => !names.includes(name));

if (unknown.length > 0) {
  const known = [...groups.keys(), ...names].join(", ");
  process.stderr.write(`No benchmark is called ${unknown.join(", ")}; there are ${known}.\n`);
  process.exitCode = 2;
} else await runAll(asked.length > 0 ? asked : names);

async function runAll(chosen) {
  const outdir = mkdtempSync(join(tmpdir(), "lopside-bench-"));
  // packages are left outside of the bundles, and found from there
  symlinkSync(join(root, "node_modules"), join(outdir, "node_modules"));
  try {
    await bundle(chosen, outdir);
    for (const name of chosen) {
      process.stdout.write(`\n${name}\n`);
      const benchmark = await import(pathToFileURL(join(outdir, `${name}.mjs`)).href);
      await benchmark.run();
    }
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function bundle(chosen, outdir) {
  await build({
    absWorkingDir: root,
    entryPoints: chosen.map((name) => `bench/${name}.ts`),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // what is loaded on demand stays so: ccxt names packages nobody needs here
    splitting: true,
    chunkNames: "chunk-[hash]",
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
  });
}
