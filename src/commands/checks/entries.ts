import { silenceOf, type Answer } from "./ask.ts";
import type { Finding } from "./finding.ts";

/** What stands in the way of alerts there: "can't be reached (…)", and what to do about it. */
export interface Trouble {
  readonly level: "warning" | "error";
  readonly what: string;
  readonly hint: string;
}

/** There may be ten thousand entries, and platforms count the questions. */
const mostLookedAt = 100;
const atOnce = 4;

/**
 * Looks at what the operator has configured in one variable. Entries are named by their place, as in the log: one
 * line for all that are as they should be, and one for each that isn't.
 */
export async function checkEntries(
  variable: string,
  entries: readonly string[],
  look: (entry: string) => Promise<Trouble | undefined>,
): Promise<readonly Finding[]> {
  const looked = entries.slice(0, mostLookedAt);
  const troubles: (Trouble | undefined)[] = [];
  for (let at = 0; at < looked.length; at += atOnce)
    troubles.push(...(await Promise.all(looked.slice(at, at + atOnce).map(look))));
  const findings = troubles.flatMap((trouble, index): Finding[] => {
    if (trouble === undefined) return [];
    const { level, what, hint } = trouble;
    return [{ level, message: `entry ${index + 1} of ${variable} ${what}`, hint }];
  });
  const good = looked.length - findings.length;
  if (good === 0) return findings;
  const among = looked.length < entries.length ? `the first ${looked.length}` : looked.length;
  return [{ level: "ok", message: `${variable}: ${good} of ${among} can be posted to` }, ...findings];
}

/** What is not known of an entry is no failure of it. */
export function unanswered(answer: Answer, platform: string): Trouble | undefined {
  const silence = silenceOf(answer);
  if (silence === undefined) return undefined;
  return {
    level: "warning",
    what: `could not be looked at (${silence})`,
    hint: `Ask again: ${platform} answered a moment ago.`,
  };
}
