import { expect, test } from "vitest";
import { createNotifier } from "../../src/notifier/notifier.ts";
import { fakeStore } from "../support/fakeStore.ts";
import { silentLog } from "../support/redis.ts";
import { aDelivery, content, handClock } from "./builders.ts";
import { fakeSender } from "./fakeSender.ts";

test("words are found once the question whom they are for has gone out", async () => {
  const said: string[] = [];
  const store = fakeStore();
  const delivery = aDelivery();
  const alert = {
    ...delivery.alert,
    get content() {
      said.push("words");
      return content;
    },
  };
  const claimed = [{ ...delivery, alert }];
  const pump = createNotifier({
    sender: fakeSender().sender,
    store: {
      ...store,
      outbox: {
        ...store.outbox,
        claim: async () => ({
          deliveries: claimed.splice(0),
          isOpen: false,
          ageMs: [],
          laterInMs: undefined,
        }),
      },
      destinations: {
        ...store.destinations,
        getMany: async () => {
          // as a connection does that gathers what is asked in one turn
          process.nextTick(() => said.push("question"));
          return new Promise((resolve) => {
            setImmediate(() => resolve([undefined]));
          });
        },
      },
    },
    clock: handClock(),
    log: silentLog,
    nameOf: () => "somebody",
    onSettled: () => undefined,
    onRepeat: () => undefined,
    onNotice: () => undefined,
  });
  pump.wake("BTC");
  await pump.settled();
  expect([...new Set(said)]).toEqual(["question", "words"]);
});
