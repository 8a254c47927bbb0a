import type { Edit } from "./change.ts";
import { freshRecord, type Place, wishKey } from "./edits.ts";
import { platformOf } from "./platform.ts";
import { onGrid } from "./rules.ts";
import type { DestinationKind, DestinationRecord, Subscription } from "./subscription.ts";

/** What the configuration asks for: every symbol, at one threshold, in both directions. */
export interface ConfiguredAlerts {
  readonly symbols: readonly string[];
  readonly ratio: number;
}

/**
 * Makes what comes from the configuration in a destination's record what the configuration says now; `undefined`
 * where it no longer names the destination. A symbol keeps its id, and whether it was turned off or made silent here.
 * Users' own subscriptions stay, and are not doubled.
 */
export function followConfig(place: Place, configured: ConfiguredAlerts | undefined): Edit {
  return (record) => {
    const kept =
      configured === undefined ? (record ?? freshRecord(place)) : tried(record ?? freshRecord(place));
    const own = kept.subscriptions.filter((one) => one.fromConfig !== true);
    const before = kept.subscriptions.filter((one) => one.fromConfig === true);
    const { symbols = [], ratio = 2 } = configured ?? {};
    const isOwn = new Set(own.map(wishKey));
    const wanted = symbols.map((symbol): Omit<Subscription, "id"> => {
      const { mode, cooldownMs } = before.find((one) => one.symbol === symbol) ?? { mode: "loud" };
      return {
        symbol,
        ratio: onGrid(ratio),
        direction: "both",
        notionalUsd: "auto",
        confidence: 50,
        ...(cooldownMs !== undefined && { cooldownMs }),
        mode,
        fromConfig: true,
      };
    });
    const added = wanted.filter((one) => !isOwn.has(wishKey(one)));
    return { kind: "keep", record: numbered({ ...kept, subscriptions: own }, added, before) };
  };
}

/** Of a chat its platform tells when it is back; of a webhook only the operator, who starts anew. */
function tried(record: DestinationRecord): DestinationRecord {
  if (record.settings.kind !== "webhook") return record;
  const { disabled: _over, ...kept } = record;
  return kept;
}

function numbered(
  record: DestinationRecord,
  added: readonly Omit<Subscription, "id">[],
  before: readonly Subscription[],
): DestinationRecord {
  let { nextId } = record;
  const subscriptions = added.map((one): Subscription => {
    const id = before.find(({ symbol }) => symbol === one.symbol)?.id ?? nextId;
    if (id === nextId) nextId += 1;
    return { ...one, id };
  });
  return { ...record, subscriptions: [...record.subscriptions, ...subscriptions], nextId };
}

/**
 * What a destination is as far as its name tells: Telegram's groups and channels have negative numbers, channels with
 * a public name an @. The bots know better once somebody speaks there.
 */
export function kindOf(destination: string): DestinationKind {
  const platform = platformOf(destination);
  const id = destination.slice(platform.length + 1);
  if (platform === "console") return "console";
  if (platform === "webhook") return "webhook";
  if (platform === "discord" || id.startsWith("@")) return "channel";
  return id.startsWith("-") ? "group" : "direct";
}
