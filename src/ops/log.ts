import { pino } from "pino";
import { humanLine } from "./humanLine.ts";
import { toPlain } from "./plain.ts";
import { createScrub } from "./secrets.ts";

/** What rooms need of a logger; pino fits it. */
export interface Log {
  readonly debug: (fields: object, message: string) => void;
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
  readonly child: (fields: object) => Log;
}

export interface LogOptions {
  readonly level: string;
  /** Texts that must never be written, in any spelling. */
  readonly secrets: readonly string[];
  /** Where lines go: stderr, because stdout is for data. */
  readonly destination: { readonly write: (text: string) => unknown };
  /** One line for people instead of JSON; undefined: JSON. */
  readonly human?: { readonly colours: boolean };
}

/** The process' logger. Secrets are taken out of the finished line, so no shape of a field can hide one. */
export function createLog({ level, secrets, destination, human }: LogOptions): Log {
  const scrub = createScrub(secrets);
  const write = (line: string): void => {
    destination.write(scrub(human === undefined ? line : humanLine(line, human.colours)));
  };
  const plainFields = (fields: object): Record<string, unknown> => {
    const plain = toPlain(fields, scrub);
    return typeof plain === "object" && plain !== null ? { ...plain } : { value: plain };
  };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: plainFields, bindings: plainFields },
    },
    { write },
  );
}
