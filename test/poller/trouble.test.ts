import { describe, expect, test } from "vitest";
import type { PollFailure } from "../../src/poller/contracts.ts";
import { createTroubles } from "../../src/poller/trouble.ts";
import { spokenLog } from "../support/spokenLog.ts";

const gone: PollFailure = { kind: "retry", reason: "HTTP 502" };
const limited: PollFailure = { kind: "cool-down", reason: "HTTP 429", until: 5 };
const unlisted: PollFailure = { kind: "give-up-symbol", reason: "not listed" };

type Outcome = [what: "polls" | "histories", symbol: string, failure: PollFailure | undefined];

describe("the troubles of a venue", () => {
  test.each<[claim: string, outcomes: Outcome[], lines: string[]]>([
    ["nothing about what works", [["polls", "BTC", undefined]], []],
    [
      "once that it fails, whatever the symbol and the request",
      [
        ["polls", "BTC", gone],
        ["polls", "ETH", gone],
        ["histories", "BTC", gone],
        ["polls", "BTC", gone],
      ],
      ["warn polls: HTTP 502"],
    ],
    [
      "again when it fails in another way",
      [
        ["polls", "BTC", gone],
        ["polls", "ETH", limited],
      ],
      ["warn polls: HTTP 502", "warn polls: HTTP 429"],
    ],
    [
      "of each symbol what it refuses",
      [
        ["polls", "BTC", unlisted],
        ["polls", "BTC", unlisted],
        ["polls", "ETH", unlisted],
      ],
      ["warn polls: not listed", "warn polls: not listed"],
    ],
    [
      "once that all of it works again",
      [
        ["polls", "BTC", gone],
        ["polls", "ETH", gone],
        ["polls", "BTC", undefined],
        ["polls", "ETH", undefined],
        ["polls", "ETH", undefined],
      ],
      ["warn polls: HTTP 502", "info polls work again"],
    ],
    [
      "that it works again beside a symbol that it doesn't list",
      [
        ["polls", "NOPE", unlisted],
        ["polls", "BTC", gone],
        ["polls", "BTC", undefined],
        ["polls", "NOPE", unlisted],
      ],
      ["warn polls: not listed", "warn polls: HTTP 502", "info polls work again"],
    ],
    [
      "anew when it comes back",
      [
        ["polls", "BTC", gone],
        ["polls", "BTC", undefined],
        ["polls", "BTC", gone],
      ],
      ["warn polls: HTTP 502", "info polls work again", "warn polls: HTTP 502"],
    ],
  ])("says %s", (_claim, outcomes, lines) => {
    const log = spokenLog();
    const troubles = createTroubles("bybit", log);
    for (const outcome of outcomes) troubles(...outcome);
    expect(log.said.map(({ level, message }) => `${level} ${message}`)).toEqual(lines);
  });
});
