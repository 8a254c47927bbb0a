import type { Log } from "./log.ts";

/**
 * A log to which failures that somebody else has explained for all are details, whatever their level and their
 * number. `explains` is asked about each of a line's fields.
 */
export function calmLog(log: Log, explains: (thrown: unknown) => boolean): Log {
  const unlessExplained =
    (level: "info" | "warn" | "error"): Log["warn"] =>
    (fields, message) => {
      const isExplained = Object.values(fields).some((value) => explains(value));
      log[isExplained ? "debug" : level](fields, message);
    };
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: unlessExplained("info"),
    warn: unlessExplained("warn"),
    error: unlessExplained("error"),
    child: (fields) => calmLog(log.child(fields), explains),
  };
}
