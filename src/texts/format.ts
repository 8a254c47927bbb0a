/** Numbers and times of one language, all by Intl. */
export interface Format {
  /** Two significant digits: $1.1B, $2,000, $770, $1.2, $0.00000045. */
  readonly money: (usd: number) => string;
  /** Two significant digits of a ratio: 0.0237 → 2.4%. */
  readonly percent: (ratio: number) => string;
  /** One decimal, without the sign of multiplication: 2.597 → 2.6. */
  readonly ratio: (ratio: number) => string;
  /** As exchanges show it: $1,000,000, $84,230, $132.45, $0.00001234. */
  readonly price: (usd: number) => string;
  readonly count: (count: number) => string;
  /** Day and minute in UTC, without the zone's name. */
  readonly utcTime: (epochMs: number) => string;
}

const usd = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;

/** From here on two significant digits round to a million or more. */
const compactFrom = 995_000;

export function createFormat(locale: string): Format {
  const numbers = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const format = new Intl.NumberFormat(locale, options);
    return (value) => format.format(value);
  };
  const plainMoney = numbers({ ...usd, maximumSignificantDigits: 2 });
  const compactMoney = numbers({ ...usd, notation: "compact", maximumSignificantDigits: 2 });
  return {
    money: (value) => (Math.abs(value) < compactFrom ? plainMoney(value) : compactMoney(value)),
    percent: numbers({ style: "percent", maximumSignificantDigits: 2 }),
    ratio: numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    price: createPrice(numbers),
    count: numbers({ maximumFractionDigits: 0 }),
    utcTime: createUtcTime(locale),
  };
}

function createPrice(
  numbers: (options: Intl.NumberFormatOptions) => (value: number) => string,
): (value: number) => string {
  const whole = numbers({ ...usd, maximumFractionDigits: 0 });
  const cents = numbers({ ...usd, minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const small = numbers({ ...usd, maximumSignificantDigits: 4 });
  return (value) => {
    if (value >= 1_000) return whole(value);
    return value >= 1 ? cents(value) : small(value);
  };
}

function createUtcTime(locale: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
  });
  return (epochMs) => format.format(epochMs);
}
