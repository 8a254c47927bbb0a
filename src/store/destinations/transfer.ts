import { mostNotionals } from "../../alerts/limits.ts";
import { notionalsOf } from "../../alerts/ruleIndex.ts";
import { parseRuleKey, rulesOf } from "../../alerts/rules.ts";
import type { DestinationRecord } from "../../alerts/subscription.ts";
import type { Destinations, Rules } from "../contracts/destinations.ts";
import { messageOf, StoreError } from "../errors.ts";
import { formatRecordLine, parseRecordLine } from "./recordLine.ts";

/** Destinations read at once. */
const batch = 500;

/** Every destination's record as a line of JSON, each once; `onUnreadable` hears how many are none that can be read. */
export async function* exportLines(
  destinations: Pick<Destinations, "list" | "getReadable">,
  onUnreadable: (count: number) => void,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await destinations.list(cursor, batch);
    const names = page.destinations.filter((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    // without those that were forgotten since they were listed
    const { records, unreadable } = await destinations.getReadable(names);
    if (unreadable > 0) onUnreadable(unreadable);
    for (const record of records) yield formatRecordLine(record);
    cursor = page.next;
  } while (cursor !== undefined);
}

export interface Imported {
  readonly records: number;
  readonly subscriptions: number;
  /** That somebody is subscribed to now. */
  readonly symbols: ReadonlySet<string>;
  /** How many lines were not taken. */
  readonly refused: number;
}

export interface ImportOptions {
  readonly destinations: Pick<Destinations, "change">;
  readonly rules: Rules;
  readonly onRefused: (line: number, reason: string) => void;
}

/** Changes under way at once. */
const inFlight = 32;

/** More lines than this, and it is not an export of ours. */
const mostRefused = 1_000;

/**
 * Takes what `exportLines` gave, or what somebody wrote like it: each record takes the place of what is kept of its
 * destination. A line that can't be taken is named with its reason, and the others are; taken twice a file changes
 * nothing more. Throws after a thousand lines that can't.
 */
export async function importLines(lines: AsyncIterable<string>, options: ImportOptions): Promise<Imported> {
  const admits = createSums(options.rules);
  const waiting = new Map<string, Promise<unknown>>();
  const symbols = new Set<string>();
  const tally = { records: 0, subscriptions: 0, refused: 0, symbols };
  const keep = async (record: DestinationRecord): Promise<void> => {
    tally.records += 1;
    tally.subscriptions += record.subscriptions.length;
    for (const { symbol } of record.subscriptions) symbols.add(symbol);
    // of two lines about one destination the later one must be written later
    await waiting.get(record.destination);
    const restoring = restore(options.destinations, record);
    // whoever settles all of them hears of it, which may be a slow reader's next line
    restoring.catch(() => undefined);
    waiting.set(record.destination, restoring);
    if (waiting.size >= inFlight) await settleAll(waiting);
  };
  let line = 0;
  try {
    for await (const text of lines) {
      line += 1;
      if (text.trim() === "") continue;
      const parsed = parseRecordLine(text);
      const problem = parsed.ok ? await saidInWords(admits(parsed.record)) : parsed.reason;
      if (parsed.ok && problem === undefined) {
        await keep(parsed.record);
        continue;
      }
      options.onRefused(line, problem ?? "");
      tally.refused += 1;
      if (tally.refused === mostRefused) throw new Error(wordGivingUp(line));
    }
  } finally {
    await settleAll(waiting);
  }
  return tally;
}

function wordGivingUp(line: number): string {
  return `${mostRefused} lines can't be taken: is it an export of Lopside? What could be was, up to line ${line}`;
}

async function restore(
  destinations: Pick<Destinations, "change">,
  record: DestinationRecord,
): Promise<unknown> {
  return saidInWords(destinations.change(record.destination, () => ({ kind: "keep", record })));
}

/** What Redis' client throws says nothing to whoever imports. */
async function saidInWords<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw new StoreError(
      `Redis did not take all of it: ${messageOf(error)}`,
      "Import the file again when Redis is back: what was taken already is not doubled.",
    );
  }
}

async function settleAll(waiting: Map<string, Promise<unknown>>): Promise<void> {
  await Promise.all(waiting.values());
  waiting.clear();
}

/** Keeps the sums that are watched for a symbol within their number. */
function createSums(rules: Rules): (record: DestinationRecord) => Promise<string | undefined> {
  const known = new Map<string, Set<number>>();
  const sumsOf = async (symbol: string): Promise<Set<number>> => {
    const sums = known.get(symbol) ?? (await watchedSums(rules, symbol));
    known.set(symbol, sums);
    return sums;
  };
  return async ({ subscriptions, disabled }) => {
    for (const subscription of subscriptions) {
      const { symbol, notionalUsd } = subscription;
      const isWatched = disabled === undefined && rulesOf(subscription).length > 0;
      if (notionalUsd === "auto" || !isWatched) continue;
      const sums = await sumsOf(symbol);
      if (!sums.has(notionalUsd) && sums.size >= mostNotionals) {
        const watched = [...sums].toSorted((a, b) => a - b).join(", ");
        return `subscriptions ask for another sum of ${symbol} than the ${mostNotionals} that are watched: ${watched}`;
      }
      sums.add(notionalUsd);
    }
    return undefined;
  };
}

async function watchedSums(rules: Rules, symbol: string): Promise<Set<number>> {
  const { members } = await rules.inUse(symbol);
  return new Set(notionalsOf([...members.keys()].flatMap((key) => parseRuleKey(key) ?? [])));
}
