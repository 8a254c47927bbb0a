import { floorMs } from "../../../../src/alerts/gate.ts";
import { iso, nameNow, type Posted } from "../platforms.ts";
import { alertOf, askingIn, type Evidence, isPush, isSame, recordsIn, type Row } from "./evidence.ts";

/** What is decided once holds for a minute at least; a process may be a moment late beside it. */
const judgedMs = 66_000;
const lateMs = 82_000;
const hourMs = 3_600_000;

/** Every delivery comes to its end. */
export function ended({ rows }: Evidence): readonly string[] {
  return rows
    .filter(({ state }) => state === "pending" || state === "sending")
    .map(({ alertId, destination, state, note }) => `${alertId} to ${destination} is ${state} (${note})`);
}

/** What the ledger says was sent is there, and what it says was not has a reason that was true. */
export function trueOutcomes(evidence: Evidence): readonly string[] {
  return evidence.rows.flatMap((row) => {
    const name = `${row.alertId} to ${row.destination}`;
    if (row.state === "sent") return sentProblems(evidence, row).map((problem) => `${name} ${problem}`);
    if (row.state === "dead")
      return /blocked|bad message|given up after 1\d /.test(row.note) ? [] : [`${name} is dead: ${row.note}`];
    if (row.state !== "skipped") return [];
    if (reasons[row.note]?.(evidence, row) === true) return [];
    return [`${name} was skipped as ${row.note} at ${iso(row.at)}`];
  });
}

function sentProblems(evidence: Evidence, row: Row): readonly string[] {
  if (row.symbol === "notices" && row.alertId.startsWith("summary")) return [];
  const posts = postsOf(evidence, row).filter(({ key }) => key.startsWith(`${row.alertId}|`));
  if (posts.length === 0) return ["was never there"];
  const isNamed = !/^(console|webhook)/.test(row.destination);
  return isNamed && !posts.some(({ messageId }) => messageId === row.note)
    ? [`is not there as ${row.note}`]
    : [];
}

function postsOf(evidence: Evidence, { destination }: Row): readonly Posted[] {
  return evidence.platforms.posts.filter((post) => isSame(evidence, post.destination, destination));
}

type Reason = (evidence: Evidence, row: Row) => boolean;

const reasons: Readonly<Record<string, Reason>> = {
  muted: (evidence, row) =>
    recordsOf(evidence, row).some((one) => (one?.settings.mutedUntil ?? 0) > judgedAtOf(row) - judgedMs),
  disabled: (evidence, row) => recordsOf(evidence, row).some((one) => one?.disabled !== undefined),
  forgotten: (evidence, row) => recordsOf(evidence, row).some((one) => one === undefined),
  off: (evidence, row) =>
    recordsOf(evidence, row).some((one) => one?.subscriptions.some(({ mode }) => mode === "off")),
  unsubscribed: (evidence, row) =>
    recordsOf(evidence, row).some((one) => askingIn(one, row.symbol, row.rule).length === 0),
  "cooling-down": (evidence, row) =>
    pushesOf(evidence, row).some((post) =>
      isWebhook(row)
        ? Math.abs(row.decidedAt - post.at) < 24 * hourMs
        : post.at <= row.at && row.at - post.at < 3 * hourMs + lateMs,
    ),
  floor: (evidence, row) =>
    pushesOf(evidence, row).some(
      (post) => post.at <= row.at + 60_000 && (isWebhook(row) || row.at - post.at < floorMs + lateMs),
    ),
  "nothing was held back": () => true,
};

/** A webhook is judged by when it was decided, however late it comes. */
function isWebhook({ destination }: Row): boolean {
  return destination.startsWith("webhook");
}

function judgedAtOf(row: Row): number {
  return isWebhook(row) ? row.decidedAt : row.at;
}

function recordsOf(evidence: Evidence, { destination, at }: Row) {
  const own = nameNow(evidence.platforms, destination);
  return [destination, own].flatMap((one) => recordsIn(evidence, one, at - judgedMs, at + 5));
}

function pushesOf(evidence: Evidence, row: Row): readonly Posted[] {
  return postsOf(evidence, row).filter((post) => isPush(post) && alertOf(post)?.symbol === row.symbol);
}
