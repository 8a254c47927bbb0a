import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runShown } from "./terminal.mjs";

const stampPath = (root) => join(root, "node_modules", ".lopside-setup");
const lockPath = (root) => join(root, "package-lock.json");

/** What is installed depends on the lock file and on the machine. */
function stamp(root) {
  const lock = createHash("sha256")
    .update(readFileSync(lockPath(root)))
    .digest("hex");
  return `${process.platform}-${process.arch} ${lock}`;
}

export function packagesAreInstalled(root) {
  if (!existsSync(join(root, "node_modules"))) return false;
  const path = stampPath(root);
  const wanted = stamp(root);
  if (existsSync(path) && readFileSync(path, "utf8") === wanted) return true;
  if (!matchesLock(root)) return false;
  writeFileSync(path, wanted);
  return true;
}

/** Somebody ran npm themselves: its own record of what it installed says whether that is what we need. */
function matchesLock(root) {
  const recordPath = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(recordPath)) return false;
  const wanted = JSON.parse(readFileSync(lockPath(root), "utf8")).packages;
  const installed = JSON.parse(readFileSync(recordPath, "utf8")).packages;
  const isThere = ([path, entry]) =>
    path === "" || (installed[path] ? installed[path].version === entry.version : entry.optional === true);
  return Object.entries(wanted).every(isThere) && Object.keys(installed).every((path) => path in wanted);
}

export async function installPackages(root) {
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  await runShown("Installing packages (npm ci)", [...npm(), ...args], {
    cwd: root,
    advice:
      "If the registry could not be reached, check the network or the proxy (npm config get registry), then run it again.",
  });
  writeFileSync(stampPath(root), stamp(root));
}

/** The npm that started us, so that the versions agree; else the one on the PATH. */
function npm() {
  const path = process.env.npm_execpath ?? "";
  return /npm-cli\.c?js$/.test(path) && existsSync(path) ? [process.execPath, path] : ["npm"];
}
