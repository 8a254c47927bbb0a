import { type Delivery, noticesPlace } from "../store/contracts/outbox.ts";
import { deliverNotice } from "./deliverNotice.ts";
import { edit } from "./edit.ts";
import { type Delivered, type DeliverOptions, type Errand, hold, notAsked, unasked } from "./errand.ts";
import { type Addressee, judge } from "./judge.ts";
import { addressedTo, asSentTo, followNote, wentTo } from "./moves.ts";
import { push, pushAgain } from "./push.ts";
import type { Visit } from "./visits.ts";

/**
 * One delivery: whether, and then the call, and what follows from its answer. Not begun after `until` (monotonic). A
 * promise only where somebody is asked.
 */
export type Deliver = (
  delivery: Delivery,
  visit: Addressee & Pick<Visit, "movedTo">,
  until: number,
) => Delivered | Promise<Delivered>;

/** An alert is news for this long. */
const usefulMs = 10 * 60_000;

export function createDeliver(options: DeliverOptions): Deliver {
  return (delivery, visit, until) => {
    if (visit.movedTo === undefined) return deliverTo(options, delivery, { addressee: visit, until });
    return followNote(options.refusals, visit, visit.movedTo).then(
      async (addressee) => {
        const { destination: to, record } = addressee;
        const { result, ...delivered } = await deliverTo(options, delivery, { addressee, until });
        return { moved: { to, record }, ...delivered, result: wentTo(to, delivery, result) };
      },
      notAsked(options, delivery),
    );
  };
}

function deliverTo(
  options: DeliverOptions,
  delivery: Delivery,
  { addressee, until }: Errand,
): Delivered | Promise<Delivered> {
  const { clock, sender } = options;
  if (delivery.place === noticesPlace) return deliverNotice(options, delivery, { addressee, until });
  const ageMs = delivery.alert.ageMs / clock.realMs(1);
  const moment = { now: clock.now(), ageMs, usefulMs: sender.usefulMs ?? usefulMs };
  const judged = judge(delivery, addressee, moment);
  switch (judged.kind) {
    case "skip":
      return skip(options, delivery, { addressee, reason: judged.reason });
    case "hold":
      return hold(options, addressedTo(addressee, delivery), judged).catch(notAsked(options, delivery));
    case "edit":
      return edit(options, delivery, {
        addressee: asSentTo(delivery, addressee),
        until,
        messageId: judged.messageId,
      });
    case "push": {
      const errand = { addressee, until, silent: judged.silent, pushes: judged.pushes };
      return (delivery.unknowns > 0 ? pushAgain : push)(options, delivery, errand);
    }
  }
}

function skip(
  options: DeliverOptions,
  delivery: Delivery,
  { addressee: { record }, reason }: { readonly addressee: Addressee; readonly reason: string },
): Delivered | Promise<Delivered> {
  const skipped = unasked({ kind: "skipped", reason });
  if (reason !== "disabled" || record === undefined) return skipped;
  return options.refusals.tellOwner(record).then(() => skipped, notAsked(options, delivery));
}
