import { expect, test, vi } from "vitest";
import type { Sender } from "../../src/notifier/contracts.ts";
import type { Turns } from "../../src/store/contracts/turns.ts";
import { aGate } from "../support/gate.ts";
import { patient } from "../support/patience.ts";
import { aPush, fakeSender } from "./fakeSender.ts";
import { useScene } from "./scene.ts";
import { subscribed } from "./subscribed.ts";

const scene = useScene();
const destination = "console:1";
const minuteMs = 60_000;

test("a process whose turn was over forgets nothing that another one has pushed since", async () => {
  const { store, clock, commit, notifierOf } = scene();
  await subscribed(store, destination);
  const [gate, { sender, requests }] = [aGate(), fakeSender()];
  const stopped: Sender = {
    ...sender,
    send: async (request) => gate.passed.then(async () => sender.send(request)),
  };
  const slow = notifierOf(stopped);
  await commit(aPush("a1"));
  slow.pump.wake("BTC");
  await vi.waitFor(() => expect(gate.waiting()).toBe(true), patient);
  clock.advance(11 * minuteMs);
  await commit(aPush("a2"));
  const quick = notifierOf(sender);
  quick.pump.wake("BTC");
  await vi.waitFor(() => expect(requests).toHaveLength(1), patient);
  await quick.pump.settled();
  gate.open();
  await slow.pump.settled();
  await commit(aPush("a3"));
  await quick.drain();
  expect(requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
    `a2|${destination}`,
    `a1|${destination}`,
  ]);
});

test("a process keeps its turn for as long as its call lasts", async () => {
  const { store, clock, commit, notifierOf } = scene();
  await subscribed(store, destination);
  const [gate, { sender }] = [aGate(), fakeSender()];
  const hanging: Sender = {
    ...sender,
    send: async (request) => gate.passed.then(async () => sender.send(request)),
  };
  let kept = 0;
  const keep: Turns["keep"] = async (...turn) => {
    await store.turns.keep(...turn);
    kept = clock.now();
  };
  const { pump } = notifierOf(hanging, { store: { ...store, turns: { ...store.turns, keep } } });
  await commit(aPush("a1"));
  pump.wake("BTC");
  await vi.waitFor(() => expect(gate.waiting()).toBe(true), patient);
  clock.advance(3_000);
  await vi.waitFor(() => expect(kept).toBe(clock.now()), patient);
  clock.advance(3_000);
  const turns = await store.turns.take([destination], "another process", 4_000);
  gate.open();
  await pump.settled();
  expect(turns).toEqual([{ kind: "busy" }]);
});
