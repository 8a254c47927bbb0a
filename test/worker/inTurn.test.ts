import { expect, test } from "vitest";
import { createInTurn } from "../../src/worker/inTurn.ts";

/** Work that says when it begins and ends when it is told to. */
function heldWork(said: string[]) {
  const ends = new Map<string, () => void>();
  const begin = (name: string) => async (): Promise<string> => {
    said.push(name);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    return name;
  };
  return { begin, end: (name: string) => ends.get(name)?.() };
}

const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("one key's work waits for what was asked before, another key's does not", async () => {
  const said: string[] = [];
  const { begin, end } = heldWork(said);
  const inTurn = createInTurn();
  const both = [inTurn("BTC", begin("first")), inTurn("BTC", begin("second"))];
  const other = inTurn("ETH", begin("other"));
  await settled();
  expect(said).toEqual(["first", "other"]);
  end("first");
  await settled();
  expect(said).toEqual(["first", "other", "second"]);
  end("second");
  end("other");
  expect(await Promise.all([...both, other])).toEqual(["first", "second", "other"]);
});

test("a failure is its own caller's, and the next one's turn comes", async () => {
  const inTurn = createInTurn();
  const failing = inTurn("BTC", async () => Promise.reject(new Error("the connection broke")));
  const next = inTurn("BTC", async () => "done");
  await expect(failing).rejects.toThrow("the connection broke");
  expect(await next).toBe("done");
});
