import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runShown, say } from "./terminal.mjs";

/**
 * Debian starts and enables the service it installs, on port 6379. Lopside runs a server of its own, so a policy
 * forbids the start for as long as apt runs, unless the machine has a policy already; and the unit is disabled.
 */
const installOnDebian = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
install() {
  apt-get -o DPkg::Lock::Timeout=60 install -y --no-install-recommends redis-server
}
install || { apt-get update; install; }
if [ -d /run/systemd/system ]; then systemctl disable redis-server || true; fi
`;

const byHand = [
  ["apt-get", "sudo apt-get update && sudo apt-get install -y redis-server"],
  ["brew", "brew install redis"],
  ["dnf", "sudo dnf install -y redis   (or: sudo dnf install -y valkey-compat-redis)"],
  ["apk", "sudo apk add redis"],
  ["pacman", "sudo pacman -S valkey"],
  ["zypper", "sudo zypper install redis"],
];

export const hasRedis = () => find("redis-server");

export async function ensureRedis(root) {
  if (hasRedis()) return;
  const advice = [
    "Install redis-server yourself, then run this again:",
    `  ${whatToType()}`,
    "Or set REDIS_URL to a server you have (6.2 or newer).",
  ].join("\n\n");
  try {
    await tryToInstall(advice);
  } catch (error) {
    if (!hasOwnServer(root)) throw error;
    say(`${error.message} Going on, because REDIS_URL is set; npm run demo and npm test need it.`);
  }
}

async function tryToInstall(advice) {
  const command = automaticInstall();
  if (command === undefined)
    throw problem("redis-server is missing, and can't be installed from here.", advice);
  await runShown("Installing redis-server", command, { advice });
  if (!hasRedis()) throw problem("redis-server is still not on the PATH.", advice);
}

const problem = (message, advice) => Object.assign(new Error(message), { advice });

function automaticInstall() {
  if (process.platform === "darwin") return find("brew") ? ["brew", "install", "redis"] : undefined;
  if (process.platform !== "linux" || !find("apt-get")) return undefined;
  if (process.getuid() === 0) return ["sh", "-c", installOnDebian];
  // -n: never ask for a password; where one is needed, we say what to type instead
  return find("sudo") ? ["sudo", "-n", "sh", "-c", installOnDebian] : undefined;
}

function whatToType() {
  const known = byHand.find(([manager]) => find(manager));
  return known === undefined ? "see https://redis.io/docs/latest/operate/oss_and_stack/install/" : known[1];
}

/** REDIS_URL from the environment, or from .env, which is not read yet when this runs. */
function hasOwnServer(root) {
  const file = join(root, ".env");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return (
    Boolean(process.env.REDIS_URL || process.env.REDIS_URL_FILE) ||
    /^\s*REDIS_URL(?:_FILE)?\s*=\s*\S/m.test(text)
  );
}

function find(name) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
