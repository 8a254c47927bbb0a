import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      optionalDependencies: z.record(z.string(), z.string()).optional(),
      version: z.string().optional(),
    }),
  ),
});

describe("the lock file", () => {
  it("has every platform's packages, or npm ci refuses it (node scripts/complete-lock.mjs adds them)", () => {
    const text = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
    const { packages } = lockFile.parse(JSON.parse(text));
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });
});
