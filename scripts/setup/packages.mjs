import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "./files.mjs";
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

/** What a setup wrote down at its end; another one may be at work right now. */
export const packagesAreInstalled = (root) => readIfThere(stampPath(root)) === stamp(root);

/** Only under the lock: nobody else is installing then. */
export async function ensurePackages(root) {
  if (packagesAreInstalled(root)) return;
  if (!matchesLock(root)) await installPackages(root);
  writeFileSync(stampPath(root), stamp(root));
}

/** Somebody ran npm themselves: its own record of what it installed says whether that is what we need. */
function matchesLock(root) {
  const installed = installedByNpm(root);
  if (installed === undefined) return false;
  const wanted = JSON.parse(readFileSync(lockPath(root), "utf8")).packages;
  const isThere = ([path, entry]) =>
    path === "" || (installed[path] ? installed[path].version === entry.version : entry.optional === true);
  return Object.entries(wanted).every(isThere) && Object.keys(installed).every((path) => path in wanted);
}

function installedByNpm(root) {
  const record = readIfThere(join(root, "node_modules", ".package-lock.json"));
  try {
    return record === undefined ? undefined : JSON.parse(record).packages;
  } catch {
    // npm was ended while it wrote its record
    return undefined;
  }
}

async function installPackages(root) {
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  await runShown("Installing packages (npm ci)", [...npm(), ...args], {
    cwd: root,
    advice:
      "If the registry could not be reached, check the network or the proxy (npm config get registry), then run it again.",
  });
}

/** The npm that started us, so that the versions agree; else the one on the PATH. */
function npm() {
  const path = process.env.npm_execpath ?? "";
  return /npm-cli\.c?js$/.test(path) && existsSync(path) ? [process.execPath, path] : ["npm"];
}
