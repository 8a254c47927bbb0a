import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { importSubscriptions } from "../../src/commands/importSubscriptions.ts";
import { readLines } from "../../src/commands/lines.ts";
import type { Store } from "../../src/store/contracts/store.ts";
import { formatRecordLine } from "../../src/store/destinations/recordLine.ts";
import { openStore } from "../../src/store/store.ts";
import { silentLog, startTestRedis, type TestRedis } from "../support/redis.ts";
import { aRecord, aSubscription } from "../store/destinations/subscriptions.ts";

let server: TestRedis;
let store: Store;
beforeAll(async () => {
  server = await startTestRedis();
  store = await openStore(await server.connect(), { log: silentLog });
});
afterAll(async () => server.stop());

const said: string[] = [];
beforeEach(() => said.splice(0));

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

/** What it ends with, where it isn't well. */
async function take(lines: readonly string[]): Promise<string | undefined> {
  const { destinations, rules } = store;
  const tools = { destinations, rules, symbols: ["BTC", "ETH"], say: (line: string) => void said.push(line) };
  return importSubscriptions(each(lines), tools).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

const of = (symbol: string, id = 1) => aSubscription({ symbol, id });

describe("an import", () => {
  test("says what it took", async () => {
    expect(await take([formatRecordLine(aRecord())])).toBeUndefined();
    expect(said).toEqual(["1 destination with 1 subscription taken"]);
  });

  test("counts none and several as people do", async () => {
    expect(await take([])).toBeUndefined();
    await take([formatRecordLine(aRecord({ subscriptions: [of("BTC"), of("ETH", 2)], nextId: 3 }))]);
    expect(said).toEqual([
      "0 destinations with 0 subscriptions taken",
      "1 destination with 2 subscriptions taken",
    ]);
  });

  test("names a line that can't be taken, and fails", async () => {
    const wrong = JSON.stringify(aRecord({ subscriptions: [aSubscription({ ratio: 2.63 })] }));
    expect(await take([wrong])).toBe("1 line was not taken: mend and import again");
    expect(said[0]).toBe(
      "line 1: subscriptions[0].ratio is 2.63, and no threshold there is: the nearest are 2.6 and 2.65",
    );
  });

  test("names no more than twenty such lines", async () => {
    expect(await take(Array.from({ length: 23 }, () => "x"))).toBe(
      "23 lines were not taken: mend and import again",
    );
    expect(said.slice(19, 21)).toEqual(["line 20: it is no JSON", "and 3 more"]);
  });

  test("takes what this installation doesn't poll, and says that nothing comes of it", async () => {
    const subscriptions = [of("DOGE"), of("BTC", 2), of("ADA", 3)];
    expect(await take([formatRecordLine(aRecord({ subscriptions, nextId: 4 }))])).toBeUndefined();
    expect(said[1]).toBe("nothing is said of ADA, DOGE while SYMBOLS doesn't name them");
  });

  test.each([
    ["isn't there", "nothing.jsonl", "there is no such file"],
    ["is a folder", ".", "it is a folder"],
  ])("of a file that %s says so", async (_name, file, reason) => {
    const path = join(server.dir, file);
    await expect(readLines(path).next()).rejects.toThrow(`${path} can't be read: ${reason}`);
  });
});

describe("a file's lines", () => {
  async function linesOf(text: string): Promise<readonly string[]> {
    const path = join(server.dir, "lines.jsonl");
    await writeFile(path, text);
    const lines: string[] = [];
    for await (const line of readLines(path)) lines.push(line);
    return lines;
  }

  test.each([
    ["end as on any system, the last one also without an end", "a\nb\r\n\r\nc", ["a", "b", "", "c"]],
    [
      "end nowhere else, whatever letters a text has",
      "a\u2028b\u2029c\u0085\rd\n",
      ["a\u2028b\u2029c\u0085\rd"],
    ],
    ["are none where nothing is", "", []],
    [
      "are whole wherever the file is cut",
      `${"ñ€😀".repeat(777)}
`.repeat(100),
      Array.from({ length: 100 }, () => "ñ€😀".repeat(777)),
    ],
  ])("%s", async (_name, text, lines) => {
    expect(await linesOf(text)).toEqual(lines);
  });

  test("are given by their beginning only where they have no end: a disk's image fits into no memory", async () => {
    const lines = await linesOf(`a\n${"x".repeat(1_000_000)}\nb\n${"y".repeat(1_000_000)}`);
    expect(lines.map((line) => line.slice(0, 1))).toEqual(["a", "x", "b", "y"]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200_000);
  });
});
