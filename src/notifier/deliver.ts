import type { Pushes } from "../alerts/pushes.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { type Delivery, type DeliveryResult, noticesPlace } from "../store/contracts/outbox.ts";
import type { Pace } from "../store/contracts/pace.ts";
import type { Sender, SendRequest } from "./contracts.ts";
import { follow, heed, type Heed, type Moved, noteInvalid } from "./heed.ts";
import type { FilledSummary, Holding } from "./holding.ts";
import { insist } from "./insist.ts";
import { judge, judgeNotice, type Judgement } from "./judge.ts";
import { letterFor, type LetterOptions, type LetterOrNone, requestOf } from "./letter.ts";
import { at, followed, type Place, wentTo, where } from "./moves.ts";
import type { Refusals } from "./refusals.ts";
import { editSettlement, type FinalResult, settlement } from "./settlement.ts";

export interface DeliverOptions extends Heed, LetterOptions {
  readonly sender: Sender;
  readonly holding: Holding;
  readonly refusals: Refusals;
  readonly pace: Pick<Pace, "pause" | "noteInvalid">;
  readonly clock: Clock;
  readonly log: Log;
  readonly monotonicMs: () => number;
  /** A message was posted that may be a repeat. */
  readonly onRepeat: () => void;
}

export interface Delivered {
  readonly result: DeliveryResult;
  /** What counts as pushed from now on; undefined: as before. */
  readonly pushes?: Pushes;
  /** The platform was not asked. */
  readonly isUnasked?: true;
  /** The destination took another name. */
  readonly moved?: Moved;
}

/**
 * One delivery: whether, and then the call, and what follows from its answer. Not begun after `until` (monotonic). A
 * promise only where somebody is asked.
 */
export type Deliver = (delivery: Delivery, visit: Place, until: number) => Delivered | Promise<Delivered>;

/** An alert is news for this long. */
const usefulMs = 10 * 60_000;

export function createDeliver(options: DeliverOptions): Deliver {
  return (delivery, visit, until) => {
    if (visit.movedTo === undefined) return deliverTo(options, delivery, { place: visit, until });
    return followed(options.refusals, visit, visit.movedTo).then(
      async (place) => {
        const { destination: to, record } = place;
        const { result, ...delivered } = await deliverTo(options, delivery, { place, until });
        return { moved: { to, record }, ...delivered, result: wentTo(to, delivery, result) };
      },
      notAsked(options, delivery),
    );
  };
}

function deliverTo(
  options: DeliverOptions,
  delivery: Delivery,
  { place, until }: Errand,
): Delivered | Promise<Delivered> {
  const { clock, sender } = options;
  if (delivery.place === noticesPlace) return deliverNotice(options, delivery, { place, until });
  const ageMs = delivery.alert.ageMs / clock.realMs(1);
  const moment = { now: clock.now(), ageMs, usefulMs: sender.usefulMs ?? usefulMs };
  const judged = judge(delivery, place, moment);
  switch (judged.kind) {
    case "skip":
      return skip(options, delivery, { place, reason: judged.reason });
    case "hold":
      return hold(options, at(place, delivery), judged).catch(notAsked(options, delivery));
    case "edit":
      return edit(options, delivery, { place: where(delivery, place), until, messageId: judged.messageId });
    case "push": {
      const errand = { place, until, silent: judged.silent, pushes: judged.pushes };
      return (delivery.unknowns > 0 ? pushAgain : push)(options, delivery, errand);
    }
  }
}

function skip(
  options: DeliverOptions,
  delivery: Delivery,
  { place: { record }, reason }: { readonly place: Place; readonly reason: string },
): Delivered | Promise<Delivered> {
  const skipped = unasked({ kind: "skipped", reason });
  if (reason !== "disabled" || record === undefined) return skipped;
  return options.refusals.tellOwner(record).then(() => skipped, notAsked(options, delivery));
}

function unasked(result: DeliveryResult): Delivered {
  return { result, isUnasked: true };
}

/** Redis was away, or full, before the platform was asked: nothing was sent that another attempt could repeat. */
function notAsked({ sender, log }: DeliverOptions, delivery: Delivery): (error: unknown) => Delivered {
  return (error) => {
    log.warn({ platform: sender.platform, error }, "a delivery could not be prepared; trying again");
    const result = { kind: "unreachable", reason: "Redis could not be asked" } as const;
    return unasked(settlement(result, { delivery, retryInMs: 0 }));
  };
}

async function hold(
  { holding, onNotice }: DeliverOptions,
  delivery: Delivery,
  { why, until }: Extract<Judgement, { kind: "hold" }>,
): Promise<Delivered> {
  await holding.hold(delivery, why, until);
  onNotice();
  return unasked({ kind: "held", reason: why });
}

function waitUntil({ clock }: DeliverOptions, until: number): Delivered {
  const retryInMs = clock.realMs(until - clock.now());
  return unasked({ kind: "back", retryInMs, reason: "quiet-hours" });
}

interface Errand {
  readonly place: Place;
  readonly until: number;
}

async function deliverNotice(
  options: DeliverOptions,
  delivery: Delivery,
  errand: Errand,
): Promise<Delivered> {
  const ready = await readyNotice(options, delivery, errand).catch(notAsked(options, delivery));
  if ("result" in ready) return ready;
  if (ready.summary === undefined) return push(options, delivery, ready.errand);
  return tell(options, delivery, { summary: ready.summary, errand: ready.errand });
}

/**
 * A summary is filled with what was held back for it; every other notice says what it says. Marked before it is sent: a
 * process may die over it, and another summary be due before this one is taken over.
 */
async function readyNotice(
  options: DeliverOptions,
  delivery: Delivery,
  { place, until }: Errand,
): Promise<Delivered | ReadyNotice> {
  const { holding } = options;
  const judged = judgeNotice(delivery, place, options.clock.now());
  const addressed = at(place, delivery);
  if (judged.kind === "wait") return waitUntil(options, judged.until);
  if (judged.kind === "hold") return hold(options, addressed, judged);
  const summary = await holding.fill(addressed);
  if (judged.kind === "skip") {
    // what came during a mute isn't told after it either
    if (judged.reason === "muted" && summary !== undefined)
      await holding.drop(place.destination, summary.ids);
    return unasked({ kind: "skipped", reason: judged.reason });
  }
  const { silent, pushes } = judged;
  const errand = { place, until, silent, ...(pushes !== place.pushes && { pushes }) };
  if (summary === undefined) return { errand };
  if (summary.ids.length === 0) return unasked({ kind: "skipped", reason: "nothing was held back" });
  await holding.begin(place.destination, summary);
  return { errand, summary };
}

interface ReadyNotice {
  readonly errand: Push;
  readonly summary?: FilledSummary;
}

async function tell(
  options: DeliverOptions,
  delivery: Delivery,
  { summary, errand }: Required<ReadyNotice>,
): Promise<Delivered> {
  const { holding, log } = options;
  const { name, content, ids, mayRepeat } = summary;
  const { destination } = errand.place;
  const alert = { ...delivery.alert, alertId: name, content };
  const delivered = await push(options, { ...delivery, alert, ...(mayRepeat && doubtful) }, errand);
  const { result, moved } = delivered;
  const to = moved?.to ?? destination;
  if (result.kind === "sent") await insist(log, async () => holding.drop(to, ids));
  else if (result.kind !== "unknown") await insist(log, async () => holding.takeBack(to, summary));
  return delivered;
}

/** As where its own answer was lost so long ago that nobody knows it by its key any more. */
const doubtful = { unknowns: 1, unknownMs: Infinity };

interface Push extends Errand {
  readonly silent: boolean;
  readonly pushes?: Pushes;
}

/** Without `async`, as what it calls: each would be a promise more for each of very many. */
function push(options: DeliverOptions, delivery: Delivery, errand: Push): Delivered | Promise<Delivered> {
  const letter = letterFor(options, delivery, errand.place);
  if (!(letter instanceof Promise)) return post(options, delivery, { letter, errand });
  return letter.then(async (drawn) => post(options, delivery, { letter: drawn, errand }));
}

/** A process may have died between holding it back and saying so: then a summary tells it. */
async function pushAgain(options: DeliverOptions, delivery: Delivery, errand: Push): Promise<Delivered> {
  const addressed = at(errand.place, delivery);
  const isHeld = await options.holding.holds(addressed).catch(notAsked(options, delivery));
  if (typeof isHeld !== "boolean") return isHeld;
  if (!isHeld) return push(options, delivery, errand);
  const held = { kind: "hold", why: "quiet-hours", until: options.clock.now() } as const;
  return hold(options, addressed, held).catch(notAsked(options, delivery));
}

interface Written {
  readonly letter: LetterOrNone;
  readonly errand: Push;
}

function post(
  options: DeliverOptions,
  delivery: Delivery,
  { letter, errand }: Written,
): Delivered | Promise<Delivered> {
  const { sender } = options;
  const { until, silent, pushes } = errand;
  if ("kind" in letter) return { result: settlement(letter, { delivery, retryInMs: 0 }) };
  if (options.monotonicMs() > until) return tooLate;
  const possibleRepeat = delivery.unknowns > 0 && delivery.unknownMs >= (sender.repeatSafeMs ?? 0);
  if (possibleRepeat) options.onRepeat();
  const request = requestOf(letter, possibleRepeat, silent);
  return sender.send(request).then((answer) => {
    if (answer.kind === "sent") return pushes === undefined ? { result: answer } : { result: answer, pushes };
    return afterTrouble(options, delivery, { answer, request, pushes });
  });
}

/** What was claimed long ago others may have taken over meanwhile. */
export const tooLate: Delivered = unasked({ kind: "back", retryInMs: 0, reason: "not begun in time" });

/** It keeps its place in line, which moves on with all others. */
export const closed: Delivered = unasked({ kind: "back", retryInMs: 0, reason: "not its turn yet" });

interface Trouble {
  readonly answer: Awaited<ReturnType<Sender["send"]>>;
  readonly request: SendRequest;
  readonly pushes: Pushes | undefined;
}

async function afterTrouble(
  options: DeliverOptions,
  delivery: Delivery,
  { answer, request, pushes }: Trouble,
): Promise<Delivered> {
  const { result, destination, moved } = await follow(options, answer, request);
  const retryInMs = await heed(options, result, destination);
  const attempted = { delivery, retryInMs, ageMs: delivery.alert.ageMs };
  const settled = settlement(result, { ...attempted, isUnpaced: options.sender.pace === undefined });
  const isSent = settled.kind === "sent";
  return {
    result: isSent && destination !== delivery.destination ? { ...settled, destination } : settled,
    ...(isSent && pushes !== undefined && { pushes }),
    ...(moved !== undefined && { moved }),
  };
}

async function edit(
  options: DeliverOptions,
  delivery: Delivery,
  { place, until, messageId }: Errand & { readonly messageId: string },
): Promise<Delivered> {
  const { sender } = options;
  const found = letterFor(options, delivery, place);
  const letter = found instanceof Promise ? await found : found;
  if ("kind" in letter) return { result: editSettlement(letter, { delivery, retryInMs: 0 }) };
  if (options.monotonicMs() > until) return tooLate;
  const answer = await (sender.edit === undefined
    ? sender.send({ ...letter, isUpdate: true, possibleRepeat: delivery.unknowns > 0 })
    : sender.edit({ ...letter, messageId }));
  if (answer.kind === "sent") return { result: answer };
  const result: FinalResult = answer.kind === "migrated" ? messageStayed : answer;
  const retryInMs = await heedEdit(options, result, place.destination);
  const attempted = { delivery, retryInMs, ageMs: delivery.alert.ageMs };
  return { result: editSettlement(result, { ...attempted, isUnpaced: sender.pace === undefined }) };
}

/** Whether it may still write there, the next push will show. */
async function heedEdit(options: DeliverOptions, result: FinalResult, destination: string): Promise<number> {
  if (result.kind === "rate-limited") return heed(options, result, destination);
  if (result.kind === "rejected") await noteInvalid(options, result);
  return 0;
}

const messageStayed: FinalResult = { kind: "rejected", reason: "the chat has moved since", disable: false };
