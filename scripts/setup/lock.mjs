import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "./terminal.mjs";

/** Two setups at once would pull node_modules away under each other: the second waits for the first. */
export async function withLock(root, work) {
  const path = join(root, ".setup.lock");
  await acquire(path);
  const release = () => rmSync(path, { force: true });
  const onSignal = (signal) => {
    release();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    await work();
  } finally {
    release();
  }
}

async function acquire(path) {
  for (let told = false; !tryAcquire(path); told = true) {
    if (!told) say("Another setup is running here: waiting for it.");
    if (holder(path) === "dead") removeDead(path);
    else await sleep(100);
  }
}

function tryAcquire(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw Object.assign(new Error(`${path} can't be written (${error.code}).`), {
      advice: "Give this user the right to write here, or clone the repository where it may.",
    });
  }
}

/**
 * Only one at a time may take a dead setup's lock away, and it looks again before: else of two that saw the dead one,
 * the slower would take away the lock that the faster has just got.
 */
function removeDead(path) {
  const removing = `${path}.removing`;
  if (!tryAcquire(removing)) {
    if (holder(removing) === "dead") rmSync(removing, { force: true });
    return;
  }
  if (holder(path) === "dead") rmSync(path, { force: true });
  rmSync(removing, { force: true });
}

/** "none" (released just now), "alive" or "dead" */
function holder(path) {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    // created, but its holder's id is not in it yet
    if (pid === 0) return Date.now() - statSync(path).mtimeMs < 5000 ? "alive" : "dead";
    process.kill(pid, 0);
    return "alive";
  } catch (error) {
    if (error.code === "ENOENT") return "none";
    return error.code === "EPERM" ? "alive" : "dead";
  }
}
