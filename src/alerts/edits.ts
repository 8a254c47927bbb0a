import type { Change, Edit } from "./change.ts";
import { checkWish, type Limits, mostSubscriptions, refuse, settled, type Wish } from "./limits.ts";
import type {
  DestinationKind,
  DestinationRecord,
  DestinationSettings,
  Subscription,
} from "./subscription.ts";

/** What is known of a destination where somebody does something in it; kept when its record begins. */
export interface Place {
  readonly destination: string;
  readonly kind: DestinationKind;
  readonly owner?: string;
  readonly guild?: string;
}

const usual = { direction: "both", notionalUsd: "auto", confidence: 50, mode: "loud" } as const;

/** The record of a place of which nothing is kept yet. */
export function freshRecord({ destination, ...settings }: Place): DestinationRecord {
  return { version: 1, destination, settings, subscriptions: [], nextId: 1 };
}

/** `/start`: settings stay as they were, and what was stopped here goes on. What the place says of itself is noted. */
export function start(place: Place): Edit {
  return (record) => {
    const { disabled: _over, ...kept } = record ?? freshRecord(place);
    const { destination: _same, ...known } = place;
    return keep({ ...kept, settings: { ...kept.settings, ...known } });
  };
}

/** Asking again for what is there already sets its mode and cooldown anew. Goes on where sending was stopped. */
export function subscribe(place: Place, wish: Wish, limits: Limits): Edit {
  return (record) => {
    const refusal = checkWish(wish, limits);
    if (refusal !== undefined) return refusal;
    const { disabled: _over, ...kept } = record ?? freshRecord(place);
    const wanted = { ...usual, ...settled(wish) };
    const same = kept.subscriptions.find((one) => wishKey(one) === wishKey(wanted));
    if (same !== undefined) return keep(replaced(kept, { ...same, ...wanted }));
    if (kept.subscriptions.length >= mostSubscriptions) return tooMany();
    const subscriptions = [...kept.subscriptions, { ...wanted, id: kept.nextId }];
    return keep({ ...kept, subscriptions, nextId: kept.nextId + 1 });
  };
}

/** Which of a destination's subscriptions. */
export type Which = { readonly symbol: string } | { readonly id: number } | "all";

/** What the configuration asks for is turned off: taken away, it would be back at the next start. */
export function unsubscribe(which: Which): Edit {
  return (record) => {
    const meant = new Set(record?.subscriptions.filter((one) => isMeant(one, which)));
    if (record === undefined || meant.size === 0) return refuse("refused-no-such-subscription");
    const subscriptions = record.subscriptions.flatMap((one): Subscription[] => {
      if (!meant.has(one)) return [one];
      return one.fromConfig === true ? [{ ...one, mode: "off" }] : [];
    });
    return keep({ ...record, subscriptions });
  };
}

function isMeant(one: Subscription, which: Which): boolean {
  if (which === "all") return true;
  return "id" in which ? one.id === which.id : one.symbol === which.symbol;
}

/** `cooldownMs: "usual"` is the installation's own again. */
export type SubscriptionChange = Partial<Omit<Wish, "symbol" | "cooldownMs">> & {
  readonly cooldownMs?: number | "usual";
};

/** Refused where it would become the same as another one. */
export function changeSubscription(id: number, change: SubscriptionChange, limits: Limits): Edit {
  return (record) => {
    const one = record?.subscriptions.find((subscription) => subscription.id === id);
    if (record === undefined || one === undefined) return refuse("refused-no-such-subscription");
    const { cooldownMs, ...rest } = change;
    const wish = typeof cooldownMs === "number" ? { ...rest, cooldownMs } : rest;
    const refusal = checkWish(wish, limits);
    if (refusal !== undefined) return refusal;
    const { cooldownMs: before, ...others } = one;
    const cooling = cooldownMs === "usual" || before === undefined ? {} : { cooldownMs: before };
    const next: Subscription = { ...others, ...cooling, ...settled(wish) };
    const isSame = (other: Subscription): boolean => other.id !== id && wishKey(other) === wishKey(next);
    if (record.subscriptions.some(isSame)) return refuse("refused-there-already");
    if (one.fromConfig === true && wishKey(next) !== wishKey(one)) return refuse("refused-from-config");
    return keep(replaced(record, next));
  };
}

/** Once its owner was told that nothing is sent any more. */
export const noteOwnerTold: Edit = (record) => {
  if (record?.disabled === undefined) return refuse("refused-nothing-kept");
  return keep({ ...record, disabled: { ...record.disabled, ownerTold: true } });
};

/** The settings of a place; begins a record where there is none. */
export function changeSettings(
  place: Place,
  change: (settings: DestinationSettings) => DestinationSettings,
): Edit {
  return (record) => {
    const kept = record ?? freshRecord(place);
    return keep({ ...kept, settings: change(kept.settings) });
  };
}

/** What makes two subscriptions of a destination the same one. */
export function wishKey(
  wish: Pick<Subscription, "symbol" | "ratio" | "direction" | "notionalUsd" | "confidence">,
): string {
  const { symbol, ratio, direction, notionalUsd, confidence } = wish;
  return [symbol, ratio, direction, notionalUsd, confidence].join(" ");
}

function replaced(record: DestinationRecord, next: Subscription): DestinationRecord {
  const subscriptions = record.subscriptions.map((one) => (one.id === next.id ? next : one));
  return { ...record, subscriptions };
}

function keep(record: DestinationRecord): Change {
  return { kind: "keep", record };
}

function tooMany(): Change {
  return refuse("refused-too-many-subscriptions", { most: String(mostSubscriptions) });
}
