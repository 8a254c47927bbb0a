import type { Side } from "../model/types.ts";

/** What a venue sent cannot be what it claims to be; the message says which field and shows the value. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** The venue answers, but with old figures. */
export class Stale extends Error {
  override readonly name = "Stale";
}

export type Fields = Readonly<Record<string, unknown>>;

const earliestMs = 1e12; // September 2001: anything below is seconds, or nonsense
const latestMs = 1e14; // year 5138: microseconds, or nonsense
const shownLength = 80;
/** No venue's price, quantity or notional comes near; the cheapest coins are counted in a thousand million millions. */
const largest = 1e18;

export function asFields(value: unknown, what: string): Fields {
  if (!isFields(value)) throw new Malformed(`${what} is not an object: ${show(value)}`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} is not a list: ${show(value)}`);
  return value;
}

/** Venues send numbers as strings or as numbers; an empty string is not 0. */
export function asNumber(value: unknown, what: string): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) {
    throw new Malformed(`${what} is not a finite number: ${show(value)}`);
  }
  if (Math.abs(number) > largest) throw new Malformed(`${what} is too large to be true: ${show(value)}`);
  return number;
}

export function asName(value: unknown, what: string): string {
  if (typeof value !== "string" || value === "") throw new Malformed(`${what} is no name: ${show(value)}`);
  return value;
}

/** "long", "short" */
export function asSide(value: unknown): Side {
  const word = typeof value === "string" ? value.toLowerCase() : "";
  if (word === "long" || word === "short") return word;
  throw new Malformed(`a liquidation's side is neither long nor short: ${show(value)}`);
}

/** The position that an order closed: a sell closed a long. */
export function asOrderSide(side: unknown): Side {
  const word = typeof side === "string" ? side.toLowerCase() : "";
  if (word === "sell") return "long";
  if (word === "buy") return "short";
  throw new Malformed(`a liquidation's side is neither buy nor sell: ${show(side)}`);
}

export function asPositive(value: unknown, what: string): number {
  const number = asNumber(value, what);
  if (number <= 0) throw new Malformed(`${what} is not positive: ${show(value)}`);
  return number;
}

export function asAmount(value: unknown, what: string): number {
  const number = asNumber(value, what);
  if (number < 0) throw new Malformed(`${what} is negative: ${show(value)}`);
  return number;
}

export function asTime(value: unknown, what: string): number {
  const number = asNumber(value, what);
  if (!Number.isSafeInteger(number)) throw new Malformed(`${what} is not a time: ${show(value)}`);
  if (number > latestMs) throw new Malformed(`${what} is not a time: ${show(value)}`);
  if (number < earliestMs) throw new Malformed(`${what} is not in milliseconds: ${show(value)}`);
  return number;
}

/** A time that the venue counts in seconds, in ms. */
export function asSeconds(value: unknown, what: string): number {
  const number = asNumber(value, what);
  if (number * 1000 > latestMs) throw new Malformed(`${what} is not in seconds: ${show(value)}`);
  return asTime(Math.round(number * 1000), what);
}

/** "2026-11-20T12:00:00.000Z" */
export function asIsoTime(value: unknown, what: string): number {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  if (!Number.isFinite(time)) throw new Malformed(`${what} is not a time: ${show(value)}`);
  return asTime(time, what);
}

const futureMs = 120_000; // clocks differ; by more, somebody is wrong

/** A venue that repeats old figures looks alive. `oldestMs` is how old the newest of a kind may be. */
export function checkFresh(time: number, now: number, oldestMs: number): void {
  if (time > now + futureMs) throw new Malformed(`${iso(time)} is ${seconds(time - now)} in the future`);
  if (now - time > oldestMs)
    throw new Stale(`newest figure is from ${iso(time)}, ${seconds(now - time)} ago`);
}

const iso = (time: number): string => new Date(time).toISOString();
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** The start of a bar: a time on the grid of its step. */
export function asOpenTime(value: unknown, stepMs: number): number {
  const time = asTime(value, "candle time");
  if (time % stepMs !== 0)
    throw new Malformed(`candle time is off the ${stepMs / 1000} s grid: ${show(value)}`);
  return time;
}

export interface Ohlc {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export function asOhlc(open: unknown, high: unknown, low: unknown, close: unknown): Ohlc {
  const ohlc = {
    open: asPositive(open, "open"),
    high: asPositive(high, "high"),
    low: asPositive(low, "low"),
    close: asPositive(close, "close"),
  };
  const inside = ohlc.low <= Math.min(ohlc.open, ohlc.close) && ohlc.high >= Math.max(ohlc.open, ohlc.close);
  if (!inside)
    throw new Malformed(`candle's high and low don't hold its body: ${show([open, high, low, close])}`);
  return ohlc;
}

/** A side of an order book as nearly all venues write it: [price, quantity, …], the best first. */
export function asLevels(value: unknown, what: string, unit = 1): (readonly [number, number])[] {
  return asList(value, what).map((level) => {
    const [price, quantity] = asList(level, what);
    return [asPositive(price, `${what}' price`), asAmount(quantity, `${what}' quantity`) * unit];
  });
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
