import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWatchdog } from "../../src/ops/watchdog.ts";

let dir: string;
/** Nothing is left behind where the watch fails; then it says nothing either. */
const alone = { stdio: "pipe", timeout: 20_000, killSignal: "SIGKILL" } as const;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "lopside-watchdog-"));
  await build({
    entryPoints: ["src/ops/watchdog.worker.ts", "test/ops/standingStill.main.ts"],
    entryNames: "[name]",
    outdir: dir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "error",
  });
});
afterAll(async () => rm(dir, { recursive: true, force: true }));

test("a process whose loop stands still for good says so and ends, though it heeds no signal", async () => {
  const child = spawn(process.execPath, [join(dir, "standingStill.main.mjs")], alone);
  const said = text(child.stderr);
  const exit = once(child, "exit");
  await once(child.stdout, "data");
  child.stdin.write("now");
  expect(await exit).toEqual([null, "SIGKILL"]);
  expect(await said).toContain("the event loop stands still");
});

test("the watch keeps no process from ending by itself", async () => {
  const child = spawn(process.execPath, [join(dir, "standingStill.main.mjs")], alone);
  const exit = once(child, "exit");
  await once(child.stdout, "data");
  child.stdin.end();
  expect(await exit).toEqual([0, null]);
});

test("a watch that can't begin says so, and costs the process nothing", async () => {
  const failed = new Promise((resolve) => {
    startWatchdog({ worker: pathToFileURL(join(dir, "missing.mjs")), onFailure: resolve });
  });
  expect(await failed).toBeInstanceOf(Error);
});
