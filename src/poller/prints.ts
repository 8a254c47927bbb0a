import type { PrintedFeed } from "./adapter.ts";
import type { PrintSource } from "./contracts.ts";
import type { Desk } from "./desk.ts";

/** They may wait behind polls, whose figures are needed sooner. */
const patienceMs = 30_000;

/** Undefined for a venue that isn't asked for its liquidations. */
export function openPrints({ adapter, line, log }: Desk): PrintSource | undefined {
  const { printed } = adapter;
  if (printed === undefined) return undefined;
  const { everyMs, reachMs, each, call } = printed;
  return {
    everyMs,
    reachMs,
    reader: printed,
    read: async (contracts, { from, to }, signal) => {
      const asked = each === "venue" ? contracts.slice(0, 1) : contracts;
      const how = { optional: true, patienceMs, signal };
      try {
        const said = await Promise.all(
          asked.map(async (contract) =>
            line.ask(
              call(contract, from, to),
              (body) => ({ body, from: wholeFrom(printed, body, from) }),
              how,
            ),
          ),
        );
        return {
          answers: said.map(({ body }) => body),
          from: Math.max(...said.map((one) => one.from)),
        };
      } catch (error) {
        log.debug({ venue: adapter.id, reason: String(error) }, "no liquidations this time");
        return undefined;
      }
    },
  };
}

/**
 * Since when an answer is whole: it may have been cut off at its oldest row. Throws Malformed on one without rows in it,
 * which would count as a time without a liquidation.
 */
function wholeFrom({ rows, read, mostRows }: PrintedFeed, body: unknown, from: number): number {
  const found = rows(body);
  if (found.length < mostRows) return from;
  const times = found.flatMap((row) => read(row)?.at ?? []);
  return Math.min(...times) + 1_000;
}
