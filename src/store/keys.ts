import { noticesPlace } from "./contracts/outbox.ts";

/**
 * The only place where names of keys are made. Everything one script touches shares a hash tag, the first pair of
 * braces, and so lies in one slot of a Redis Cluster: a symbol's keys under `{BTC}`, a venue's under `{venue:bybit}`.
 */
const root = "lopside";

const symbolPattern = /^[A-Z0-9]{1,20}$/;
/** A venue, or a part of what is kept of one: "bybit:tiers". */
const venuePattern = /^[A-Za-z0-9_:-]{1,40}$/;

/** String: the version of this layout. */
export const schemaKey = `${root}:schema`;

/** String: there as long as Redis has what workers began with (dataMark.ts). */
export const dataMarkKey = `${root}:data`;

export interface SymbolKeys {
  /** Hash: version, slot, time of the commit, memory, imbalance, what was learned of liquidations. */
  readonly state: string;
  /** Hash: encoded model state by venue. */
  readonly series: string;
  /** Hash: open time of the newest closed bar by venue. */
  readonly cursors: string;
  /** String: packed liquidation map. */
  readonly map: string;
  /** Hash: the current slot and who has reported in it. */
  readonly round: string;
  /** Hash: newest observation and failure by venue. */
  readonly reports: string;
  /** Hash: packed bars by venue, on their way to the worker. */
  readonly backfills: string;
  /** Hash: what an account holds, by `venue address` (positions.ts). */
  readonly positions: string;
  /** Hash: packed order-book depth by venue (depths.ts). */
  readonly depths: string;
  /** Hash: what was liquidated of a bar, by `series|openTime` (liquidations.ts). */
  readonly liquidated: string;
  /** Prefix of strings: a day of a series' open interest, by `series:grid:day` (openInterest.ts). */
  readonly openInterest: string;
  /** Sorted set: single liquidations, by their time. */
  readonly prints: string;
  /** Set: platforms this symbol ever had deliveries for. */
  readonly platforms: string;
  /** Prefix of strings: one day's minutes, by number of the day since the epoch. */
  readonly history: string;
  /** Prefix of hashes: an alert, by alertId; an episode's newest edit, by `episodeId~`. */
  readonly alert: string;
  /** Sorted set: alertIds, by when they were committed. */
  readonly alerts: string;
  /** Prefix of hashes: what became of an alert, by `alertId:shard` and destination. */
  readonly ledger: string;
  /** Prefix of hashes: an episode's newest message in each destination, by `episodeId:shard`. */
  readonly messages: string;
  /** List: alerts whose rows are not all in the outbox yet, in their order. */
  readonly fanOuts: string;
  /** Prefix of sorted sets: deliveries waiting, by `platform:lane`; the score is when they are due. */
  readonly outbox: string;
  /** Prefix of sorted sets: deliveries claimed, by platform; the score is when they were. */
  readonly claimed: string;
  /** Prefix of hashes: claimed bundles, by platform (bundles.ts). */
  readonly bundles: string;
  /** Prefix of hashes: rows in bundles beyond the one each is counted as, by platform; by lane, or `claimed`. */
  readonly beyond: string;
  /** Hash: rules that anybody subscribed to, and what the set of them is called now (rulePages.ts). */
  readonly rules: string;
  /** Prefix of hashes: a page of a rule's subscribers, by `rule:page`. */
  readonly rulePage: string;
}

/** A name that isn't a symbol throws: braces in it would move the keys to another slot. */
export function symbolKeys(symbol: string): SymbolKeys {
  if (!symbolPattern.test(symbol) && symbol !== noticesPlace)
    throw new Error(`not a symbol: ${JSON.stringify(symbol)}`);
  const base = `${root}:{${symbol}}`;
  return {
    state: `${base}:state`,
    series: `${base}:series`,
    cursors: `${base}:cursors`,
    map: `${base}:map`,
    round: `${base}:round`,
    reports: `${base}:reports`,
    backfills: `${base}:backfills`,
    positions: `${base}:positions`,
    depths: `${base}:depths`,
    liquidated: `${base}:liquidated`,
    openInterest: `${base}:open-interest:`,
    prints: `${base}:prints`,
    platforms: `${base}:platforms`,
    history: `${base}:history:`,
    alert: `${base}:alert:`,
    alerts: `${base}:alerts`,
    ledger: `${base}:ledger:`,
    messages: `${base}:messages:`,
    fanOuts: `${base}:fan-outs`,
    outbox: `${base}:outbox:`,
    claimed: `${base}:claimed:`,
    bundles: `${base}:bundles:`,
    beyond: `${base}:beyond:`,
    rules: `${base}:rules`,
    rulePage: `${base}:rule:`,
  };
}

export interface DestinationKeys {
  /** Hash: in a cluster, its document (registerKeys). */
  readonly document: string;
  /** Prefix of hashes: in a cluster, what was pushed there lately (turnKeys). */
  readonly pushes: string;
  /** Hash: what is held back for a summary, by alertId. */
  readonly held: string;
  /** Hash: in a cluster, who is delivering to it right now (turnKeys). */
  readonly turn: string;
  /** String: the destination that took its place. */
  readonly movedTo: string;
  /** String: destinations whose place it took, a line each. */
  readonly movedFrom: string;
}

/** What stands before and after a destination in its keys, for scripts that are given many at once. */
export const destinationKeyParts = {
  before: `${root}:to:{`,
  document: "}:document",
  pushes: "}:pushes:",
  held: "}:held",
  turn: "}:turn",
  movedTo: "}:moved-to",
  movedFrom: "}:moved-from",
};

export function destinationKeys(destination: string): DestinationKeys {
  const base = `${destinationKeyParts.before}${destination}`;
  return {
    document: base + destinationKeyParts.document,
    pushes: base + destinationKeyParts.pushes,
    held: base + destinationKeyParts.held,
    turn: base + destinationKeyParts.turn,
    movedTo: base + destinationKeyParts.movedTo,
    movedFrom: base + destinationKeyParts.movedFrom,
  };
}

/** What all destinations have in common where they are on one server. */
export const turnKeys = {
  /** Hash: who is delivering right now, by destination (turnScripts.ts). */
  leases: `${root}:{turns}:leases`,
  /** Prefix of hashes: what was pushed lately, for floor, cooldown and budget, by destination (pushed.ts). */
  pushes: `${root}:{turns}:pushes:`,
  /** String: there as long as some destination says where it has moved to. */
  moved: `${root}:{turns}:moved`,
};

/** Set: destinations of a Discord server, or of a Telegram group. */
export function guildKey(guild: string): string {
  return `${root}:guild:{${guild}}`;
}

export const registerKeys = {
  /** Hash: settings and subscriptions, by destination (destinationDocument.ts). */
  documents: `${root}:{destinations}:documents`,
  /** Hash: how many destinations there are, and in how many pages (pages.ts). */
  lists: `${root}:{destinations}:lists`,
  /** Prefix of hashes: a page of all destinations. */
  page: `${root}:{destinations}:page:`,
  /** Set: destinations that the configuration subscribed. */
  configured: `${root}:{destinations}:configured`,
  /** Hash: changes of destinations that are under way, with what they touch. */
  unfinished: `${root}:{destinations}:unfinished`,
  /** Hash: destinations that were forgotten a moment ago, as `time|destination` (forgetting.ts). */
  forgotten: `${root}:{destinations}:forgotten`,
  /** Set: symbols this installation polls or ever polled. */
  symbols: `${root}:{destinations}:symbols`,
};

export interface PaceKeys {
  /** List: when the newest messages were booked for, newest first, µs of Redis' clock. */
  readonly all: string;
  /** String: nothing before this, µs. */
  readonly until: string;
  /** Prefixes of the same by chat. */
  readonly chat: string;
  readonly chatUntil: string;
  /** Prefix of strings: invalid requests by minute. */
  readonly invalid: string;
  /** List: when the newest answers to people went, µs. */
  readonly replies: string;
}

/** What a platform was asked for lately by all processes together. */
export function paceKeys(platform: string): PaceKeys {
  const base = `${root}:{pace:${platform}}`;
  return {
    all: `${base}:all`,
    until: `${base}:until`,
    chat: `${base}:chat:`,
    chatUntil: `${base}:chat-until:`,
    invalid: `${base}:invalid:`,
    replies: `${base}:replies`,
  };
}

export interface PictureKeys {
  /** Prefix of strings: a heatmap's columns, by span. */
  readonly columns: string;
  /** String: what the newest map was made of. */
  readonly detail: string;
  /** Prefix of strings: a picture, by its key. */
  readonly picture: string;
  /** Prefix of strings: that somebody is drawing it. */
  readonly drawing: string;
}

export function pictureKeys(symbol: string): PictureKeys {
  if (!symbolPattern.test(symbol)) throw new Error(`not a symbol: ${JSON.stringify(symbol)}`);
  const base = `${root}:{${symbol}}`;
  return {
    columns: `${base}:columns:`,
    detail: `${base}:detail`,
    picture: `${base}:picture:`,
    drawing: `${base}:drawing:`,
  };
}

/** String: a venue's markets. */
export function marketsKey(venue: string): string {
  if (!venuePattern.test(venue)) throw new Error(`not a venue: ${JSON.stringify(venue)}`);
  return `${root}:{venue:${venue}}:markets`;
}

/** String: where in the spread of starts this installation's polls of a venue begin (startShare.ts). */
export function startShareKey(venue: string): string {
  if (!venuePattern.test(venue)) throw new Error(`not a venue: ${JSON.stringify(venue)}`);
  return `${root}:{venue:${venue}}:start`;
}

/** Hash: accounts whose positions a venue shows, by address. */
export function accountsKey(venue: string): string {
  if (!venuePattern.test(venue)) throw new Error(`not a venue: ${JSON.stringify(venue)}`);
  return `${root}:{venue:${venue}}:accounts`;
}

/** Hash: who holds a lease, until when, and its fence. */
export function leaseKey(name: string): string {
  if (!venuePattern.test(name)) throw new Error(`not a lease: ${JSON.stringify(name)}`);
  return `${root}:lease:{${name}}`;
}

/** Hash: which list of slash commands Discord was given last, by "global" or a server's id. */
export const slashCommandsKey = `${root}:{discord}:commands`;

/** String: what the bots' buttons are signed with. */
export const signingKeyKey = `${root}:{bots}:signing-key`;

/** What the bots remember for a while, by a name of theirs. */
export const botMemoryKeys = {
  /** String: how often. */
  hits: (name: string): string => `${root}:bots:hits:{${name}}`,
  /** String: that it was there. */
  seen: (name: string): string => `${root}:bots:seen:{${name}}`,
  /** String: a value. */
  value: (name: string): string => `${root}:bots:value:{${name}}`,
};

/** String: until when, in real ms, a bucket of a venue's limit is spoken for. */
export function limitKey(venue: string, bucket: string): string {
  if (!venuePattern.test(venue) || !venuePattern.test(bucket))
    throw new Error(`not a limit: ${JSON.stringify([venue, bucket])}`);
  return `${root}:{venue:${venue}}:limit:${bucket}`;
}

/** String: why a venue is to be left alone, for as long as it lives. */
export function restKey(venue: string): string {
  if (!venuePattern.test(venue)) throw new Error(`not a venue: ${JSON.stringify(venue)}`);
  return `${root}:{venue:${venue}}:rest`;
}
