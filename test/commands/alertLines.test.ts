import { expect, it } from "vitest";
import { alertContent } from "../../src/alerts/content.ts";
import { alertJson, alertLine } from "../../src/commands/alertLines.ts";
import type { LoggedAlert } from "../../src/store/contracts/alertLog.ts";
import { firedUp, referenceImbalance } from "../alerts/examples.ts";

const alert: LoggedAlert = {
  symbol: "BTC",
  alertId: "a",
  episodeId: "a",
  rule: "up-auto-50-2",
  content: JSON.stringify(alertContent(referenceImbalance, firedUp)),
  at: Date.UTC(2026, 10, 22, 12),
  shards: 1,
};
const sent = { state: "sent", attempts: 1, possibleRepeats: 0, at: 1, note: "7" } as const;
const rows = [
  { ...sent, destination: "telegram:1" },
  { ...sent, destination: "telegram:2" },
  { ...sent, destination: "discord:3", state: "dead", note: "Missing Access (50001)" },
] as const;

it("an alert is a line with its time, headline and reach", () => {
  expect(alertLine(alert, rows)).toMatch(
    /^2026-11-22T12:00:00\.000Z {2}BTC 2\.6× lopsided up: .+ {2}· {2}2 sent, 1 dead$/,
  );
  expect(alertLine(alert, [])).toContain("to nobody yet");
});

it("an alert whose content can't be read says so", () => {
  expect(alertLine({ ...alert, content: "{}" }, rows)).toContain("unreadable");
});

it("as JSON it has its facts and every destination", () => {
  expect(JSON.parse(alertJson(alert, rows))).toMatchObject({
    alertId: "a",
    content: { symbol: "BTC" },
    deliveries: [{ destination: "telegram:1" }, {}, { state: "dead", note: "Missing Access (50001)" }],
  });
});
