import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { mostNotionals } from "../../../src/alerts/limits.ts";
import type { DestinationRecord } from "../../../src/alerts/subscription.ts";
import type { Destinations } from "../../../src/store/contracts/destinations.ts";
import { formatRecordLine } from "../../../src/store/destinations/recordLine.ts";
import { exportLines, importLines } from "../../../src/store/destinations/transfer.ts";
import { aRecord, aSubscription } from "./subscriptions.ts";

const recordOf = (destination: string): DestinationRecord => aRecord({ destination });

async function exported(pages: readonly (readonly string[])[], forgotten: readonly string[] = []) {
  const lines: string[] = [];
  const destinations = {
    list: async (cursor = "0") => ({
      destinations: [...(pages[Number(cursor)] ?? [])],
      next: Number(cursor) + 1 < pages.length ? String(Number(cursor) + 1) : undefined,
    }),
    getReadable: async (names: readonly string[]) => ({
      records: names.filter((name) => !forgotten.includes(name)).map(recordOf),
      unreadable: 0,
    }),
  };
  for await (const line of exportLines(destinations, () => undefined)) lines.push(line);
  return lines;
}

describe("an export", () => {
  const linesOf = (...names: readonly string[]): readonly string[] =>
    names.map((name) => formatRecordLine(recordOf(name)));

  test("goes through all pages, also those that are empty by now", async () => {
    expect(await exported([["telegram:1"], [], ["telegram:2"]])).toEqual(linesOf("telegram:1", "telegram:2"));
  });

  test("names once who moved to a later page meanwhile, and not who was forgotten", async () => {
    const pages = [
      ["telegram:1", "telegram:2"],
      ["telegram:2", "telegram:3"],
    ];
    expect(await exported(pages, ["telegram:3"])).toEqual(linesOf("telegram:1", "telegram:2"));
  });
});

describe("an import", () => {
  /** Destinations of which every change takes shorter than the one before. */
  function slowingDown(changes: number) {
    const kept = new Map<string, DestinationRecord>();
    const open = { now: 0, most: 0, left: changes };
    const change: Destinations["change"] = async (destination, edit) => {
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      open.left -= 1;
      for (let turns = open.left; turns > 0; turns -= 1) await setImmediate();
      open.now -= 1;
      const changed = edit(kept.get(destination));
      if (changed.kind === "refuse") return { ...changed, kind: "refused" };
      kept.set(destination, changed.record);
      return { kind: "changed", record: changed.record };
    };
    return { kept, open, destinations: { change } };
  }

  async function* linesOf(records: readonly DestinationRecord[]): AsyncGenerator<string> {
    yield* records.map(formatRecordLine);
  }
  const rules = { inUse: async () => ({ version: "", members: new Map() }) };
  const onRefused = (line: number, reason: string): never => {
    throw new Error(`${line} ${reason}`);
  };

  test("keeps the later of two lines about one destination, however long the first takes", async () => {
    const { kept, open, destinations } = slowingDown(2);
    const later = aRecord({ settings: { kind: "direct", language: "es" } });
    await importLines(linesOf([aRecord(), later]), { destinations, rules, onRefused });
    expect([...kept.values()]).toEqual([later]);
    expect(open.most).toBe(1);
  });

  test("changes no more than 32 at once, and is done when all are", async () => {
    const { kept, open, destinations } = slowingDown(100);
    const records = Array.from({ length: 100 }, (_, index) => recordOf(`telegram:${index + 1}`));
    const imported = await importLines(linesOf(records), { destinations, rules, onRefused });
    expect(imported).toMatchObject({ records: 100, subscriptions: 100, refused: 0 });
    expect([kept.size, open.most, open.now]).toEqual([100, 32, 0]);
  });

  test("counts what takes the sum that is usual among no different sums", async () => {
    const { destinations } = slowingDown(0);
    const sums = Array.from({ length: mostNotionals }, (_, index) => (index + 1) * 1e8);
    const all = ["auto" as const, ...sums].map((notionalUsd, index) =>
      aRecord({ destination: `telegram:${index + 1}`, subscriptions: [aSubscription({ notionalUsd })] }),
    );
    expect(await importLines(linesOf(all), { destinations, rules, onRefused })).toMatchObject({ refused: 0 });
  });
});
