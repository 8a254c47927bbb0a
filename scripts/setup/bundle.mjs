import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "./files.mjs";
import { runShown } from "./terminal.mjs";

const stampPath = (root) => join(root, "dist", ".stamp");

/** By content, because a checkout gives old files new dates. */
function inputsHash(root) {
  const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const others = ["package-lock.json", "package.json", "tsconfig.json", "scripts/build.mjs"];
  const files = [...sources.toSorted(), ...others.map((name) => join(root, name))];
  const hash = createHash("sha256");
  for (const file of files)
    hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

export function buildIsCurrent(root) {
  const stamp = readIfThere(stampPath(root));
  return stamp !== undefined && existsSync(join(root, "dist", "cli.js")) && stamp === inputsHash(root);
}

export async function ensureBuild(root) {
  if (buildIsCurrent(root)) return;
  // taken before, so that an edit during the build is seen by the next one
  const stamp = inputsHash(root);
  await runShown("Building", [process.execPath, join(root, "scripts", "build.mjs")], {
    cwd: root,
    advice: "If you changed nothing in src/, delete node_modules and run npm run setup again.",
  });
  writeFileSync(stampPath(root), stamp);
}
