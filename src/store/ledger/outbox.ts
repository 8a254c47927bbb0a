import type { DestinationRecord } from "../../alerts/subscription.ts";
import { bookedVisitScript, claimScript, visitScript } from "./claimScript.ts";
import type { Claimed, Delivery, Found, KeptAlert, Outbox } from "../contracts/outbox.ts";
import type { Booking, Line } from "../contracts/pace.ts";
import { createDocumentReader } from "../destinations/destinationDocument.ts";
import { expandScript, insertArguments, insertScript, keyArguments } from "./fanOut.ts";
import { registerKeys, symbolKeys, turnKeys } from "../keys.ts";
import { ledgerTtlMs } from "./ledgerLua.ts";
import { countScript, releaseScript } from "./outboxScripts.ts";
import { packOutcomes } from "./outcomeLines.ts";
import { asList, asNumber, asRuns, asText } from "../redis/reply.ts";
import { settleScript } from "./settleScript.ts";
import { defineScript } from "../redis/script.ts";
import type { RedisClient } from "../redis/script.ts";
import { decodeTurn, mostLeases } from "./turns.ts";

/** As many hold Redis up for a millisecond; many more at once would hold up everybody. */
const maxClaim = 192;

/**
 * So many get their places in line from the script that claims them: a place takes Redis several commands, and more of
 * them would hold it up for longer than a script may.
 */
const mostBooked = 32;

/** Failures after which a delivery is given up; with pauses of up to five minutes more than a day of them. */
export const maxFailures = 400;

/** Each of these may have left a copy of the alert with somebody; more would be worse than one missing. */
export const maxUnknowns = 10;

/** A webhook's receiver knows a repeat by its key: only time ends its attempts. */
function mostUnknowns(platform: string): number {
  return platform === "webhook" ? maxFailures : maxUnknowns;
}

/**
 * The ledger: rows pending → sending(attempt) → sent | dead | skipped | held, or back to pending. A row that is
 * `sending` and whose holder is gone comes back by `releaseStuck`. Until somebody else claims it, its holder may still
 * settle it: what was sent in the end should not be sent again. `now` takes the place of Redis' clock.
 */
export function createOutbox(redis: RedisClient, { now }: { readonly now?: () => number } = {}): Outbox {
  const claim = defineScript(redis, claimScript);
  const claimAndTake = defineScript(redis, visitScript);
  const claimTakeAndBook = defineScript(redis, bookedVisitScript);
  const readDocument = createDocumentReader();
  const settle = defineScript(redis, settleScript);
  const release = defineScript(redis, releaseScript);
  const count = defineScript(redis, countScript);
  const insert = defineScript(redis, insertScript);
  const expand = defineScript(redis, expandScript);
  const time = (): number | string => now?.() ?? "";
  return {
    // elsewhere, in a cluster
    endsTurns: !redis.isCluster,
    claim: async (place, platform, limit, visitor) => {
      const { alert, ledger, messages } = symbolKeys(place);
      const wanted = Math.max(0, Math.min(limit, maxClaim));
      const keys = scriptKeys(place, platform);
      const args = [time(), wanted, ledgerTtlMs, alert, ledger, messages];
      if (visitor === undefined || redis.isCluster)
        return decodeClaimed(place, asList(await claim(keys, args)));
      const { leases, moved, pushes } = turnKeys;
      const allKeys = [...keys, leases, moved, pushes, registerKeys.documents];
      const allArgs = [...args, visitor.holder, visitor.turnMs, mostLeases];
      const { line } = visitor;
      const answer = asList(
        await (line === undefined
          ? claimAndTake(allKeys, allArgs)
          : claimTakeAndBook([...allKeys, ...line.keys], [...allArgs, mostBooked, ...line.args()])),
      );
      const claimed = decodeClaimed(place, answer);
      const { deliveries } = claimed;
      const found = decodeFound(deliveries, answer.slice(5), readDocument);
      const bookings = decodeBookings(deliveries, line, answer[7]);
      return { ...claimed, found, ...(bookings !== undefined && { bookings }) };
    },
    settle: async (place, platform, outcomes, holder = "") => {
      const { alert, ledger, messages } = symbolKeys(place);
      const args = [time(), ledgerTtlMs, maxFailures, mostUnknowns(platform), alert, ledger, messages];
      const keys = scriptKeys(place, platform);
      const { isCluster } = redis;
      if (!isCluster) keys.push(turnKeys.leases, turnKeys.pushes);
      const answers = await settle(keys, [...args, packOutcomes(outcomes, !isCluster), holder]);
      return asText(answers)
        .split("")
        .map((answer) => answer === "1");
    },
    expand: async (place) => {
      const keys = symbolKeys(place);
      return asNumber(await expand([keys.fanOuts], keyArguments(keys, now?.()))) > 0;
    },
    releaseStuck: async (place, platform, stuckMs) => {
      const { alert, ledger } = symbolKeys(place);
      const bounds = [ledgerTtlMs, maxFailures, mostUnknowns(platform)];
      const args = [time(), stuckMs, maxClaim, ...bounds, alert, ledger];
      return asNumber(await release(scriptKeys(place, platform), args));
    },
    countPending: async (place) => {
      const keys = symbolKeys(place);
      return asNumber(await count([keys.platforms, keys.fanOuts], [keys.outbox, keys.claimed, keys.beyond]));
    },
    newestEdits: async (place, episodeIds) => {
      const { alert } = symbolKeys(place);
      const kept = await Promise.all(episodeIds.map(async (id) => redis.hget(`${alert}${id}~`, "c")));
      return kept.map((content) => content ?? undefined);
    },
    insert: async (place, at, alerts) => {
      await insert([symbolKeys(place).alerts], insertArguments(place, { at, alerts }, now?.()));
    },
  };
}

function scriptKeys(place: string, platform: string): string[] {
  const { fanOuts, claimed, outbox, bundles, beyond } = symbolKeys(place);
  const lanes = [0, 1, 2, "later"].map((lane) => `${outbox}${platform}:${lane}`);
  return [fanOuts, claimed + platform, ...lanes, bundles + platform, beyond + platform];
}

/** Of those whose turn was taken, by destination. */
function decodeFound(
  deliveries: readonly Delivery[],
  [turns, documents]: readonly unknown[],
  readDocument: ReturnType<typeof createDocumentReader>,
): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  if (turns === undefined) return found;
  const lines = asText(turns).split("\n");
  const texts = asRuns(documents);
  if (lines.length !== deliveries.length || texts.length !== deliveries.length)
    throw new Error("a claim answers for others than it claimed");
  deliveries.forEach(({ destination }, at) => {
    const turn = decodeTurn(lines[at] ?? "");
    if (turn.kind !== "taken") return;
    const read = readOne(destination, texts[at], readDocument);
    if (read.isReadable) found.set(destination, { turn, record: read.record });
  });
  return found;
}

/** Undefined where nothing was claimed, or too much for one script. */
function decodeBookings(
  deliveries: readonly Delivery[],
  line: Line | undefined,
  places: unknown,
): readonly Booking[] | undefined {
  if (line === undefined || places === undefined) return undefined;
  const bookings = line.read(places);
  if (bookings.length !== deliveries.length) throw new Error("a claim booked for others than it claimed");
  return bookings;
}

/** One that can't be read concerns nobody else who was claimed: it isn't found, and its visitor will see why. */
function readOne(
  destination: string,
  text: string | undefined,
  readDocument: ReturnType<typeof createDocumentReader>,
): { readonly isReadable: boolean; readonly record?: DestinationRecord | undefined } {
  if (text === undefined) return { isReadable: true };
  try {
    return { isReadable: true, record: readDocument(destination, text) };
  } catch {
    return { isReadable: false };
  }
}

interface ClaimedAlert {
  readonly version: string;
  readonly alert: KeptAlert;
}

function decodeClaimed(place: string, [isOpen, ages, dueIn, alerts, rows]: readonly unknown[]): Claimed {
  const kept = asList(alerts).map((alert) => decodeAlert(asList(alert)));
  return {
    deliveries: decodeDeliveries(place, kept, asText(rows)),
    isOpen: asNumber(isOpen) === 1,
    ageMs: asList(ages).map(optionalMs),
    laterInMs: optionalMs(dueIn),
  };
}

function optionalMs(reply: unknown): number | undefined {
  const text = asText(reply);
  return text === "" ? undefined : Number(text);
}

function decodeAlert(fields: readonly unknown[]): ClaimedAlert {
  const [alertId = "", episodeId = "", content = "", at, ageMs, version = "", kind, rule = ""] =
    fields.map(asText);
  return {
    version,
    alert: {
      alertId,
      episodeId,
      kind: kind === "edit" ? kind : "push",
      content,
      rule,
      createdAt: Number(at),
      ageMs: Number(ageMs),
    },
  };
}

function decodeDeliveries(place: string, alerts: readonly ClaimedAlert[], text: string): readonly Delivery[] {
  const deliveries: Delivery[] = [];
  let kept: ClaimedAlert | undefined;
  let ticket = "";
  for (const line of text === "" ? [] : text.split("\n")) {
    if (line.startsWith("\t")) {
      const end = line.indexOf("\t", 1);
      kept = alerts[Number(line.slice(1, end))];
      ticket = line.slice(end + 1);
    } else {
      if (kept === undefined) throw new Error("a claimed row names no alert");
      const { alert, version } = kept;
      const first: Delivery = {
        place,
        alert,
        destination: line,
        attempt: 1,
        failures: 0,
        unknowns: 0,
        unknownMs: 0,
        ticket,
        version,
      };
      // nearly all are tried for the first time: they are only a name
      deliveries.push(line.includes("\t") ? withTroubles(first, line) : first);
    }
  }
  return deliveries;
}

function withTroubles(first: Delivery, line: string): Delivery {
  const [destination = "", attempt, failures, unknowns, unknownMs, messageId = ""] = line.split("\t");
  return {
    ...first,
    destination,
    attempt: Number(attempt),
    failures: Number(failures),
    unknowns: Number(unknowns),
    unknownMs: Number(unknownMs),
    ...(messageId !== "" && { messageId }),
  };
}
