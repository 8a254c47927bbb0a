import type { Delivery } from "../store/contracts/outbox.ts";
import { type Delivered, type DeliverOptions, type Errand, hold, notAsked, unasked } from "./errand.ts";
import type { FilledSummary } from "./holding.ts";
import { insist } from "./insist.ts";
import { judgeNotice } from "./judge.ts";
import { addressedTo } from "./moves.ts";
import { push, type Push } from "./push.ts";

export async function deliverNotice(
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
  { addressee, until }: Errand,
): Promise<Delivered | ReadyNotice> {
  const { holding } = options;
  const judged = judgeNotice(delivery, addressee, options.clock.now());
  const addressed = addressedTo(addressee, delivery);
  if (judged.kind === "wait") return waitUntil(options, judged.until);
  if (judged.kind === "hold") return hold(options, addressed, judged);
  const summary = await holding.fill(addressed);
  if (judged.kind === "skip") {
    // what came during a mute isn't told after it either
    if (judged.reason === "muted" && summary !== undefined)
      await holding.drop(addressee.destination, summary.ids);
    return unasked({ kind: "skipped", reason: judged.reason });
  }
  const { silent, pushes } = judged;
  const errand = { addressee, until, silent, ...(pushes !== addressee.pushes && { pushes }) };
  if (summary === undefined) return { errand };
  if (summary.ids.length === 0) return unasked({ kind: "skipped", reason: "nothing was held back" });
  await holding.begin(addressee.destination, summary);
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
  const { destination } = errand.addressee;
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

function waitUntil({ clock }: DeliverOptions, until: number): Delivered {
  const retryInMs = clock.realMs(until - clock.now());
  return unasked({ kind: "back", retryInMs, reason: "quiet-hours" });
}
