import { expect, it } from "vitest";
import { alertContent } from "../../../src/alerts/content.ts";
import { alertMessage } from "../../../src/alerts/message.ts";
import type { Sender, SendRequest } from "../../../src/notifier/contracts.ts";
import { platformOf } from "../../../src/alerts/platform.ts";
import { firedUp, referenceImbalance } from "../../alerts/examples.ts";

export const alert = alertMessage(alertContent(referenceImbalance, firedUp), "en");

export const endOfAlert = alertMessage(
  {
    version: 1,
    kind: "resolved",
    alertId: "a-resolved",
    firedAlertId: "a",
    symbol: "BTC",
    direction: "up",
    firedAt: referenceImbalance.time,
    time: referenceImbalance.time,
    ratio: 1.31,
  },
  "en",
);

/** A sender on its stand-in, and what arrived there as plain text. */
export interface SenderUnderTest {
  readonly sender: Sender;
  readonly destination: string;
  readonly received: () => readonly string[];
  /** From now on nobody listens at the platform's address; undefined for what has none. */
  readonly goDown?: () => Promise<void>;
}

/** What every implementation of `Sender` must do. */
export function itSendsLikeEverySender(open: () => Promise<SenderUnderTest>): void {
  it("serves the platform its destinations begin with", async () => {
    const { sender, destination } = await open();
    expect(platformOf(destination)).toBe(sender.platform);
  });

  it("posts once and gives the message's id", async () => {
    const { sender, destination, received } = await open();
    const result = await sender.send(request(destination));
    expect(result).toEqual({ kind: "sent", messageId: expect.stringMatching(/./) });
    expect(received()).toHaveLength(1);
  });

  it("says all of the alert, headline first, and the caveat word for word", async () => {
    const { sender, destination, received } = await open();
    await sender.send(request(destination));
    const text = received()[0] ?? "";
    const parts = [
      "BTC 2.6× lopsided up",
      "~$2,000",
      "~$770",
      "$1.1B of shorts",
      "Momentum traders",
      "Liquidation maps are not price predictions.",
      "Bottom line",
      "3/3 venues",
    ];
    const places = parts.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("marks a possible repeat, and nothing else as one", async () => {
    const { sender, destination, received } = await open();
    await sender.send({ ...request(destination), idempotencyKey: "first" });
    await sender.send({ ...request(destination), idempotencyKey: "second", possibleRepeat: true });
    expect(received().map((text) => text.includes("Possible repeat"))).toEqual([false, true]);
  });

  it("posts the one line an episode ends with", async () => {
    const { sender, destination, received } = await open();
    await sender.send({ ...request(destination), message: endOfAlert });
    expect(received()[0]).toContain("has ended");
  });

  it("knows that nothing was sent when nobody listens", async () => {
    const { sender, destination, goDown } = await open();
    await goDown?.();
    const { kind } = await sender.send(request(destination));
    expect(kind).toBe(goDown === undefined ? "sent" : "unreachable");
  });
}

function request(destination: string): SendRequest {
  return { destination, message: alert, possibleRepeat: false, idempotencyKey: "alert-1|somewhere" };
}
