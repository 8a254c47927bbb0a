import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Action } from "../../../src/bots/shared/actions.ts";
import { commandMeant, languageMeant, readCommand } from "../../../src/bots/shared/commandLine.ts";
import { parseDuration } from "../../../src/bots/shared/durations.ts";
import { parseQuietHours, quietHoursText } from "../../../src/bots/shared/quietHours.ts";
import { parseRatio } from "../../../src/bots/shared/ratios.ts";
import { type Parsed, quoted, sayRefusal } from "../../../src/bots/shared/refusal.ts";
import { symbolMeant } from "../../../src/bots/shared/symbols.ts";
import type { CommandName } from "../../../src/bots/shared/vocabulary.ts";
import { parseZone, zoneAt } from "../../../src/bots/shared/zones.ts";
import { textsIn } from "../../../src/texts/texts.ts";

const watched = ["BTC", "ETH", "SOL", "1000PEPE"];
const reader = { watched, ownSymbol: "ETH" };
const minute = 60_000;
const hour = 60 * minute;

function refusalOf(parsed: Parsed<unknown>): string {
  if (parsed.ok) throw new Error(`accepted: ${JSON.stringify(parsed.value)}`);
  const { refusal } = parsed;
  return `${sayRefusal(textsIn("en"), refusal)} ${refusal.example ?? ""}`.trim();
}

describe("symbols", () => {
  test.each([
    ["btc", "BTC"],
    [" $BTC ", "BTC"],
    ["#eth", "ETH"],
    ["BTCUSDT", "BTC"],
    ["BTC/USDT:USDT", "BTC"],
    ["btc-perp", "BTC"],
    ["BTC_USD", "BTC"],
    ["bitcoin", "BTC"],
    ["1000pepe", "1000PEPE"],
  ])("%s is %s", (typed, symbol) => expect(symbolMeant(typed, watched)).toBe(symbol));

  test.each(["DOGE", "", "USDT", "B", "<b>", "BTCX"])("%j is none that is watched", (typed) =>
    expect(symbolMeant(typed, watched)).toBeUndefined(),
  );
});

describe("what is typed after a command", () => {
  const read: readonly [CommandName, string, Action][] = [
    ["imbalance", "", { do: "imbalance", symbol: "ETH" }],
    ["imbalance", "btc", { do: "imbalance", symbol: "BTC" }],
    ["map", "sol please", { do: "map", symbol: "SOL" }],
    ["subscribe", "", { do: "choose-symbol" }],
    ["subscribe", "BTC", { do: "choose-ratio", symbol: "BTC" }],
    ["subscribe", "BTC 2.5", { do: "subscribe", symbol: "BTC", ratio: 2.5 }],
    ["subscribe", "2,5x btc", { do: "subscribe", symbol: "BTC", ratio: 2.5 }],
    ["subscribe", "3", { do: "subscribe", symbol: "ETH", ratio: 3 }],
    ["unsubscribe", "", { do: "alerts" }],
    ["unsubscribe", "ALL", { do: "unsubscribe-all" }],
    ["unsubscribe", "btc", { do: "unsubscribe", symbol: "BTC" }],
    // which of a symbol's alerts is meant is for the list's buttons: none may go that was not named
    ["unsubscribe", "BTC 9", { do: "alerts" }],
    ["unsubscribe", "btc eth", { do: "alerts" }],
    ["mute", "", { do: "choose-mute" }],
    ["mute", "1h 30m", { do: "mute", durationMs: 1.5 * hour }],
    ["quiet", "22:00-07:00", { do: "quiet", hours: { from: 1_320, to: 420 } }],
    ["quiet", "off", { do: "quiet", hours: "off" }],
    ["zone", "new york", { do: "zone", zone: "America/New_York" }],
    ["history", "", { do: "history" }],
    ["history", "btc", { do: "history", symbol: "BTC" }],
    ["language", "", { do: "choose-language" }],
    ["language", "English", { do: "language", language: "en" }],
    ["status", "whatever", { do: "status" }],
  ];
  test.each(read)("/%s %s", (name, line, action) => {
    expect(readCommand(name, line, reader)).toEqual({ ok: true, value: action });
  });

  test.each([
    ["subscribe", "BTX 2", "Did you mean BTC?"],
    ["subscribe", "BTX 2", "/subscribe BTC"],
    ["subscribe", "bitcion 2", "Did you mean BTC?"],
    ["subscribe", "ETH 99", "from 1.1 to 20. /subscribe ETH 2.5"],
    ["subscribe", "ETH abc", "/subscribe ETH 2.5"],
    ["subscribe", "ETH 2.5 down 1.1B", "not “down 1.1B”"],
    ["subscribe", "2.5 ETH down", "✏️ in /alerts"],
    ["imbalance", "QQQQQQ", "Watched are BTC, ETH, SOL, 1000PEPE. /imbalance BTC"],
    ["mute", "30", "needs a unit"],
    ["mute", "1 banana", "/mute 2h"],
    ["quiet", "25:00-07:00", "/quiet 22:00-07:00"],
    ["zone", "Berlni", "Did you mean Europe/Berlin? /zone Europe/Berlin"],
    ["language", "klingon", "/language en"],
  ] as const)("/%s %s is refused, saying what is allowed: %s", (name, line, said) => {
    expect(refusalOf(readCommand(name, line, reader))).toContain(said);
  });

  test("what is quoted of a novel ends with an ellipsis", () => {
    expect(quoted("🚀".repeat(5_000))).toBe(`${"🚀".repeat(255)}…`);
  });

  test("a refusal never shows more than 256 characters of what was typed", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 5_000, unit: "grapheme" }), (typed) => {
        expect(Array.from(quoted(typed)).length).toBeLessThanOrEqual(256);
        expect(quoted(typed)).not.toMatch(/[\n\r]/u);
      }),
    );
  });

  test("anything at all is either understood or refused", () => {
    const names = fc.constantFrom<CommandName>("subscribe", "mute", "quiet", "zone", "language", "map");
    fc.assert(
      fc.property(names, fc.string({ maxLength: 300, unit: "binary" }), (name, line) => {
        const parsed = readCommand(name, line, reader);
        expect(parsed.ok ? "understood" : refusalOf(parsed)).not.toBe("");
      }),
    );
  });
});

describe("ratios", () => {
  test.each([
    ["2", 2],
    ["2.5", 2.5],
    ["2,5", 2.5],
    ["×3", 3],
    ["3X", 3],
    ["1.1", 1.1],
    ["20", 20],
  ])("%s", (typed, ratio) => expect(parseRatio(typed, "")).toEqual({ ok: true, value: ratio }));

  test.each(["1", "1.09", "20.01", "-2", "1e1", "NaN", "Infinity", "0x3", "2.5.1", ""])(
    "%j is none",
    (typed) => expect(parseRatio(typed, "").ok).toBe(false),
  );
});

describe("durations", () => {
  test.each([
    ["2h", 2 * hour],
    ["90m", 90 * minute],
    ["1.5 hours", 1.5 * hour],
    ["1,5h", 1.5 * hour],
    ["2 horas", 2 * hour],
    ["3 días", 72 * hour],
    ["1d 12h", 36 * hour],
  ])("%s", (typed, ms) => expect(parseDuration(typed, "")).toEqual({ ok: true, value: ms }));

  test.each(["", "h", "30", "30s", "31d", "0m", "-2h", "2h later", "999999999999d"])("%j is none", (typed) =>
    expect(parseDuration(typed, "").ok).toBe(false),
  );
});

describe("quiet hours", () => {
  test.each([
    ["22-7", "22:00–07:00"],
    ["22:30 to 6:45", "22:30–06:45"],
    ["10pm-7am", "22:00–07:00"],
    ["12am - 12pm", "00:00–12:00"],
    ["22.00–07.00", "22:00–07:00"],
    ["0-24", undefined],
    ["7-7", undefined],
    ["13pm-7", undefined],
    ["22:60-7", undefined],
    ["tonight", undefined],
  ])("%s is %s", (typed, hours) => {
    const parsed = parseQuietHours(typed, "");
    expect(parsed.ok && parsed.value !== "off" ? quietHoursText(parsed.value) : undefined).toBe(hours);
  });
});

describe("time zones", () => {
  test.each([
    ["Berlin", "Europe/Berlin"],
    ["new-york", "America/New_York"],
    ["São Paulo", "America/Sao_Paulo"],
    ["europe/madrid", "Europe/Madrid"],
    ["UTC", "UTC"],
    ["UTC+2", "Etc/GMT-2"],
    ["gmt -5", "Etc/GMT+5"],
    ["UTC+0", "UTC"],
  ])("%s is %s", (typed, zone) =>
    expect(parseZone(typed, "/zone Berlin")).toEqual({ ok: true, value: zone }),
  );

  test.each(["UTC+99", "", "Atlantis", "../../etc/passwd", "x".repeat(500)])("%j is none", (typed) =>
    expect(parseZone(typed, "/zone Berlin").ok).toBe(false),
  );

  test("a place on earth has one, another has none", () => {
    expect(zoneAt(52.52, 13.4)).toBe("Europe/Berlin");
    expect(zoneAt(-33.9, 151.2)).toBe("Australia/Sydney");
    expect(zoneAt(123, 13)).toBeUndefined();
    expect(zoneAt(Number.NaN, 0)).toBeUndefined();
  });
});

describe("typos", () => {
  test.each([
    ["/imbalnce", "imbalance"],
    ["subscirbe", "subscribe"],
    ["/alert", "alerts"],
    ["/halp", "help"],
    ["/xyz", undefined],
    ["/a", undefined],
  ])("%s was probably %s", (typed, meant) => expect(commandMeant(typed)).toBe(meant));

  test("a language is known by its code, its locale and its names", () => {
    expect(languageMeant("en-GB")).toBe("en");
    expect(languageMeant("English")).toBe("en");
    expect(languageMeant("xx")).toBeUndefined();
  });
});
