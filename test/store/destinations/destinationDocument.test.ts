import { expect, test } from "vitest";
import type { DestinationRecord } from "../../../src/alerts/subscription.ts";
import {
  createDocumentReader,
  formatDocument,
  parseDocument,
} from "../../../src/store/destinations/destinationDocument.ts";

function aRecord(index: number): DestinationRecord {
  const wish = {
    symbol: "BTC",
    direction: "both",
    notionalUsd: "auto",
    confidence: 50,
    mode: "loud",
  } as const;
  const disabled = { reason: "blocked", at: index, ownerTold: false };
  return {
    version: 1,
    destination: `telegram:${index}`,
    settings: { kind: "direct", ...(index % 3 === 0 && { loudPerDay: index }) },
    subscriptions: [{ ...wish, id: 1, ratio: 1 + (index % 400) / 100 }],
    nextId: 2,
    ...(index % 5 === 0 && { disabled }),
  };
}

test("read for a crowd, each destination has what its own document says, whoever else was read before", () => {
  const read = createDocumentReader();
  // more documents than it remembers, some of them the same but for whose they are
  const records = Array.from({ length: 1_200 }, (_, index) => aRecord(index));
  for (const record of [...records, ...records.toReversed()]) {
    const text = formatDocument(record);
    expect(read(record.destination, text)).toEqual(record);
    expect(read("telegram:other", text)).toEqual(parseDocument("telegram:other", text));
  }
});

test("what all want is read once", () => {
  const read = createDocumentReader();
  const text = formatDocument(aRecord(1));
  expect(read("telegram:1", text).subscriptions).toBe(read("telegram:2", text).subscriptions);
});

test("what none of us wrote is refused, also the second time", () => {
  const read = createDocumentReader();
  for (const text of ["[]", '{"v":2}', "{", "[]"]) expect(() => read("telegram:1", text)).toThrow(Error);
});
