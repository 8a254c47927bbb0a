// Writes .env.example, and the table of variables wherever a document has the markers
// `<!-- config -->` and `<!-- /config -->`. Tests hold the files to what this writes.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { outputFiles } = await build({
  entryPoints: [at("src/config/document.ts")],
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
const code = Buffer.from(outputFiles[0].contents).toString("base64");
const { configTable, envExample } = await import(`data:text/javascript;base64,${code}`);

writeFileSync(at(".env.example"), envExample());
for (const path of ["README.md", "docs/operating.md"].map(at).filter(existsSync)) {
  const text = readFileSync(path, "utf8");
  const table = `<!-- config -->\n\n${configTable()}\n<!-- /config -->`;
  writeFileSync(
    path,
    text.replace(/<!-- config -->[\s\S]*?<!-- \/config -->/, () => table),
  );
}
