import type { Pushes } from "../alerts/pushes.ts";
import type { Delivery } from "../store/contracts/outbox.ts";
import type { Sender, SendRequest } from "./contracts.ts";
import { barred, type Delivered, type DeliverOptions, type Errand, hold, notAsked } from "./errand.ts";
import { heed } from "./heed.ts";
import { letterFor, type LetterOrNone, requestOf } from "./letter.ts";
import { addressedTo, followAnswer } from "./moves.ts";
import { settlement } from "./settlement.ts";

export interface Push extends Errand {
  readonly silent: boolean;
  readonly pushes?: Pushes;
}

/** Without `async`, as what it calls: each would be a promise more for each of very many. */
export function push(
  options: DeliverOptions,
  delivery: Delivery,
  errand: Push,
): Delivered | Promise<Delivered> {
  const letter = letterFor(options, delivery, errand.addressee);
  if (!(letter instanceof Promise)) return post(options, delivery, { letter, errand });
  return letter.then(async (drawn) => post(options, delivery, { letter: drawn, errand }));
}

/** A process may have died between holding it back and saying so: then a summary tells it. */
export async function pushAgain(
  options: DeliverOptions,
  delivery: Delivery,
  errand: Push,
): Promise<Delivered> {
  const addressed = addressedTo(errand.addressee, delivery);
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
  const bar = barred(options, until);
  if (bar !== undefined) return bar;
  const possibleRepeat = delivery.unknowns > 0 && delivery.unknownMs >= (sender.repeatSafeMs ?? 0);
  if (possibleRepeat) options.onRepeat();
  const request = requestOf(letter, possibleRepeat, silent);
  return sender.send(request).then((answer) => {
    if (answer.kind === "sent") return pushes === undefined ? { result: answer } : { result: answer, pushes };
    return afterTrouble(options, delivery, { answer, request, pushes, until });
  });
}

interface Trouble {
  readonly answer: Awaited<ReturnType<Sender["send"]>>;
  readonly request: SendRequest;
  readonly pushes: Pushes | undefined;
  readonly until: number;
}

async function afterTrouble(
  options: DeliverOptions,
  delivery: Delivery,
  { answer, request, pushes, until }: Trouble,
): Promise<Delivered> {
  const mayGo = (): boolean => barred(options, until) === undefined;
  const { result, destination, moved } = await followAnswer(options, answer, { request, mayGo });
  const retryInMs = await heed(options, result, destination);
  const attempted = { delivery, retryInMs, ageMs: delivery.alert.ageMs };
  const settled = settlement(result, { ...attempted, isUnpaced: options.sender.pace === undefined });
  const isSent = settled.kind === "sent";
  return {
    result: isSent && destination !== delivery.destination ? { ...settled, destination } : settled,
    ...(isSent && pushes !== undefined && { pushes }),
    ...(moved !== undefined && { moved }),
    ...(retryInMs > 0 && { restMs: retryInMs }),
  };
}
