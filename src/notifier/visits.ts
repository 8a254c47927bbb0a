import { noPushes, parsePushes, type Pushes } from "../alerts/pushes.ts";
import type { DestinationRecord } from "../alerts/subscription.ts";
import type { Destinations } from "../store/contracts/destinations.ts";
import type { Claimed, Delivery, Found } from "../store/contracts/outbox.ts";
import type { Booking, Line, Pace } from "../store/contracts/pace.ts";
import type { Turns } from "../store/contracts/turns.ts";
import type { Sender } from "./contracts.ts";
import { wishOf } from "./wishOf.ts";

/** A turn ends by itself where its process died; while a call lasts it is kept (keepMs). */
export const turnMs = 4_000;
/** Somebody else is there; they will soon be gone. */
const busyMs = 200;
/** Nothing is said to a destination whose record can't be read, until it can. */
const unreadableMs = 5_000;

/** A delivery that may go. */
export interface Row {
  readonly delivery: Delivery;
  /** By the monotonic clock. */
  readonly claimedAt: number;
  readonly booked: BookedPlace | undefined;
}

/** Redis books by its clock, somewhere in a trip: a place is between these (monotonic). */
export interface BookedPlace {
  readonly at: number;
  readonly surelyAt: number;
}

/** To Redis and back, monotonic. */
export interface Trip {
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** This process' turn at one destination; rows may join it until it ends. */
export interface Visit {
  readonly destination: string;
  readonly rows: Row[];
  record: DestinationRecord | undefined;
  pushes: Pushes;
  /** The destination that took its place. */
  movedTo: string | undefined;
  isChanged: boolean;
  /** Nothing is asked there before (monotonic). */
  restsUntil: number;
  /** Set when no more rows may join; resolves when the turn is over in Redis too. */
  ending: Promise<void> | undefined;
}

/** A row that can't go now. */
export interface Returned {
  readonly delivery: Delivery;
  readonly retryInMs: number;
  readonly reason: string;
}

export interface Received {
  /** Begun by these rows; others have joined one that is under way. */
  readonly visits: readonly Visit[];
  readonly returned: readonly Returned[];
  /** Destinations whose record can't be read. */
  readonly unreadable: number;
  /** The platform takes nothing from anybody for so many real ms. */
  readonly closedMs: number;
}

export interface ReceiveOptions {
  readonly sender: Sender;
  readonly destinations: Pick<Destinations, "getMany">;
  readonly turns: Pick<Turns, "take" | "keep">;
  readonly pace: Pick<Pace, "book" | "refund">;
  readonly holder: string;
  readonly monotonicMs: () => number;
  /** Work for them that can be done while Redis answers. Never throws. */
  readonly prepare: (deliveries: readonly Delivery[]) => void;
}

/** What a claim brought; `found` and `bookings` where it has asked for them already. */
export type Taken = Pick<Claimed, "deliveries" | "found" | "bookings">;

interface Claim extends Taken {
  readonly trip: Trip;
}

/**
 * Reads in one trip what is still to be known of a claim's destinations, and books their places in line: neither where
 * the claim has done it all.
 */
export async function receive(
  options: ReceiveOptions,
  underWay: Map<string, Visit>,
  { deliveries, found, bookings, trip }: Claim,
): Promise<Received> {
  const before = strangersAmong(underWay, deliveries);
  let { strangers } = before;
  if (before.endings.length > 0) {
    // what was pushed there in a turn that is ending must be read after it
    await Promise.all(before.endings);
    ({ strangers } = strangersAmong(underWay, deliveries));
  }
  const asked = Promise.all([
    findOut(options, strangers, found),
    bookings === undefined ? book(options, deliveries) : { bookings, trip },
  ]);
  options.prepare(deliveries);
  const [{ known, unreadable }, booked] = await asked;
  const visits: Visit[] = [];
  for (const destination of strangers) {
    const one = known.get(destination);
    if (one === undefined) continue;
    const visit = visitOf(destination, one);
    visits.push(visit);
    underWay.set(destination, visit);
  }
  // nobody can have claimed it earlier
  const claim = { deliveries, booked, unreadable, claimedAt: trip.askedAt };
  return { visits, unreadable: unreadable.size, ...assign(underWay, claim) };
}

const nothingFound: ReadonlyMap<string, Found> = new Map();
const noneUnreadable: ReadonlySet<string> = new Set();

interface FoundOut {
  readonly known: ReadonlyMap<string, Found>;
  /** Whose record can't be read. */
  readonly unreadable: ReadonlySet<string>;
}

/** What the claim didn't find out already: in a cluster all of it, elsewhere whose turn was another's. */
async function findOut(
  { destinations, turns, holder }: ReceiveOptions,
  strangers: readonly string[],
  found = nothingFound,
): Promise<FoundOut> {
  const unknown = strangers.filter((destination) => !found.has(destination));
  if (unknown.length === 0) return { known: found, unreadable: noneUnreadable };
  const [{ records, unreadable }, taken] = await Promise.all([
    readRecords(destinations, unknown),
    turns.take(unknown, holder, turnMs),
  ]);
  const known = new Map(found);
  unknown.forEach((destination, index) => {
    const turn = taken[index];
    if (turn?.kind === "taken" && !unreadable.has(destination))
      known.set(destination, { turn, record: records[index] });
  });
  return { known, unreadable };
}

interface Records {
  readonly records: readonly (DestinationRecord | undefined)[];
  readonly unreadable: ReadonlySet<string>;
}

/** One that can't be read holds up nobody else: then each is read by itself. */
async function readRecords(
  destinations: ReceiveOptions["destinations"],
  names: readonly string[],
): Promise<Records> {
  try {
    return { records: await destinations.getMany(names), unreadable: noneUnreadable };
  } catch {
    const each = await Promise.allSettled(names.map(async (name) => destinations.getMany([name])));
    const failed = names.filter((_, index) => each[index]?.status === "rejected");
    return {
      records: each.map((one) => (one.status === "fulfilled" ? one.value[0] : undefined)),
      unreadable: new Set(failed),
    };
  }
}

function visitOf(destination: string, { turn: { movedTo, pushes }, record }: Found): Visit {
  return {
    destination,
    rows: [],
    record,
    pushes: pushes === undefined ? noPushes : parsePushes(pushes),
    movedTo,
    isChanged: false,
    restsUntil: 0,
    ending: undefined,
  };
}

/** Destinations that this process doesn't visit, and of visits that are just ending when they are over. */
function strangersAmong(
  underWay: ReadonlyMap<string, Visit>,
  deliveries: readonly Delivery[],
): { readonly strangers: readonly string[]; readonly endings: readonly Promise<void>[] } {
  const strangers = new Set<string>();
  const endings: Promise<void>[] = [];
  for (const { destination } of deliveries) {
    const visit = underWay.get(destination);
    if (visit === undefined) strangers.add(destination);
    else if (visit.ending !== undefined) endings.push(visit.ending);
  }
  return { strangers: [...strangers], endings };
}

interface Booked {
  readonly bookings: readonly (Booking | undefined)[];
  readonly trip: Trip;
}

interface Assigned extends Pick<Claim, "deliveries"> {
  readonly claimedAt: number;
  readonly booked: Booked;
  readonly unreadable: ReadonlySet<string>;
}

function assign(
  underWay: ReadonlyMap<string, Visit>,
  { deliveries, booked: { bookings, trip }, unreadable, claimedAt }: Assigned,
): Pick<Received, "returned" | "closedMs"> {
  const returned: Returned[] = [];
  let closedMs = 0;
  deliveries.forEach((delivery, index) => {
    const booking = bookings[index];
    const visit = underWay.get(delivery.destination);
    if (booking?.kind === "wait") {
      if (booking.isAll) closedMs = Math.max(closedMs, booking.ms);
      const retryInMs = booking.isAll ? 0 : booking.ms;
      returned.push({ delivery, retryInMs, reason: "not its turn yet" });
    } else if (unreadable.has(delivery.destination)) {
      returned.push({ delivery, retryInMs: unreadableMs, reason: "its record can't be read" });
    } else if (visit === undefined || visit.ending !== undefined) {
      returned.push({ delivery, retryInMs: busyMs, reason: "somebody else is there" });
    } else {
      visit.rows.push({ delivery, claimedAt, booked: booking && placeOf(booking, trip) });
    }
  });
  return { returned, closedMs };
}

function placeOf({ inMs }: Extract<Booking, { kind: "go" }>, { askedAt, answeredAt }: Trip): BookedPlace {
  return { at: askedAt + inMs, surelyAt: answeredAt + inMs };
}

async function book(
  { sender, pace, monotonicMs }: ReceiveOptions,
  deliveries: readonly Delivery[],
): Promise<Booked> {
  const askedAt = monotonicMs();
  if (sender.pace === undefined || !isLimited(sender.pace.limits))
    return { bookings: [], trip: { askedAt, answeredAt: askedAt } };
  const { limits, names } = sender.pace;
  const wishes = deliveries.map(({ destination }) => wishOf(names, destination));
  const bookings = await pace.book(sender.platform, limits, wishes);
  return { bookings, trip: { askedAt, answeredAt: monotonicMs() } };
}

/** In which a claim books by itself; undefined where nothing limits the platform. */
export function lineOf({ platform, pace: asked }: Sender, pace: Pick<Pace, "line">): Line | undefined {
  if (asked === undefined || !isLimited(asked.limits)) return undefined;
  return pace.line(platform, asked.limits, asked.names);
}

function isLimited({ perSecond, chatGapMs, groupPerMinute }: NonNullable<Sender["pace"]>["limits"]): boolean {
  return Number.isFinite(perSecond) || chatGapMs > 0 || Number.isFinite(groupPerMinute);
}
