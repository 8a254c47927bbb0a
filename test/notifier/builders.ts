import { alertContent } from "../../src/alerts/content.ts";
import type { Clock } from "../../src/ops/clock.ts";
import type { Delivery } from "../../src/store/contracts/outbox.ts";
import { firedUp, referenceImbalance } from "../alerts/examples.ts";

export const now = Date.UTC(2026, 10, 22, 12);

/** An alert's content as the worker stores it. */
export const content = JSON.stringify(alertContent(referenceImbalance, firedUp));

export function aDelivery(over: Partial<Delivery> = {}): Delivery {
  return {
    place: "BTC",
    alert: {
      alertId: firedUp.alertId,
      episodeId: "",
      kind: "push",
      content,
      rule: "",
      createdAt: now,
      ageMs: 0,
    },
    destination: "console",
    attempt: 1,
    failures: 0,
    unknowns: 0,
    unknownMs: 0,
    ticket: "",
    version: "0",
    ...over,
  };
}

/** A clock that is moved by hand; its durations take no time. */
export function handClock(startAt = now): Clock & { advance: (ms: number) => void } {
  let time = startAt;
  return {
    now: () => time,
    realMs: (ms) => ms,
    sleep: async () => undefined,
    advance: (ms) => {
      time += ms;
    },
  };
}
