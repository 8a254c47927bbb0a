import type { LiquidationTotal } from "../contracts.ts";

export interface Agreement {
  readonly series: string;
  /** Hours in which both this venue and the others leaned to a side. */
  readonly hours: number;
  /** Share of them in which it was the same side. */
  readonly agreed: number;
}

const hourMs = 3_600_000;
/** Fewer prints lean by chance. */
const leastPrints = 5;
/** e^0.7: twice as much of one side as of the other. */
const leastLean = 0.7;
const leastHours = 6;
const leastAgreed = 0.3;

/**
 * Markets move together: in an hour of falling prices longs are liquidated everywhere. How often each venue leaned as
 * the others did, over the sums of a day.
 */
export function agreements(day: ReadonlyMap<string, readonly LiquidationTotal[]>): readonly Agreement[] {
  const leans = new Map([...day].map(([series, totals]) => [series, leansByHour(totals)]));
  return [...leans].map(([series, own]) => {
    const others = [...leans].filter(([other]) => other !== series).map(([, lean]) => lean);
    const compared = [...own].flatMap(([hour, lean]) => {
      const said = others.reduce((sum, other) => sum + (other.get(hour) ?? 0), 0);
      return said === 0 ? [] : [Math.sign(said) === lean];
    });
    const same = compared.filter((each) => each).length;
    return { series, hours: compared.length, agreed: compared.length === 0 ? 1 : same / compared.length };
  });
}

/** Whose side convention must be another than we think: it leans against the others most of the time. */
export function isContrary({ hours, agreed }: Agreement): boolean {
  return hours >= leastHours && agreed < leastAgreed;
}

/** 1 for hours of liquidated longs, −1 for shorts; hours that lean to neither are left out. */
function leansByHour(totals: readonly LiquidationTotal[]): Map<number, 1 | -1> {
  const hours = new Map<number, { long: number; short: number; prints: number }>();
  for (const { openTime, long, short, prints } of totals) {
    const hour = Math.floor(openTime / hourMs);
    const sum = hours.get(hour) ?? { long: 0, short: 0, prints: 0 };
    hours.set(hour, { long: sum.long + long, short: sum.short + short, prints: sum.prints + prints });
  }
  const leans = new Map<number, 1 | -1>();
  for (const [hour, { long, short, prints }] of hours) {
    const lean = Math.log(long / short);
    if (prints >= leastPrints && Math.abs(lean) >= leastLean) leans.set(hour, lean > 0 ? 1 : -1);
  }
  return leans;
}
