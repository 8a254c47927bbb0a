import { beforeEach, describe, expect, test } from "vitest";
import type { SendRequest } from "../../src/notifier/contracts.ts";
import { createNotifier, type Notifier } from "../../src/notifier/notifier.ts";
import type { Claimed, Delivery } from "../../src/store/contracts/outbox.ts";
import { fakeStore } from "../support/fakeStore.ts";
import { silentLog } from "../support/redis.ts";
import { aDelivery, content, handClock } from "./builders.ts";
import { fakeSender } from "./fakeSender.ts";

/** What goes out to Redis, what Redis answers and which words are found, in this order. */
let said: string[];
/** What the next claim finds. */
let waiting: Delivery[];
let notifier: Notifier;
let requests: readonly SendRequest[];

beforeEach(() => {
  said = [];
  waiting = [];
  const store = fakeStore();
  const fake = fakeSender();
  ({ requests } = fake);
  const claim = async (): Promise<Claimed> => {
    await answered("claim");
    return { deliveries: waiting.splice(0), isOpen: false, ageMs: [], laterInMs: undefined };
  };
  const getMany = async (): Promise<readonly undefined[]> => {
    await answered("question");
    return [undefined];
  };
  notifier = createNotifier({
    sender: fake.sender,
    store: {
      ...store,
      outbox: { ...store.outbox, claim },
      destinations: { ...store.destinations, getMany },
    },
    clock: handClock(),
    log: silentLog,
    nameOf: () => "somebody",
    onSettled: () => undefined,
    onRepeat: () => undefined,
    onNotice: () => undefined,
  });
});

/** As a connection does that gathers what is asked in one turn. */
async function answered(what: string): Promise<void> {
  process.nextTick(() => said.push(what));
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  said.push(`answer to ${what}`);
}

/** The same alert, which says when it is read. */
const watched = <T extends object>(alert: T) => ({
  ...alert,
  get content() {
    said.push("words");
    return content;
  },
});
const claimedIn = (place: string): Delivery => {
  const delivery = aDelivery({ place });
  return { ...delivery, alert: watched(delivery.alert) };
};
const drain = async (coming?: Parameters<Notifier["wake"]>[1]): Promise<readonly string[]> => {
  notifier.wake("BTC", coming);
  await notifier.settled();
  return [...new Set(said)];
};

describe("an alert's words", () => {
  test("are found once the question whom they are for has gone out", async () => {
    waiting = [claimedIn("BTC")];
    expect((await drain()).slice(2)).toEqual(["question", "words", "answer to question"]);
  });

  test("are not looked for in a notice", async () => {
    waiting = [claimedIn("notices")];
    expect((await drain()).slice(2)).toEqual(["question", "answer to question", "words"]);
  });

  test("are found while it is being committed, once its claim has gone out", async () => {
    expect(await drain([watched({ alertId: "a" })])).toEqual(["claim", "words", "answer to claim"]);
  });
});

describe("alerts that are being committed", () => {
  test("are sent by nobody where their commit was refused", async () => {
    await drain([watched({ alertId: "a" })]);
    expect(requests).toEqual([]);
  });

  test("are worded up to a number, in the order in which they are to be said", async () => {
    const found = new Set<string>();
    const coming = Array.from({ length: 12 }, (_, i) => ({
      alertId: `a${i}`,
      get content() {
        found.add(`a${i}`);
        return content;
      },
    }));
    await drain(coming);
    expect([...found]).toEqual(coming.slice(0, 8).map(({ alertId }) => alertId));
  });

  test("hold up nothing that waits where they can't be read", async () => {
    waiting = [aDelivery()];
    await drain([
      {
        alertId: "a",
        get content(): string {
          throw new Error("unreadable");
        },
      },
    ]);
    expect(requests).toMatchObject([{ message: { kind: "full" } }]);
  });
});
