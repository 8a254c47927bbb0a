// Writes docs/venues.md from what the venues' adapters declare. A test holds the file to what this writes.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { outputFiles } = await build({
  entryPoints: [at("src/poller/document.ts")],
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
const code = Buffer.from(outputFiles[0].contents).toString("base64");
const { venuesPage } = await import(`data:text/javascript;base64,${code}`);

writeFileSync(at("docs/venues.md"), venuesPage());
