import { z } from "zod";
import type { Bar } from "../model/types.ts";
import type { TableRow } from "./table.ts";

/** What makes a row unusable. */
export interface RowProblem {
  readonly line: number;
  readonly reason: string;
}

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: RowProblem };

const decimal = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$/;

/** 2009-01-03 to 2100: seconds and microseconds, the usual mistakes, fall far outside. */
const [earliest, latest] = [1_230_940_800_000, 4_102_444_800_000];

type Fault = (value: number) => string | undefined;

const anyNumber: Fault = () => undefined;
const notNegative: Fault = (value) => (value < 0 ? "is negative" : undefined);
const positive: Fault = (value) => (value > 0 ? undefined : "is not above 0");
const barTime: Fault = (value) => {
  if (Number.isInteger(value) && value >= earliest && value <= latest) return undefined;
  return value * 1000 >= earliest && value * 1000 <= latest
    ? "is in seconds: milliseconds are expected"
    : "is not a time in epoch milliseconds";
};

/** An empty field is missing, never 0. */
function optional(fault: Fault) {
  return z
    .string()
    .default("")
    .transform((text, context): number | undefined => {
      if (text === "") return undefined;
      const value = decimal.test(text) ? Number(text) : Number.NaN;
      const problem = Number.isFinite(value) ? fault(value) : `"${text.slice(0, 20)}" is not a number`;
      if (problem === undefined) return value;
      context.issues.push({ code: "custom", message: problem, input: text });
      return z.NEVER;
    });
}

function required(fault: Fault) {
  return optional(fault).transform((value, context): number => {
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: "is missing", input: value });
    return z.NEVER;
  });
}

/** What a header must have; the other columns are optional. */
export const barColumns = [
  "timestamp",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "taker_buy_volume",
  "open_interest",
];

const barRow = z.object({
  timestamp: required(barTime),
  open: required(positive),
  high: required(positive),
  low: required(positive),
  close: required(positive),
  volume: required(notNegative),
  taker_buy_volume: optional(notNegative),
  open_interest: optional(notNegative),
  long_short_ratio: optional(positive),
  funding_rate: optional(anyNumber),
  long_liquidations: optional(notNegative),
  short_liquidations: optional(notNegative),
});

/** One row of recorded bars, or why it is none. */
export function toBar(row: TableRow): Checked<Bar> {
  const parsed = check(barRow, row);
  if (!parsed.ok) return parsed;
  const fields = parsed.value;
  const { open, high, low, close, volume } = fields;
  if (low > Math.min(open, close) || high < Math.max(open, close))
    return wrong(row, `open ${open} or close ${close} lies outside of low ${low} to high ${high}`);
  const bar = { openTime: fields.timestamp, open, high, low, close, volume };
  return { ok: true, value: withOptional(bar, fields) };
}

function withOptional(bar: Bar, fields: z.output<typeof barRow>): Bar {
  return {
    ...bar,
    ...(fields.taker_buy_volume !== undefined && { takerBuyVolume: fields.taker_buy_volume }),
    ...(fields.open_interest !== undefined && { openInterest: fields.open_interest }),
    ...(fields.long_short_ratio !== undefined && { longShortRatio: fields.long_short_ratio }),
    ...(fields.funding_rate !== undefined && { fundingRate: fields.funding_rate }),
    ...(fields.long_liquidations !== undefined && { longLiquidations: fields.long_liquidations }),
    ...(fields.short_liquidations !== undefined && { shortLiquidations: fields.short_liquidations }),
  };
}

/** Liquidations of an interval, base units; absent is unknown. */
export interface LiquidationTotal {
  readonly openTime: number;
  readonly longLiquidations: number | undefined;
  readonly shortLiquidations: number | undefined;
}

export const liquidationColumns = ["timestamp", "long_liquidations", "short_liquidations"];

const liquidationRow = z.object({
  timestamp: required(barTime),
  long_liquidations: optional(notNegative),
  short_liquidations: optional(notNegative),
});

export function toLiquidationTotal(row: TableRow): Checked<LiquidationTotal> {
  const parsed = check(liquidationRow, row);
  if (!parsed.ok) return parsed;
  const { timestamp, long_liquidations, short_liquidations } = parsed.value;
  return {
    ok: true,
    value: {
      openTime: timestamp,
      longLiquidations: long_liquidations,
      shortLiquidations: short_liquidations,
    },
  };
}

function check<T>(schema: z.ZodType<T>, row: TableRow): Checked<T> {
  if (row.fieldCount !== row.columnCount)
    return wrong(row, `${row.fieldCount} fields where the header has ${row.columnCount}`);
  const parsed = schema.safeParse(row.fields);
  if (parsed.success) return { ok: true, value: parsed.data };
  return wrong(
    row,
    parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join(", "),
  );
}

function wrong(row: TableRow, reason: string): { readonly ok: false; readonly problem: RowProblem } {
  return { ok: false, problem: { line: row.line, reason } };
}
