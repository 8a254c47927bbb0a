import { quarantinesOf } from "../../../alerts/quarantine.ts";
import type { DestinationRecord } from "../../../alerts/subscription.ts";
import type { Imbalance, VenueShare } from "../../../model/types.ts";
import type { Texts } from "../../../texts/texts.ts";
import { venueName } from "../../../texts/venues.ts";
import { bold, plain, type Paragraph, type Reply } from "../reply.ts";

export interface StatusFacts {
  readonly symbols: readonly { readonly symbol: string; readonly imbalance: Imbalance | undefined }[];
  readonly pending: number;
  readonly record: DestinationRecord | undefined;
}

/** How the bot does: venues, age of the data, deliveries. */
export function statusReply(texts: Texts, { symbols, pending, record }: StatusFacts): Reply {
  const { say } = texts;
  const venues = worstByVenue(symbols.flatMap(({ imbalance }) => imbalance?.venues ?? []));
  const deliveries =
    pending === 0
      ? say("bot-status-deliveries-none")
      : say("bot-status-deliveries", { pending: texts.count(pending) });
  const paragraphs: (Paragraph | undefined)[] = [
    bold(say("bot-status-title")),
    plain(symbols.map(({ symbol, imbalance }) => symbolLine(texts, symbol, imbalance)).join("\n")),
    venues.length === 0 ? undefined : plain(venues.map((venue) => `• ${venueLine(texts, venue)}`).join("\n")),
    plain([deliveries, hereLine(texts, record)].join("\n")),
  ];
  return { paragraphs: paragraphs.filter((part) => part !== undefined) };
}

function symbolLine(texts: Texts, symbol: string, imbalance: Imbalance | undefined): string {
  if (imbalance === undefined) return texts.say("bot-status-symbol-none", { symbol });
  const { venues, ageMs, learned } = imbalance;
  if (ageMs === null) return texts.say("bot-status-symbol-stale", { symbol });
  const fresh = venues.filter(({ status }) => status === "fresh").length;
  const known = {
    symbol,
    venues: `${texts.count(fresh)}/${texts.count(venues.length)}`,
    age: texts.age(ageMs),
  };
  if (learned === undefined) return texts.say("bot-status-symbol", known);
  const skill = texts.percent(learned.skill);
  return texts.say("bot-status-symbol-learned", { ...known, date: texts.time(learned.since), skill });
}

/** From good to bad; a venue that doesn't list a symbol isn't off for the others. */
const order: readonly VenueShare["status"][] = ["disabled", "fresh", "quarantined", "stale", "failed"];

/** A venue that fails for one symbol is worth knowing about, even if it answers for the others. */
function worstByVenue(shares: readonly VenueShare[]): readonly VenueShare[] {
  const worst = new Map<string, VenueShare>();
  for (const share of shares) {
    const known = worst.get(share.id);
    if (known === undefined || rank(share) > rank(known)) worst.set(share.id, share);
  }
  return [...worst.values()];
}

function rank({ status, ageMs }: VenueShare): number {
  return order.indexOf(status) + Math.min(0.99, (ageMs ?? 0) / 86_400_000);
}

function venueLine(texts: Texts, share: VenueShare): string {
  const { id, ageMs } = share;
  const known = { name: venueName(id), status: statusOf(texts, share) };
  if (ageMs === null) return texts.say("bot-status-venue", known);
  return texts.say("bot-status-venue-age", { ...known, age: texts.age(ageMs) });
}

function statusOf(texts: Texts, share: VenueShare): string {
  const [quarantine] = quarantinesOf({ venues: [share] });
  if (share.status !== "quarantined" || quarantine === undefined)
    return texts.say(`bot-status-${share.status}`);
  return texts.say(`bot-status-quarantined-${quarantine.cause}`);
}

function hereLine(texts: Texts, record: DestinationRecord | undefined): string {
  if (record?.disabled !== undefined) {
    return texts.say("bot-status-here-disabled", { reason: record.disabled.reason });
  }
  return texts.say("bot-status-here", { count: texts.count(record?.subscriptions.length ?? 0) });
}
