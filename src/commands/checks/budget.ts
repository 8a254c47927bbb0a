import type { BudgetRow } from "../../poller/budget.ts";
import type { Finding } from "./finding.ts";

/** A venue that would have to be asked more than it may be is polled less often than wanted; that should be known. */
export function judgeBudgets(rows: readonly BudgetRow[]): readonly Finding[] {
  const over = rows.filter(({ needed, allowed }) => needed > allowed);
  if (over.length === 0) return [{ level: "ok", message: "what is watched fits into every venue's limits" }];
  return over.map(({ venue, bucket, mostSymbols }) => ({
    level: "warning",
    message: `${venue} bears ${counted(mostSymbols)} at this POLL_INTERVAL (its limit on ${bucket})`,
    hint: "Take symbols out of SYMBOLS or make POLL_INTERVAL longer: what doesn't fit waits for a later round.",
  }));
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const counted = (symbols: number): string => `${whole.format(symbols)} symbol${symbols === 1 ? "" : "s"}`;
const headings = ["venue", "limit", "published", "used at most", "polls", "beside them", "bears"];

/** The requests of a minute, by weight: as published, what Lopside keeps to, what polling needs, and books and accounts beside it. */
export function budgetTable(rows: readonly BudgetRow[], symbols: number): string {
  const cells = rows.map(({ venue, bucket, published, allowed, needed, beside, mostSymbols }) => [
    venue,
    bucket,
    whole.format(published),
    whole.format(allowed),
    whole.format(Math.ceil(needed)),
    beside === 0 ? "" : whole.format(Math.ceil(beside)),
    Number.isFinite(mostSymbols) ? counted(mostSymbols) : "any number",
  ]);
  const all = [headings, ...cells];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `\nRequests a minute, by weight, for ${counted(symbols)}:\n${lines.join("\n")}\n`;
}
