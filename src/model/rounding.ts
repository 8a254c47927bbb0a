/** Digits of prices and notionals in a published map. */
const significantDigits = 6;

/** Powers of ten that are exact, and those between which a value is rounded with one of them. */
const mostDecimals = 22;
const powers = Array.from({ length: mostDecimals + 1 }, (_, exponent) => 10 ** exponent);
const firstExponent = significantDigits - 1 - mostDecimals;

/** Nearer than this to a power of ten, the logarithm must say on which side of it a value is. */
const atEdge = 1e-12;
const starts = Float64Array.from(
  { length: 2 * mostDecimals + 1 },
  (_, i) => 10 ** (firstExponent + i) * (1 + atEdge),
);
const ends = starts.map((_, i) => 10 ** (firstExponent + i + 1) * (1 - atEdge));

/**
 * Rounds the first `count` values, all above 0, to significant digits by whole numbers: many times the speed of
 * `toPrecision`, and the same double. Values that follow one another lie between the same powers of ten, or nearly, so
 * that hardly a logarithm is taken.
 */
export function roundDigits(values: Float64Array, count: number): void {
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const value = values[i] ?? NaN;
    while (at < ends.length - 1 && value >= (ends[at] ?? NaN)) at += 1;
    while (at > 0 && value <= (starts[at] ?? NaN)) at -= 1;
    const isBetween = value > (starts[at] ?? NaN) && value < (ends[at] ?? NaN);
    const exponent = isBetween ? firstExponent + at : Math.floor(Math.log10(value));
    values[i] = roundWith(value, significantDigits - 1 - exponent);
  }
}

function roundWith(value: number, decimals: number): number {
  const power = powers[decimals < 0 ? -decimals : decimals];
  if (power === undefined) return Number(value.toPrecision(significantDigits));
  return decimals >= 0 ? Math.round(value * power) / power : Math.round(value / power) * power;
}
