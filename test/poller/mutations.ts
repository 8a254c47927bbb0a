/** An answer with one thing in it changed. */
export interface Mutation {
  /** Where and how, for a person. */
  readonly what: string;
  /** What stands there now, as a number; NaN where it is none. */
  readonly figure: number;
  readonly changed: unknown;
}

/** What no figure of a venue can be; `missing` is the absence of anything. */
const missing = Symbol("missing");
const bad: readonly unknown[] = [
  missing,
  null,
  "",
  "abc",
  true,
  [],
  {},
  -1,
  "-1",
  0,
  "0",
  1e300,
  "1e300",
  "NaN",
  "Infinity",
];

type Step = string | number;

/** Every place in an answer, in turn replaced by everything that is bad there. */
export function mutationsOf(body: unknown): Mutation[] {
  return placesIn(body).flatMap((path) =>
    bad.map((value) => ({
      what: `${path.join(".") || "the answer"} → ${value === missing ? "nothing" : JSON.stringify(value)}`,
      figure: typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN,
      changed: replaced(body, path, value),
    })),
  );
}

function placesIn(value: unknown, path: readonly Step[] = []): (readonly Step[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const steps: Step[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...steps.flatMap((step) => placesIn(Reflect.get(value, step), [...path, step]))];
}

function replaced(value: unknown, [step, ...rest]: readonly Step[], by: unknown): unknown {
  if (step === undefined) return by === missing ? undefined : by;
  const inner: unknown = Reflect.get(Object(value), step);
  const next = replaced(inner, rest, by);
  if (Array.isArray(value)) return value.with(Number(step), next);
  const { [step]: _, ...others } = Object(value);
  return rest.length === 0 && by === missing ? others : { ...others, [step]: next };
}
