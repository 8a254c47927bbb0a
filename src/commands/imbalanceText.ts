import { bookReach } from "../model/cascade.ts";
import type { CascadeSide, Imbalance } from "../model/types.ts";
import { textsIn } from "../texts/texts.ts";

/** The imbalance for a terminal: the two distances, what lies near, and who said so. */
export function imbalanceText(imbalance: Imbalance): string {
  return `${[...head(imbalance), "", ...bandLines(imbalance), ...cascadeLines(imbalance), "", ...venueLines(imbalance)].join("\n")}\n`;
}

function head({ symbol, markPrice, ratio, regime, ...sides }: Imbalance): string[] {
  const { price, ratio: ratioText } = textsIn("en");
  const title = `${symbol} ${markPrice === null ? "no price" : price(markPrice)} · ${regime}${ratio === null ? "" : ` · ratio ${ratioText(ratio)}`}`;
  return [
    title,
    sideLine("fall", "longs", sides.downDistanceUsd, sides),
    sideLine("rise", "shorts", sides.upDistanceUsd, sides),
  ];
}

function sideLine(
  verb: string,
  who: string,
  distanceUsd: number | null,
  { notionalUsd }: Pick<Imbalance, "notionalUsd">,
): string {
  const { money } = textsIn("en");
  if (notionalUsd === null || distanceUsd === null)
    return `  ${verb}: not enough modelled ${who} within reach`;
  return `  ${verb} ~${money(distanceUsd)} → ${money(notionalUsd)} of ${who}`;
}

function bandLines({ bands }: Imbalance): string[] {
  const { money, percent } = textsIn("en");
  const rows = bands.map(
    ({ distanceRatio, longUsd, shortUsd }) =>
      `  ±${percent(distanceRatio)}`.padEnd(10) + money(longUsd).padStart(10) + money(shortUsd).padStart(12),
  );
  return ["  within".padEnd(14) + "longs".padStart(6) + "shorts".padStart(12), ...rows];
}

/** Where forced orders would outweigh the order books; nothing where none is known. */
function cascadeLines({ cascade }: Imbalance): string[] {
  if (cascade === undefined) return [];
  const { percent } = textsIn("en");
  const line = (what: string, { distanceRatio, likelihood }: CascadeSide): string =>
    distanceRatio === null
      ? `  a ${what} doesn't feed itself within ±${percent(bookReach)}`
      : `  a ${what} feeds itself from ${percent(distanceRatio)} on, in ${percent(likelihood)} of draws`;
  const { down, up, bookCoverage } = cascade;
  const intro = `against the order books (venues with ${percent(bookCoverage)} of open interest):`;
  return ["", intro, line("fall", down), line("rise", up)];
}

function venueLines({ venues, coverage }: Imbalance): string[] {
  const { money, percent, age } = textsIn("en");
  const rows = venues.map(({ id, status, openInterestUsd, ageMs, reason }) => {
    const facts = [
      openInterestUsd === null ? "" : money(openInterestUsd),
      ageMs === null ? "" : age(ageMs),
      reason ?? "",
    ];
    return `  ${id.padEnd(14)} ${status.padEnd(9)} ${facts.filter((fact) => fact !== "").join(" · ")}`;
  });
  return [`venues (${percent(coverage)} of known open interest is fresh; dollars are modelled):`, ...rows];
}
