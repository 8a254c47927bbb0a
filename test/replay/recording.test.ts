import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRecording, recordingPaths } from "../../src/replay/recording.ts";
import { recordingNotes } from "../../src/replay/report.ts";

const header =
  "timestamp,open,high,low,close,volume,taker_buy_volume,open_interest,long_short_ratio,funding_rate,long_liquidations,short_liquidations";
const start = Date.UTC(2026, 0, 1);
const folder = mkdtempSync(join(tmpdir(), "lopside-recording-"));

afterAll(() => rmSync(folder, { recursive: true }));

describe("a file of recorded bars", () => {
  it("gives its bars in the model's own words, with what is missing absent", async () => {
    const path = csv([
      `${start},100,110,90,105,12.5,6,1000,1.5,-4.938e-7,0,3`,
      `${start + 300_000},105,106,104,105,2,,,,,,`,
    ]);
    const { bars, intervalMs } = await readRecording(path);
    expect(intervalMs).toBe(300_000);
    expect(bars).toEqual([
      {
        openTime: start,
        open: 100,
        high: 110,
        low: 90,
        close: 105,
        volume: 12.5,
        takerBuyVolume: 6,
        openInterest: 1000,
        longShortRatio: 1.5,
        fundingRate: -4.938e-7,
        longLiquidations: 0,
        shortLiquidations: 3,
      },
      { openTime: start + 300_000, open: 105, high: 106, low: 104, close: 105, volume: 2 },
    ]);
  });

  it("may lack the columns after open_interest, and have them in another order", async () => {
    const path = csv(
      [0, 1, 2].map((index) => `7,${start + index * 60_000},1,2,1,2,5,`),
      "OPEN_INTEREST,timestamp,open,high,low,close,volume,taker_buy_volume",
    );
    const { bars, intervalMs } = await readRecording(path);
    expect(intervalMs).toBe(60_000);
    expect(bars[0]).toEqual({
      openTime: start,
      open: 1,
      high: 2,
      low: 1,
      close: 2,
      volume: 5,
      openInterest: 7,
    });
  });

  it("may come from a spreadsheet: a byte order mark, quoted names, CRLF and empty lines", async () => {
    const quoted = header.replaceAll(/\w+/g, '"$&"');
    const path = file(`\uFEFF${quoted}\r\n${rows(0, 1).join("\r\n")}\r\n\r\n${rows(2, 3).join("\r\n")}\r\n`);
    expect((await readRecording(path)).bars).toHaveLength(4);
  });

  it.each([
    ["1", 60_000],
    ["5", 300_000],
    ["15", 900_000],
    ["60", 3_600_000],
  ])("of %s minutes is read as such, gaps or not", async (_, interval) => {
    const path = csv([0, 1, 2, 4, 5].map((index) => bar(start + index * interval)));
    const { intervalMs, gaps } = await readRecording(path);
    expect(intervalMs).toBe(interval);
    expect(gaps).toEqual([{ from: start + 3 * interval, to: start + 4 * interval, missingBars: 1 }]);
  });
});

describe("a bad row is left out, and named by its line and the reason", () => {
  it.each([
    ["1,2,3", "3 fields where the header has 12"],
    [bar("x"), 'timestamp "x" is not a number'],
    [bar(start / 1000), "timestamp is in seconds: milliseconds are expected"],
    [bar(5), "timestamp is not a time in epoch milliseconds"],
    [bar(start + 600_001), "does not open at a whole 5 minutes (UTC)"],
    [bar(start, ",2,1,1,1,,,,,,"), "open is missing"],
    [bar(start, "0,2,1,1,1,,,,,,"), "open is not above 0"],
    [bar(start, "1,2,1,1,-1,,,,,,"), "volume is negative"],
    [bar(start, "1,2,1,1,1,,-1,,,,"), "open_interest is negative"],
    [bar(start, "1,2,1,1,NaN,,,,,,"), 'volume "NaN" is not a number'],
    [bar(start, "1,1e999,1,1,1,,,,,,"), 'high "1e999" is not a number'],
    [bar(start, "1,0x10,1,1,1,,,,,,"), 'high "0x10" is not a number'],
    [bar(start, "1,2,1.5,1.7,1,,,,,,"), "open 1 or close 1.7 lies outside of low 1.5 to high 2"],
    [bar(start, '1,2,1,1,"1,,,,,,'), 'volume ""1" is not a number'],
    [bar("y", "z,2,1,1,1,,,,,,"), 'timestamp "y" is not a number, open "z" is not a number'],
  ])("%s", async (row, reason) => {
    const path = csv([...rows(0, 1), row, ...rows(3, 5)]);
    const { badRows, bars } = await readRecording(path);
    expect(badRows).toEqual([{ line: 4, reason }]);
    expect(bars).toHaveLength(5);
  });

  it("also in the notes on the file, up to ten of them", async () => {
    const path = csv([...rows(0, 30), ...Array.from({ length: 12 }, () => "bad")]);
    const notes = recordingNotes(await readRecording(path));
    expect(notes[0]).toBe(`${path}: 12 bad rows left out`);
    expect(notes[1]).toBe("  line 33: 1 fields where the header has 12");
    expect(notes.at(-1)).toBe("  and 2 more");
  });
});

describe("rows that are good, but not in place", () => {
  it("are sorted in, and counted", async () => {
    const [first = "", second = "", third = "", fourth = ""] = rows(0, 3);
    const recording = await readRecording(csv([first, third, second, fourth]));
    expect(recording.bars.map(({ openTime }) => (openTime - start) / 300_000)).toEqual([0, 1, 2, 3]);
    expect(recording.outOfOrder).toBe(1);
    expect(recordingNotes(recording).at(-1)).toMatch(/1 row out of order, sorted in$/);
  });

  it("are counted once when they come twice", async () => {
    const recording = await readRecording(csv([...rows(0, 3), ...rows(2, 3)]));
    expect(recording.bars).toHaveLength(4);
    expect(recording.duplicates).toBe(2);
  });
});

describe("a file that can't be used is refused", () => {
  it.each([
    ["an empty one", "", /is empty$/],
    ["one without a header", rows(0, 3).join("\n"), /lacks the column timestamp, open, .* in its header$/],
    [
      "one that lacks a column",
      `${header.replace(",volume", "")}\n`,
      /lacks the column volume in its header$/,
    ],
    ["one with a column twice", `${header},open\n`, /has the column open twice$/],
    ["one with a single bar", `${header}\n${bar(start)}`, /has 1 good bars: at least two are needed$/],
    [
      "one of another interval",
      `${header}\n${bar(start)}\n${bar(start + 420_000)}`,
      /has bars of 7 minutes; they may be of 1, 3, 5, 15, 30, 60$/,
    ],
    [
      "one that is mostly bad",
      [header, ...rows(0, 40), ...Array.from({ length: 21 }, () => "bad")].join("\n"),
      /21 of 62 rows are bad, the first of them\n {2}line 43: 1 fields where the header has 12\n/,
    ],
    ["one that is no text", `${header}\n${"x".repeat(20_000)}`, /line of over 10000 characters/],
  ])("%s", async (_, text, reason) => {
    await expect(readRecording(file(text))).rejects.toThrow(reason);
  });

  it("a folder, and one that is not there", async () => {
    await expect(readRecording(folder)).rejects.toThrow(/can't be read \(EISDIR\)$/);
    await expect(readRecording(join(folder, "none.csv"))).rejects.toThrow(/can't be read \(ENOENT\)$/);
  });
});

describe("liquidations in a file beside the bars", () => {
  it("are kept as totals of their own interval", async () => {
    const path = csv(rows(0, 3));
    writeFileSync(
      path.replace(".csv", ".liquidations.csv"),
      `timestamp,long_liquidations,short_liquidations\n${start},1.5,\n${start + 3_600_000},,2\n`,
    );
    expect((await readRecording(path)).liquidations).toEqual([
      { openTime: start, longLiquidations: 1.5, shortLiquidations: undefined },
      { openTime: start + 3_600_000, longLiquidations: undefined, shortLiquidations: 2 },
    ]);
  });

  it("are undefined without one", async () => {
    expect((await readRecording(csv(rows(0, 3)))).liquidations).toBeUndefined();
  });
});

describe("the files a path names", () => {
  it("are the folder's CSV files by name, without the liquidations beside them", async () => {
    const path = mkdtempSync(join(folder, "some-"));
    for (const name of ["b.csv", "a.csv", "a.liquidations.csv", "notes.txt"])
      writeFileSync(join(path, name), "");
    expect(await recordingPaths(path)).toEqual([join(path, "a.csv"), join(path, "b.csv")]);
    expect(await recordingPaths(join(path, "b.csv"))).toEqual([join(path, "b.csv")]);
  });

  it("are refused when there are none", async () => {
    const path = join(folder, "empty");
    mkdirSync(path);
    await expect(recordingPaths(path)).rejects.toThrow("has no .csv files");
    await expect(recordingPaths(join(folder, "nowhere"))).rejects.toThrow("is not there");
  });
});

function bar(time: number | string, rest = "1,2,1,2,5,,7,,,,"): string {
  return `${time},${rest}`;
}

/** Good 5m bars, `from` to `to`. */
function rows(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => bar(start + (from + index) * 300_000));
}

function csv(lines: readonly string[], names = header): string {
  return file([names, ...lines, ""].join("\n"));
}

function file(text: string): string {
  const path = join(mkdtempSync(join(folder, "file-")), "bars.csv");
  writeFileSync(path, text);
  return path;
}
