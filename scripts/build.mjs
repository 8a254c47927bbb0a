// Bundles src/cli.ts into dist/: one small entry and a chunk for each part that is loaded on demand, so that a
// process reads only what its roles need. Files get their final names by rename, and chunks of earlier builds
// stay for a day: a running Lopside may still load one of them.
import { chmodSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dayMs = 86_400_000;
const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const staging = join(dist, `.building-${process.pid}`);

/** CommonJS dependencies call require, which ES modules don't have. */
const banner = [
  'import { createRequire as lopsideCreateRequire } from "node:module";',
  "const require = lopsideCreateRequire(import.meta.url);",
].join("\n");

/** Loaded by dependencies inside try/catch when they happen to be installed; nothing needs them. */
const optionalNative = ["bufferutil", "utf-8-validate", "zlib-sync", "erlpack", "msgpackr-extract"];

/** ccxt loads it on demand, for signing orders on dYdX and for MEXC's streams; neither is done here. */
const neverReached = ["protobufjs"];

/**
 * ccxt takes its HTTP client by `import("undici")` and uses the named exports, as Node gives them. For a CommonJS
 * package esbuild's dynamic import has a default export only, and every request would fail: this gives it the names.
 */
const namedUndici = {
  name: "named-undici",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ kind, resolveDir }) =>
      kind === "dynamic-import" ? { path: "undici", namespace: "named", pluginData: resolveDir } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "named" }, ({ pluginData }) => ({
      contents: 'export { Agent, ProxyAgent, fetch, request } from "undici";',
      resolveDir: pluginData,
    }));
  },
};

try {
  await bundle();
  publish();
  pruneOld();
} finally {
  rmSync(staging, { recursive: true, force: true });
}

async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: ["src/cli.ts", ...workers()],
    entryNames: "[name]",
    outdir: staging,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true,
    legalComments: "none",
    sourcemap: "linked",
    sourcesContent: false,
    banner: { js: banner },
    // CommonJS dependencies take it for granted; once bundled, it is dist/
    define: { __dirname: "import.meta.dirname" },
    external: [...optionalNative, ...neverReached],
    // the renderer's native part, of this machine; other platforms' packages are not there and not asked for
    loader: { ".node": "copy" },
    assetNames: "[name]-[hash]",
    plugins: [namedUndici],
    logLevel: "warning",
  });
}

/** Files that run in a thread of their own need an entry of their own. */
function workers() {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".worker.ts")).map((file) => join("src", file));
}

function publish() {
  mkdirSync(dist, { recursive: true });
  cpSync(join(root, "src", "charts", "fonts"), join(dist, "fonts"), { recursive: true });
  const files = readdirSync(staging).toSorted((a, b) => Number(a === "cli.js") - Number(b === "cli.js"));
  chmodSync(join(staging, "cli.js"), 0o755);
  for (const file of files) renameSync(join(staging, file), join(dist, file));
}

function pruneOld() {
  for (const file of readdirSync(dist).filter((file) => file !== "fonts")) {
    const path = join(dist, file);
    if (Date.now() - statSync(path).mtimeMs > dayMs) rmSync(path, { recursive: true, force: true });
  }
}
