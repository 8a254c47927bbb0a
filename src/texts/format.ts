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
  /** Written out: 1 hour, 7 days. */
  readonly duration: (count: number, unit: DurationUnit) => string;
  /** Day and minute in UTC, without the zone's name. */
  readonly utcTime: (epochMs: number) => string;
  /** Day and minute on a zone's clock, without the zone's name. `zone` is an IANA name; throws a RangeError on others. */
  readonly localTime: (epochMs: number, zone: string) => string;
  /** The same with the name the zone has then: the hour that comes twice in autumn is told apart by it. */
  readonly zonedTime: (epochMs: number, zone: string) => string;
}

export type DurationUnit = "hour" | "day";

const usd = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;

/** From here on two significant digits round to a million or more. */
const compactFrom = 995_000;

export function createFormat(locale: string): Format {
  const numbers = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const format = new Intl.NumberFormat(locale, options);
    return (value) => format.format(value);
  };
  const unit = (name: DurationUnit) => numbers({ style: "unit", unit: name, unitDisplay: "long" });
  const durations = { hour: unit("hour"), day: unit("day") };
  const localTime = createLocalTime(locale);
  const plainMoney = numbers({ ...usd, maximumSignificantDigits: 2 });
  const compactMoney = numbers({ ...usd, notation: "compact", maximumSignificantDigits: 2 });
  return {
    money: (value) => (Math.abs(value) < compactFrom ? plainMoney(value) : compactMoney(value)),
    percent: numbers({ style: "percent", maximumSignificantDigits: 2 }),
    ratio: numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    price: createPrice(numbers),
    count: numbers({ maximumFractionDigits: 0 }),
    duration: (count, name) => durations[name](count),
    utcTime: (epochMs) => localTime(epochMs, "UTC"),
    localTime,
    zonedTime: createLocalTime(locale, { timeZoneName: "short" }),
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

const dayAndMinute = {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;

/** Zones are few, but a stranger can name them all. */
const mostFormats = 500;

function createLocalTime(
  locale: string,
  more: Intl.DateTimeFormatOptions = {},
): (epochMs: number, zone: string) => string {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (epochMs, zone) => {
    const known = formats.get(zone);
    if (known !== undefined) return known.format(epochMs);
    const format = new Intl.DateTimeFormat(locale, { ...dayAndMinute, ...more, timeZone: zone });
    if (formats.size < mostFormats) formats.set(zone, format);
    return format.format(epochMs);
  };
}
