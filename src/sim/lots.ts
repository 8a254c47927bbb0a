import type { Side } from "../model/types.ts";
import type { TrueLevel } from "./contracts.ts";

/**
 * Positions of equal fate: `quantity` lots held by traders with tickets of `ticket` base units each. Prices are
 * absent where nothing happens at them.
 */
export interface Position {
  readonly quantity: number;
  readonly ticket: number;
  readonly entryPrice: number;
  /** Quote per base unit. */
  readonly margin: number;
  readonly trigger: number | undefined;
  readonly stop: number | undefined;
  readonly target: number | undefined;
  /** Where the holder adds `topUp` to the margin, once. */
  readonly warning: number | undefined;
  readonly topUp: number;
  readonly exitAt: number;
}

export type Exit = "liquidated" | "stopped" | "closed";
export type Departure = Pick<Position, "quantity" | "ticket" | "entryPrice" | "margin"> & {
  readonly trigger: number;
};

export interface PriceRange {
  readonly low: number;
  readonly high: number;
}

/** Positions of equal fate as they stand: who holds them keeps the number until they leave. */
export interface Holding extends Departure {
  readonly id: number;
}

/** One side's positions on one venue. */
export interface Lots {
  readonly total: () => number;
  readonly add: (position: Position) => void;
  /** Lets everybody go whom the range or the time takes; afterwards the warned add margin. */
  readonly sweep: (
    range: PriceRange,
    now: number,
    onExit: (exit: Exit, departure: Departure) => void,
  ) => void;
  readonly levels: (lotSize: number) => readonly TrueLevel[];
  /** A trigger that never comes is ±Infinity or not above 0. */
  readonly holdings: () => readonly Holding[];
  readonly holding: (id: number) => Holding | undefined;
  /** Traders; their number times a lot is in base units over base units a ticket. */
  readonly accounts: () => number;
  /** Lots in tickets that were worth at least `largeTicketUsd` when they were opened. */
  readonly large: () => number;
}

const largeTicketUsd = 60_000;

/** Trigger of a position whose margin changed. */
export type Repricer = (ticket: number, entryPrice: number, margin: number) => number | undefined;

const columns = [
  "id",
  "quantity",
  "ticket",
  "entry",
  "margin",
  "trigger",
  "stop",
  "target",
  "warning",
  "topUp",
  "exitAt",
] as const;
type Columns = Record<(typeof columns)[number], Float64Array>;

function allocate(length: number, old?: Columns): Columns {
  const column = (name: keyof Columns): Float64Array => {
    const fresh = new Float64Array(length);
    if (old !== undefined) fresh.set(old[name]);
    return fresh;
  };
  return {
    id: column("id"),
    quantity: column("quantity"),
    ticket: column("ticket"),
    entry: column("entry"),
    margin: column("margin"),
    trigger: column("trigger"),
    stop: column("stop"),
    target: column("target"),
    warning: column("warning"),
    topUp: column("topUp"),
    exitAt: column("exitAt"),
  };
}

const at = (column: Float64Array, index: number): number => column[index] ?? Number.NaN;

/**
 * Typed columns and one plain loop, because a month of history sweeps them a hundred thousand times. Trigger,
 * stop, target and warning are kept as s·price (s = 1 long, −1 short): then "the price moved against me as far
 * as x" is `adverse <= x` on both sides, and a price that never comes is ∓Infinity.
 */
export function createLots(side: Side, reprice: Repricer): Lots {
  const sign = side === "long" ? 1 : -1;
  let capacity = 256;
  let data = allocate(capacity);
  let count = 0;
  let total = 0;
  let accounts = 0;
  let large = 0;
  let added = 0;

  const oriented = (price: number | undefined, never: number): number =>
    price === undefined ? never : sign * price;

  const tally = (index: number, direction: 1 | -1): void => {
    const quantity = direction * at(data.quantity, index);
    const ticket = at(data.ticket, index);
    total += quantity;
    accounts += quantity / ticket;
    if (ticket * at(data.entry, index) >= largeTicketUsd) large += quantity;
  };

  const add = (position: Position): void => {
    if (count === capacity) {
      capacity *= 2;
      data = allocate(capacity, data);
    }
    added += 1;
    data.id[count] = added;
    data.quantity[count] = position.quantity;
    data.ticket[count] = position.ticket;
    data.entry[count] = position.entryPrice;
    data.margin[count] = position.margin;
    data.trigger[count] = oriented(position.trigger, -Infinity);
    data.stop[count] = oriented(position.stop, -Infinity);
    data.target[count] = oriented(position.target, Infinity);
    data.warning[count] = oriented(position.warning, -Infinity);
    data.topUp[count] = position.topUp;
    data.exitAt[count] = position.exitAt;
    count += 1;
    tally(count - 1, 1);
  };

  const remove = (index: number): void => {
    tally(index, -1);
    count -= 1;
    for (const name of columns) data[name][index] = at(data[name], count);
  };

  const departureOf = (index: number): Departure => ({
    quantity: at(data.quantity, index),
    ticket: at(data.ticket, index),
    entryPrice: at(data.entry, index),
    margin: at(data.margin, index),
    trigger: sign * at(data.trigger, index),
  });

  const addMargin = (index: number): void => {
    const margin = at(data.margin, index) + at(data.topUp, index);
    const trigger = reprice(at(data.ticket, index), at(data.entry, index), margin);
    data.margin[index] = margin;
    data.trigger[index] = oriented(trigger, -Infinity);
    data.warning[index] = -Infinity;
  };

  const sweep: Lots["sweep"] = (range, now, onExit) => {
    const adverse = sign > 0 ? range.low : -range.high;
    const favourable = sign > 0 ? range.high : -range.low;
    const { trigger, stop, target, warning, exitAt } = data;
    const exitOf = (index: number): Exit | undefined => {
      // a stop lies nearer than the trigger, so the price meets it first
      if (adverse <= at(stop, index)) return "stopped";
      if (adverse <= at(trigger, index)) return "liquidated";
      return favourable >= at(target, index) || now >= at(exitAt, index) ? "closed" : undefined;
    };
    for (let index = 0; index < count;) {
      const exit = exitOf(index);
      if (exit !== undefined) {
        onExit(exit, departureOf(index));
        remove(index);
        continue;
      }
      if (adverse <= at(warning, index)) addMargin(index);
      index += 1;
    }
  };

  const levels: Lots["levels"] = (lotSize) => {
    const found: TrueLevel[] = [];
    for (let index = 0; index < count; index += 1) {
      const price = sign * at(data.trigger, index);
      const quantity = at(data.quantity, index) * lotSize;
      if (Number.isFinite(price)) found.push({ price, quantity, notionalUsd: quantity * price });
    }
    return found.toSorted((a, b) => sign * (b.price - a.price));
  };

  const holdings: Lots["holdings"] = () =>
    Array.from({ length: count }, (_, index) => ({ id: at(data.id, index), ...departureOf(index) }));
  const holding: Lots["holding"] = (id) => {
    const index = data.id.subarray(0, count).indexOf(id);
    return index === -1 ? undefined : { id, ...departureOf(index) };
  };

  return {
    total: () => total,
    add,
    sweep,
    levels,
    holdings,
    holding,
    accounts: () => accounts,
    large: () => large,
  };
}
