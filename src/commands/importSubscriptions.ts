import { type Imported, importLines, type ImportOptions } from "../store/destinations/transfer.ts";
import { ExitError } from "./exit.ts";

export interface ImportTools extends Pick<ImportOptions, "destinations" | "rules"> {
  /** Those that are polled. */
  readonly symbols: readonly string[];
  readonly say: (line: string) => void;
}

/** Lines that are named before "and n more". */
const mostNamed = 20;

/** Takes an export's lines and says what became of them; throws an ExitError where some were not taken. */
export async function importSubscriptions(
  lines: AsyncIterable<string>,
  { destinations, rules, symbols, say }: ImportTools,
): Promise<void> {
  let named = 0;
  const onRefused = (line: number, reason: string): void => {
    named += 1;
    if (named <= mostNamed) say(`line ${line}: ${reason}`);
  };
  const imported = await importLines(lines, { destinations, rules, onRefused });
  if (named > mostNamed) say(`and ${named - mostNamed} more`);
  for (const line of wordImport(imported, symbols)) say(line);
  const { refused } = imported;
  if (refused === 0) return;
  throw new ExitError(`${counted(refused, "line was", "lines were")} not taken: mend and import again`);
}

function wordImport({ records, subscriptions, symbols }: Imported, polled: readonly string[]): string[] {
  const wishes = counted(subscriptions, "subscription", "subscriptions");
  const taken = `${counted(records, "destination", "destinations")} with ${wishes} taken`;
  const strangers = [...symbols].filter((symbol) => !polled.includes(symbol)).toSorted();
  if (strangers.length === 0) return [taken];
  const them = strangers.length === 1 ? "it" : "them";
  return [taken, `nothing is said of ${strangers.join(", ")} while SYMBOLS doesn't name ${them}`];
}

function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}
