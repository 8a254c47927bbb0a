const maxDepth = 6;
const maxEntries = 50;
const maxText = 8_000;

type Clean = (text: string) => string;

/**
 * What was handed to the log, as plain JSON values: errors with their stacks and causes wherever they sit, no
 * cycles, no bytes, nothing endless. Never throws, because what is logged is often what just went wrong. Texts
 * pass `clean` before they are cut, so that no half of a secret is left at the cut.
 */
export function toPlain(value: unknown, clean: Clean, seen: readonly object[] = []): unknown {
  if (typeof value === "string") return cut(clean(value));
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value === "function") return "[function]";
  if (typeof value !== "object" || value === null) return value;
  if (seen.includes(value)) return "[circular]";
  if (seen.length >= maxDepth) return "[deep]";
  return plainObject(value, clean, [...seen, value]);
}

const cut = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText)}…` : text);

function plainObject(value: object, clean: Clean, seen: readonly object[]): unknown {
  if (value instanceof Error) return plainError(value, clean, seen);
  if (value instanceof Date || value instanceof URL || value instanceof RegExp) return String(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Map) return plainEntries([...value].slice(0, maxEntries), clean, seen);
  if (Array.isArray(value) || value instanceof Set)
    return [...value].slice(0, maxEntries).map((entry) => toPlain(entry, clean, seen));
  return plainEntries(ownEntries(value), clean, seen);
}

function plainError(error: Error, clean: Clean, seen: readonly object[]): unknown {
  const own = ownEntries(error)
    .filter(([key]) => key !== "stack" && key !== "message")
    .map(([key, entry]): [string, unknown] => [key, key === "command" ? nameOf(entry) : entry]);
  const hidden = ["cause", "errors"]
    .filter((key) => Object.hasOwn(error, key))
    .map((key): [string, unknown] => [key, Reflect.get(error, key)]);
  return {
    type: error.name,
    message: toPlain(error.message, clean, seen),
    stack: toPlain(error.stack, clean, seen),
    ...plainEntries([...own, ...hidden], clean, seen),
  };
}

/** Redis' client hangs what was asked on its errors: the arguments are chats, settings and whole scripts. */
function nameOf(command: unknown): unknown {
  return typeof command === "object" && command !== null && "name" in command ? command.name : "[command]";
}

function plainEntries(entries: readonly [unknown, unknown][], clean: Clean, seen: readonly object[]): object {
  return Object.fromEntries(entries.map(([key, entry]) => [String(key), toPlain(entry, clean, seen)]));
}

function ownEntries(value: object): readonly [string, unknown][] {
  return Object.keys(value)
    .slice(0, maxEntries)
    .map((key) => [key, readOrSay(value, key)]);
}

function readOrSay(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key);
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.name : "thrown"}]`;
  }
}
