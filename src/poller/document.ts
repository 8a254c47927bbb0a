import { venueName } from "../texts/venues.ts";
import type { Lackable, VenueAdapter } from "./adapter.ts";
import { adapters } from "./adapters.ts";
import { budgetOf } from "./budget.ts";
import { ourShare } from "./pace.ts";

/** docs/venues.md, made from what the adapters declare; a test holds the file to it. */

const minuteMs = 60_000;
const dayMs = 86_400_000;
const shown = { symbols: 100, pollIntervalMs: minuteMs };

/** The whole page, as Markdown. */
export function venuesPage(): string {
  return [
    "# Venues",
    "",
    "Written by `npm run venue-docs` from the declarations in `src/poller/venues`; a test holds this page to them.",
    "Tier 1 tells all that the model reads, tier 2 most of it, tier 3 open interest and prices only.",
    "",
    givesTable(),
    "",
    "A symbol is the coin: `BTC` is the venue's main linear perpetual (in USDT, or in the venue's own money) and, where",
    "it is listed and read, the inverse one beside it. Listings by the thousand (1000PEPE, kPEPE, 10000…) are told in",
    "single coins. Open interest counts every contract once: Bybit's and HTX's figures of both sides are halved. What is",
    "delisted or paused drops out with one notice.",
    "",
    "## What is missing, and what stands in for it",
    "",
    ...adapters.flatMap(missing),
    "## Limits",
    "",
    `Lopside uses at most ${ourShare * 100} % of what a venue publishes, counted in Redis over all its processes. A request`,
    "that doesn't fit waits, and one that can wait for the next round is left to it. A venue that says how long to stay",
    "away is obeyed by all processes; one that refuses this location (HTTP 451) is left alone for an hour, and the log",
    "says so. Where reading all candles in a round would take more than ten seconds at that pace, they are read once a",
    "bar, a symbol after the other, and the mark price moves the forming bar in between. Market lists and margin tables are",
    "part of the polls; order books and accounts get most of what those leave, less often where there is less of it, and the",
    "rest is for histories, which wait for their turn request by request. `lopside doctor` prints this table for the symbols",
    "that are watched.",
    "",
    `Requests a minute, by weight, for ${shown.symbols} symbols polled every minute:`,
    "",
    budgetTable(),
    "",
  ].join("\n");
}

function givesTable(): string {
  return table(
    [
      "venue",
      "tier",
      "contracts",
      "open interest's history",
      "long/short ratio",
      "mark candles",
      "single liquidations",
      "margin table",
    ],
    adapters.map((adapter) => [
      `${venueName(adapter.id)} (\`${adapter.id}\`)`,
      String(adapter.declares.tier),
      adapter.declares.contracts.join(", "),
      historyOf(adapter),
      ratioOf(adapter),
      yes(adapter.markCandles !== undefined),
      adapter.declares.liquidations === "none" ? "—" : adapter.declares.liquidations,
      adapter.riskTiers.kind === "venue" ? "the venue's" : "our own",
    ]),
  );
}

function historyOf({ openInterestHistory }: VenueAdapter): string {
  if (openInterestHistory.length === 0) return "—";
  return openInterestHistory
    .map(({ stepMs, keptMs }) => {
      const step = `every ${stepMs / minuteMs} min`;
      return keptMs === undefined ? step : `${step}, ${Math.round(keptMs / dayMs)} days`;
    })
    .join("; ");
}

/** A history's rows may carry it as well. */
function ratioOf({ longShortRatio, declares }: VenueAdapter): string {
  const { longShortRatio: lack } = declares.lacks;
  if (lack === undefined) return "yes";
  return longShortRatio === undefined ? "—" : "partly";
}

const yes = (given: boolean): string => (given ? "yes" : "—");

const labels: Readonly<Record<Lackable, string>> = {
  venueTime: "the venue's time",
  markCandles: "candles of the mark",
  takerVolume: "takers' volume",
  openInterestHistory: "open interest's history",
  longShortRatio: "long/short ratio",
  fundingRate: "funding rate",
  liquidations: "liquidations",
  riskTiers: "margin table",
};

function missing({ id, declares }: VenueAdapter): string[] {
  const lines = Object.entries(labels).flatMap(([name, label]) => {
    const instead = Object.entries(declares.lacks).find(([lack]) => lack === name)?.[1];
    return instead === undefined ? [] : [`- ${label}: ${instead}`];
  });
  const { doubts } = declares;
  if (doubts !== undefined)
    lines.push(
      `- in doubt: ${doubts.openInterest}; where the two differ by more than half, the history is refused (\`malformed\`) and our own samples stand`,
    );
  return lines.length === 0 ? [] : [`**${venueName(id)}**`, "", ...lines, ""];
}

function budgetTable(): string {
  const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  return table(
    ["venue", "limit", "published", "used at most", "polls", "beside them", "symbols it bears"],
    adapters
      .flatMap((adapter) => budgetOf(adapter, shown))
      .map(({ venue, bucket, published, allowed, needed, beside, mostSymbols }) => [
        venueName(venue),
        bucket,
        number.format(published),
        number.format(allowed),
        number.format(Math.ceil(needed)),
        beside === 0 ? "" : number.format(Math.ceil(beside)),
        Number.isFinite(mostSymbols) ? number.format(mostSymbols) : "any number",
      ]),
  );
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}
