import { expect, test } from "vitest";
import { testAlertContent } from "../../../../src/alerts/content.ts";
import { historyReply } from "../../../../src/bots/shared/replies/history.ts";
import { replyText } from "../../../../src/bots/shared/reply.ts";
import { languages, textsIn, type Language } from "../../../../src/texts/texts.ts";

const content = testAlertContent("BTC", Date.UTC(2026, 10, 22, 12));

/** The line below the alert. */
function saidOf(language: Language, reason: string, outcome: "skipped" | "dead" = "skipped"): string {
  const delivery = {
    alertId: "a",
    symbol: "BTC",
    firedAt: content.firedAt,
    content,
    outcome,
    reason,
  } as const;
  const after = { watchedMs: 0 };
  const reply = historyReply(textsIn(language), [{ delivery, content, after }], {
    symbol: undefined,
    zone: "UTC",
  });
  return replyText(reply).split("\n   ")[1] ?? "";
}

test.each([
  ["quiet-hours", "held back in quiet hours, for the summary"],
  ["late", "too late to be news, left for a summary"],
  ["muted", "not sent: muted"],
  ["off", "not sent: paused"],
  ["cooling-down", "not sent: its pause was not over"],
  ["floor", "not sent: another had come shortly before"],
  ["disabled", "not sent: alerts were stopped here"],
  ["unsubscribed", "not sent: its alert was ended"],
])("/history says in words why it kept an alert back: %s", (reason, said) => {
  expect(saidOf("en", reason)).toBe(said);
  for (const language of languages.filter((each) => each !== "en")) {
    expect(saidOf(language, reason)).not.toContain(reason);
  }
});

test("/history repeats what a platform said of its refusal", () => {
  expect(saidOf("en", "Bad Request: chat not found", "dead")).toBe("not sent: Bad Request: chat not found");
});

test("/history says of an escalation when it was told, not when its episode began", () => {
  const time = content.firedAt + 75 * 60_000;
  const escalation = { ...content, kind: "firing", level: 1, time } as const;
  const delivery = {
    alertId: "a-x1.5",
    symbol: "BTC",
    firedAt: time,
    content: escalation,
    outcome: "sent",
  } as const;
  const past = [{ delivery, content: escalation, after: { watchedMs: 0 } }];
  const text = replyText(historyReply(textsIn("en"), past, { symbol: undefined, zone: "UTC" }));
  expect(text).toContain("Nov 22, 13:15 · BTC 2.6× up at $84,230");
});
