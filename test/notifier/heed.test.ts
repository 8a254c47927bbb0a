import { describe, expect, test } from "vitest";
import type { Sender, SendResult } from "../../src/notifier/contracts.ts";
import { type Heed, heed } from "../../src/notifier/heed.ts";
import type { FinalResult } from "../../src/notifier/settlement.ts";
import { silentLog } from "../support/redis.ts";
import { handClock, now } from "./builders.ts";
import { fakeSender } from "./fakeSender.ts";

const limits = { perSecond: 25, chatGapMs: 1_000, groupPerMinute: 20, invalidPer10Minutes: 2_000 };
const paced: Partial<Sender> = {
  pace: { limits, names: { before: "console:", after: "", groups: "" } },
};

/** What one answer brings about. */
async function after(answer: FinalResult, over: Partial<Sender> = paced) {
  const steps: unknown[] = [];
  const options: Heed = {
    sender: fakeSender([], over).sender,
    refusals: {
      disable: async (destination, reason) => {
        steps.push(["disabled", destination, reason]);
        return true;
      },
      tellOwner: async () => undefined,
      moved: async () => undefined,
    },
    pace: {
      pause: async (_platform, chat, ms) => void steps.push(["pause", chat ?? "all", ms]),
      noteInvalid: async () => void steps.push(["invalid"]),
    },
    clock: handClock(),
    log: silentLog,
    nameOf: (destination) => destination,
    onNotice: () => steps.push(["notice"]),
    onClosed: (ms) => steps.push(["closed", ms]),
  };
  const waitMs = await heed(options, answer, "console:1");
  return { steps, waitMs };
}

describe("what a platform's answer means for all that is still to come", () => {
  const refused: SendResult = { kind: "rejected", reason: "kicked", disable: true };

  test.each<[string, FinalResult, readonly unknown[], number]>([
    [
      "patience it asks for in a chat is kept there",
      { kind: "rate-limited", retryAt: now + 7_001, scope: "chat" },
      [["pause", "1", 7_001]],
      7_001,
    ],
    [
      "patience it asks for without saying where is kept everywhere, by this process at once",
      { kind: "rate-limited", retryAt: now + 7_001 },
      [
        ["closed", 7_001],
        ["pause", "1", 7_001],
        ["pause", "all", 7_001],
      ],
      7_001,
    ],
    [
      "patience that is over is none",
      { kind: "rate-limited", retryAt: now - 1, scope: "chat" },
      [["pause", "1", 0]],
      0,
    ],
    [
      "who refuses for good is stopped, and the notice to the owner goes out",
      refused,
      [["disabled", "console:1", "kicked"], ["notice"]],
      0,
    ],
    ["a message that is refused stops nobody", { ...refused, disable: false }, [], 0],
    ["what counts towards a ban is counted", { ...refused, disable: false, invalid: true }, [["invalid"]], 0],
    ["what was not answered changes nothing", { kind: "unknown-outcome", reason: "no answer" }, [], 0],
  ])("%s", async (_claim, answer, steps, waitMs) => {
    expect(await after(answer)).toEqual({ steps, waitMs });
  });
});
