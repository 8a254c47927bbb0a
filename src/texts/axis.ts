/** Labels of axes: as few digits as tell neighbours apart, all by Intl. */
export interface AxisFormat {
  /** Prices `step` apart: $84K, $84.5K, $3,200, $0.0000123. */
  readonly price: (usd: number, step: number) => string;
  /** Amounts `step` apart: 0, $50M, $1.5B. */
  readonly amount: (usd: number, step: number) => string;
  /** 13:05, in UTC. */
  readonly hour: (epochMs: number) => string;
  /** Nov 22, in UTC. */
  readonly day: (epochMs: number) => string;
}

const usd = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;
const compactFrom = 10_000;
/** Intl takes no more. */
const mostDigits = 20;

/** Formats of a language, a BCP 47 tag. */
export function createAxisFormat(language: string): AxisFormat {
  const built = new Map<string, Intl.NumberFormat>();
  const numbers = (compact: boolean, digits: number): Intl.NumberFormat => {
    const key = `${compact} ${digits}`;
    const format =
      built.get(key) ??
      new Intl.NumberFormat(language, {
        ...usd,
        ...(compact && { notation: "compact" }),
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
    built.set(key, format);
    return format;
  };
  const steps = (from: number) => (value: number, step: number) => {
    const compact = Math.abs(value) >= from;
    return numbers(compact, digitsOf(step / (compact ? unitOf(value) : 1))).format(value);
  };
  const time = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
    return (epochMs: number) => format.format(epochMs);
  };
  const amount = steps(1_000);
  return {
    price: steps(compactFrom),
    amount: (value, step) => (value === 0 ? "0" : amount(value, step)),
    hour: time({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    day: time({ day: "numeric", month: "short" }),
  };
}

/** Decimals that show a step: 20 → 0, 0.5 → 1, 0.0000025 → 7. */
function digitsOf(step: number): number {
  // 0.30000000000000004 is a step of 0.3
  const significant = Number(step.toPrecision(2)).toExponential();
  const [mantissa = "", exponent = "0"] = significant.split("e");
  const digits = (mantissa.split(".")[1]?.length ?? 0) - Number(exponent);
  return Math.min(mostDigits, Math.max(0, digits));
}

/** What Intl's compact notation counts in. */
function unitOf(value: number): number {
  const size = Math.abs(value);
  if (size >= 1e12) return 1e12;
  if (size >= 1e9) return 1e9;
  return size >= 1e6 ? 1e6 : 1e3;
}
