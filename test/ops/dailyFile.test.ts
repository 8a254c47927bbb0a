import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepDailyFile } from "../../src/ops/dailyFile.ts";

const dayMs = 86_400_000;
const noon = Date.UTC(2026, 10, 22, 12);
let root: string;
let dir: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lopside-daily-"));
  dir = join(root, "exports");
});
afterEach(async () => rm(root, { recursive: true, force: true }));

const keep = async (now: number, said: readonly string[], breaks = false) =>
  keepDailyFile({
    dir,
    name: "subscriptions",
    now,
    keepDays: 3,
    lines: async function* () {
      yield* said;
      if (breaks) throw new Error("Redis is gone");
    },
  });
const files = async () => (await readdir(dir)).toSorted();

describe("a file a day", () => {
  it("is written once a day, by the line, for nobody else to read", async () => {
    expect(await keep(noon, ["a", "b"])).toBe(true);
    expect(await keep(noon + 1_000, ["c"])).toBe(false);
    const path = join(dir, "subscriptions-2026-11-22.jsonl");
    expect(await readFile(path, "utf8")).toBe("a\nb\n");
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it("is a new one after midnight, UTC", async () => {
    await keep(Date.UTC(2026, 10, 22, 23, 59, 59, 999), ["a"]);
    expect(await keep(Date.UTC(2026, 10, 23), ["b"])).toBe(true);
    expect(await files()).toEqual(["subscriptions-2026-11-22.jsonl", "subscriptions-2026-11-23.jsonl"]);
  });

  it("is kept for as many days as asked for, and other files are left alone", async () => {
    for (let day = 0; day < 5; day += 1) await keep(noon + day * dayMs, ["a"]);
    await writeFile(join(dir, "notes.txt"), "mine");
    await keep(noon + 5 * dayMs, ["a"]);
    expect(await files()).toEqual([
      "notes.txt",
      "subscriptions-2026-11-25.jsonl",
      "subscriptions-2026-11-26.jsonl",
      "subscriptions-2026-11-27.jsonl",
    ]);
  });

  it("that could not be finished is not there, and is written the next time", async () => {
    await expect(keep(noon, ["a"], true)).rejects.toThrow("Redis is gone");
    expect(await files()).toEqual([]);
    expect(await keep(noon, ["a"])).toBe(true);
  });

  it("that a process died over doesn't lie there for ever", async () => {
    await keep(noon, ["a"]);
    const left = [".subscriptions-2026-11-21.jsonl.4711", ".subscriptions-2026-11-22.jsonl.4712"];
    for (const name of left) await writeFile(join(dir, name), "telegram:1");
    await keep(noon + 1_000, ["b"]);
    expect(await files()).toEqual([".subscriptions-2026-11-22.jsonl.4712", "subscriptions-2026-11-22.jsonl"]);
    await keep(noon + dayMs, ["c"]);
    expect(await files()).toEqual(["subscriptions-2026-11-22.jsonl", "subscriptions-2026-11-23.jsonl"]);
  });

  it("of nobody is empty", async () => {
    await keep(noon, []);
    expect(await readFile(join(dir, "subscriptions-2026-11-22.jsonl"), "utf8")).toBe("");
  });
});
