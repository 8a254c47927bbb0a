import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

/** A file that must be refused, and the rule that must refuse it. */
const refused: readonly [file: string, imported: string, rule?: string][] = [
  ["model/a.ts", "ioredis"],
  ["model/b.ts", "node:fs"],
  ["model/c.ts", "../ops/clock.ts"],
  ["model/score/d.ts", "../../alerts/episode.ts"],
  ["texts/a.ts", "../model/types.ts"],
  ["texts/b.ts", "zod"],
  ["alerts/a.ts", "../store/contracts/rounds.ts"],
  ["alerts/b.ts", "zod"],
  ["alerts/c.ts", "../ops/clock.ts"],
  ["poller/a.ts", "../store/keys.ts"],
  ["poller/venues/b.ts", "../../store/keys.ts"],
  ["worker/a.ts", "../main.ts"],
  ["worker/b.ts", "../commands/start.ts"],
  ["worker/c.ts", "../roles/poller.ts"],
  ["notifier/a.ts", "../worker/recompute.ts"],
  ["bots/telegram/a.ts", "../../notifier/telegram.ts"],
  ["charts/a.ts", "../store/store.ts"],
  ["store/a.ts", "../poller/venue.ts"],
  ["http/a.ts", "../store/store.ts"],
  ["sim/a.ts", "../poller/venue.ts"],
  ["replay/a.ts", "../notifier/console.ts"],
  ["ops/a.ts", "../store/contracts/rounds.ts"],
  ["config.ts", "./poller/venue.ts"],
  ["store/one.ts", "./two.ts", "no-cycle"],
  ["store/two.ts", "./one.ts", "no-cycle"],
];

const allowed: readonly [file: string, imported: string][] = [
  ["model/score/ok.ts", "../types.ts"],
  ["texts/ok.ts", "@fluent/bundle"],
  ["alerts/ok.ts", "../model/types.ts"],
  ["alerts/ok2.ts", "../texts/format.ts"],
  ["poller/venues/ok.ts", "../../store/contracts/rounds.ts"],
  ["poller/ok.ts", "../ops/clock.ts"],
  ["worker/ok.ts", "../model/series.ts"],
  ["cli.ts", "./commands/start.ts"],
  ["commands/start.ts", "../store/store.ts"],
  ["roles/poller.ts", "../poller/venue.ts"],
];

const lintReport = z.object({
  diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })),
});

function lint(root: string): Map<string, string[]> {
  const project = resolve(import.meta.dirname, "..");
  let output: string;
  try {
    output = execFileSync(join(project, "node_modules/.bin/oxlint"), ["-f", "json", "src"], {
      cwd: root,
      encoding: "utf8",
    });
  } catch (error) {
    output = z.object({ stdout: z.string() }).parse(error).stdout;
  }
  const found = new Map<string, string[]>();
  for (const { filename, code } of lintReport.parse(JSON.parse(output)).diagnostics) {
    found.set(filename, [...(found.get(filename) ?? []), code]);
  }
  return found;
}

describe("the directions between rooms", () => {
  const root = mkdtempSync(join(tmpdir(), "lopside-directions-"));
  let found = new Map<string, string[]>();

  beforeAll(() => {
    const project = resolve(import.meta.dirname, "..");
    copyFileSync(join(project, ".oxlintrc.json"), join(root, ".oxlintrc.json"));
    symlinkSync(join(project, "node_modules"), join(root, "node_modules"));
    for (const [file, imported] of [...refused, ...allowed]) {
      const path = join(root, "src", file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `import { thing } from "${imported}";\nexport const own = thing;\n`);
    }
    found = lint(root);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test.each(refused)("%s may not import %s", (file, _imported, rule = "no-restricted-imports") => {
    expect(found.get(`src/${file}`)?.some((code) => code.includes(rule))).toBe(true);
  });

  test.each(allowed)("%s may import %s", (file) => {
    expect(found.get(`src/${file}`) ?? []).not.toContain("eslint(no-restricted-imports)");
  });
});
