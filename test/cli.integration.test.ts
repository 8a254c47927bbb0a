import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureBuilt } from "./support/child.ts";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "lopside-cli-"));
beforeAll(ensureBuilt);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("output that nobody can write, as on a full disk, ends a command with one line that says so", () => {
  const path = join(dir, "out.txt");
  writeFileSync(path, "");
  const unwritable = openSync(path, "r");
  const ended = spawnSync(process.execPath, [cli, "--help"], {
    stdio: ["ignore", unwritable, "pipe"],
    encoding: "utf8",
  });
  closeSync(unwritable);
  expect(ended.stderr).toMatch(/^lopside: the output can't be written: [^\n]+\n$/);
  expect(ended.status).toBe(1);
});
