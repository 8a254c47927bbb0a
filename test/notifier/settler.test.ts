import { expect, test } from "vitest";
import { createSettler } from "../../src/notifier/settler.ts";
import type { Delivery, Outcome } from "../../src/store/contracts/outbox.ts";
import type { TurnEnd } from "../../src/store/contracts/turns.ts";
import { aDelivery } from "./builders.ts";
import { silentLog } from "../support/redis.ts";

const sent = { kind: "sent", messageId: "m" } as const;

/** A settler and what it has asked of the store. */
function setScene({ failures = 0, endsTurns = true } = {}) {
  const written: {
    readonly place: string;
    readonly outcomes: readonly Outcome[];
    readonly holder: string;
  }[] = [];
  const endedAlone: TurnEnd[][] = [];
  const over: string[][] = [];
  let left = failures;
  const settler = createSettler({
    outbox: {
      endsTurns,
      settle: async (place, _platform, outcomes, holder = "") => {
        left -= 1;
        if (left >= 0) throw new Error("away");
        written.push({ place, outcomes, holder });
        return outcomes.map(() => true);
      },
    },
    turns: { end: async (ends) => void endedAlone.push([...ends]) },
    platform: "telegram",
    holder: "one",
    log: silentLog,
    onSettled: () => undefined,
    onEnded: (ends) => over.push(ends.map(({ destination }) => destination)),
  });
  return { settler, written, endedAlone, over };
}

const to = (destination: string, over: Partial<Delivery> = {}): Delivery =>
  aDelivery({ destination, ...over });

test("a turn that is over with an outcome is ended by the same trip", async () => {
  const { settler, written, endedAlone, over } = setScene();
  const ends = [{ destination: "telegram:1", pushes: "{1}" }, { destination: "telegram:2" }];
  settler.note(to("telegram:1"), sent);
  const first = settler.endTurn(ends[0] ?? { destination: "" });
  settler.note(to("telegram:2", { place: "ETH" }), sent);
  const second = settler.endTurn(ends[1] ?? { destination: "" });
  await Promise.all([first, second]);
  expect(written.map(({ place, holder }) => `${place} ${holder}`)).toEqual(["BTC one", "ETH one"]);
  expect(written.flatMap(({ outcomes }) => outcomes.map(({ end }) => end))).toEqual(ends);
  expect(endedAlone).toEqual([]);
  expect(over).toEqual([["telegram:1", "telegram:2"]]);
});

test("a turn that no outcome ends is ended by itself", async () => {
  const { settler, written, endedAlone, over } = setScene();
  settler.note(to("telegram:1"), sent);
  await Promise.all([
    settler.endTurn({ destination: "telegram:2" }),
    settler.endTurn({ destination: "telegram:1" }),
  ]);
  expect(written.map(({ outcomes }) => outcomes[0]?.end)).toEqual([{ destination: "telegram:1" }]);
  expect(endedAlone).toEqual([[{ destination: "telegram:2" }]]);
  expect(over).toEqual([["telegram:2", "telegram:1"]]);
});

test("while Redis is away neither is lost: both are tried together until they are written", async () => {
  const { settler, written, over } = setScene({ failures: 2 });
  settler.note(to("telegram:1"), sent);
  await settler.endTurn({ destination: "telegram:1" });
  expect(written).toHaveLength(1);
  expect(written[0]?.outcomes[0]?.end).toEqual({ destination: "telegram:1" });
  expect(over).toEqual([["telegram:1"]]);
});

test("where turns lie elsewhere, every one is ended by itself", async () => {
  const { settler, written, endedAlone } = setScene({ endsTurns: false });
  settler.note(to("telegram:1"), sent);
  await settler.endTurn({ destination: "telegram:1", pushes: "{1}" });
  expect(written.map(({ outcomes }) => outcomes[0]?.end)).toEqual([undefined]);
  expect(endedAlone).toEqual([[{ destination: "telegram:1", pushes: "{1}" }]]);
});
