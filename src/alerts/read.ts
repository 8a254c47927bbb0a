/** What a parser made of untrusted JSON: the value, or why there is none, for a person. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

class Malformed extends Error {}

/** Says where untrusted JSON isn't what it must be. Only inside a `read` given to `parseJson`. */
export function malformed(reason: string): never {
  throw new Malformed(reason);
}

/** Takes JSON as text or already parsed. `read` builds the value from fields, and may call `malformed`. */
export function parseJson<T>(json: unknown, read: (fields: Fields) => T): Parsed<T> {
  try {
    return { ok: true, value: read(fieldsOf(parsed(json), "it")) };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: error.message };
    throw error;
  }
}

/** The fields of one JSON object, each checked as it is taken. */
export interface Fields {
  /** Its "version", where that is the one known here. */
  readonly version: <const T extends number>(known: T) => T;
  readonly keys: () => readonly string[];
  readonly has: (key: string) => boolean;
  readonly number: (key: string) => number;
  /** Greater than 0. */
  readonly positive: (key: string) => number;
  /** An integer from 0. */
  readonly count: (key: string) => number;
  readonly boolean: (key: string) => boolean;
  readonly text: (key: string) => string;
  readonly texts: (key: string) => readonly string[];
  readonly oneOf: <const T extends string>(key: string, allowed: readonly T[]) => T;
  readonly object: (key: string) => Fields;
  readonly objects: (key: string) => readonly Fields[];
}

function parsed(json: unknown): unknown {
  if (typeof json !== "string") return json;
  try {
    return JSON.parse(json);
  } catch {
    return malformed("it is not JSON"); // the parser's own words would quote the text
  }
}

type Check<T> = (field: unknown) => field is T;

const isRecord: Check<Record<string, unknown>> = (field): field is Record<string, unknown> =>
  typeof field === "object" && field !== null && !Array.isArray(field);
const isText: Check<string> = (field) => typeof field === "string";
const isTexts: Check<string[]> = (field) => Array.isArray(field) && field.every(isText);
const isList: Check<readonly unknown[]> = (field) => Array.isArray(field);
const isBoolean: Check<boolean> = (field) => typeof field === "boolean";
const isNumber: Check<number> = (field): field is number =>
  typeof field === "number" && Number.isFinite(field);
const isPositive: Check<number> = (field): field is number => isNumber(field) && field > 0;
const isCount: Check<number> = (field): field is number =>
  isNumber(field) && Number.isSafeInteger(field) && field >= 0;

function fieldsOf(value: unknown, name: string): Fields {
  if (!isRecord(value)) return malformed(`${name} is not an object`);
  const at = (key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);
  const take = <T>(key: string, wanted: string, check: Check<T>): T => {
    const field = at(key);
    return check(field) ? field : malformed(`"${key}" is not ${wanted}`);
  };
  return {
    version: (known) => {
      const version = take("version", "a finite number", isNumber);
      return version === known ? known : malformed(`its version is ${version}, not ${known}`);
    },
    keys: () => Object.keys(value),
    has: (key) => at(key) !== undefined,
    number: (key) => take(key, "a finite number", isNumber),
    positive: (key) => take(key, "a positive number", isPositive),
    count: (key) => take(key, "a count", isCount),
    boolean: (key) => take(key, "true or false", isBoolean),
    text: (key) => take(key, "a text", isText),
    texts: (key) => take(key, "a list of texts", isTexts),
    oneOf: (key, allowed) =>
      allowed.find((word) => word === at(key)) ?? malformed(`"${key}" is not one of ${allowed.join(", ")}`),
    object: (key) => fieldsOf(at(key), `"${key}"`),
    objects: (key) => take(key, "a list", isList).map((item) => fieldsOf(item, `an item of "${key}"`)),
  };
}
