import { styleText } from "node:util";

const colourOf = { error: "red", warn: "yellow", info: "cyan", debug: "gray" } as const;

/** A JSON log line as one short line for people; an error's stack follows it, indented, when it is worth one. */
export function humanLine(line: string, colours: boolean): string {
  const record = parsed(line);
  if (record === undefined) return line;
  const { time, level, msg, ...fields } = record;
  const clock = typeof time === "string" ? time.slice(11, 19) : "";
  const word = String(level).toUpperCase().padEnd(5);
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${brief(value)}`);
  const head = `${clock} ${colours ? coloured(word, String(level)) : word}`;
  const said = visible([String(msg), ...shown].join(" "));
  return `${head} ${said}${level === "error" ? stackIn(fields) : ""}\n`;
}

/** What steers a terminal, or begins a line, is shown as what it is: outsiders' words are among it. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return String.raw`\u` + (hex.length > 4 ? `{${hex}}` : hex.padStart(4, "0"));
  });
}

function coloured(text: string, level: string): string {
  const known = Object.entries(colourOf).find(([name]) => name === level);
  return known === undefined ? text : styleText(known[1], text);
}

function brief(value: unknown): string {
  if (typeof value === "string") return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value === "object" && value !== null && "stack" in value && "message" in value)
    return JSON.stringify(value.message);
  return JSON.stringify(value);
}

function stackIn(fields: object): string {
  const withStack = Object.values(fields).find(
    (value): value is { stack: string } =>
      typeof value === "object" && value !== null && "stack" in value && typeof value.stack === "string",
  );
  if (withStack === undefined) return "";
  const lines = withStack.stack.split("\n").map((line) => `\n    ${visible(line)}`);
  return lines.join("");
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
