/** A moment on a zone's clock. */
export interface LocalTime {
  /** `2026-11-22`. */
  readonly day: string;
  /** Minutes after local midnight, seconds left out. */
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Zones that somebody typed are bounded by what exists, a few hundred. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  // Swedish writes 2026-11-22 14:05
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  });
  formats.set(zone, format);
  return format;
}

/** Thousands ask in the same minute. */
const newest = new Map<string, { readonly minute: number; readonly time: LocalTime }>();

/** `zone` is an IANA name that `isZone` accepted. Throws a RangeError on any other. */
export function localTime(zone: string, at: number): LocalTime {
  const minute = Math.floor(at / 60_000);
  const known = newest.get(zone);
  if (known?.minute === minute) return known.time;
  const time = readTime(zone, at);
  newest.set(zone, { minute, time });
  return time;
}

function readTime(zone: string, at: number): LocalTime {
  const text = formatOf(zone).format(at);
  return { day: text.slice(0, 10), minute: Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)) };
}

export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
