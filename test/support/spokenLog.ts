import type { Log } from "../../src/ops/log.ts";

/** What was said at which level; fields of a child are left out. */
export interface SpokenLog extends Log {
  readonly said: { readonly level: string; readonly message: string; readonly fields: object }[];
}

export function spokenLog(): SpokenLog {
  const said: SpokenLog["said"] = [];
  const at =
    (level: string) =>
    (fields: object, message: string): void => {
      said.push({ level, message, fields });
    };
  const log: SpokenLog = {
    said,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: () => log,
  };
  return log;
}
