import type { z } from "zod";
import { roundNotional } from "../../alerts/limits.ts";
import { nearestThresholds } from "../../alerts/rules.ts";

type Issue = z.core.$ZodIssue;

/** Named of one line; whoever has more to mend will see them next. */
const mostNamed = 3;

/**
 * What keeps `json` from being a record, in words behind a line's number. Names fields, and numbers where there are
 * others to write instead; never texts: a chat's id would end up in somebody's terminal or log.
 */
export function wordProblems(issues: readonly Issue[], json: unknown): string {
  const named = issues.slice(0, mostNamed).map((issue) => wordProblem(issue, json));
  const more = issues.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function wordProblem(issue: Issue, json: unknown): string {
  const field = fieldOf(issue.path);
  if (issue.code === "unrecognized_keys") return `${field || "it"} has ${unknownFields(issue.keys)}`;
  if (field === "") return "it is no record: an object in braces";
  if (valueAt(json, issue.path) === undefined) return `${field} is missing`;
  return `${field} ${wordsOf(issue)}`;
}

/** As one would ask `jq` for it: subscriptions[0].ratio */
function fieldOf(path: Issue["path"]): string {
  return path.reduce<string>((field, part) => {
    if (typeof part === "number") return `${field}[${part}]`;
    return field === "" ? String(part) : `${field}.${String(part)}`;
  }, "");
}

function unknownFields(keys: readonly string[]): string {
  // what is no name of a field may be anything
  const names = keys.filter((key) => /^[a-z]\w{0,29}$/i.test(key));
  const word = keys.length === 1 ? "a field" : "fields";
  return `${word} that no record has${names.length > 0 ? `: ${names.join(", ")}` : ""}`;
}

function valueAt(json: unknown, path: Issue["path"]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.entries(value).find(([key]) => key === String(part))?.[1];
  }, json);
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  int: "whole number",
  boolean: "true or false",
  array: "list",
  object: "object",
};

function wordsOf(issue: Issue): string {
  // our own; zod's would read oddly behind a field's name
  if (!/^[A-Z]/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `is no ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `has to be ${issue.values.map(String).join(" or ")}`;
    case "invalid_union":
      return "is neither of what it can be";
    case "too_small":
      return `is too small: at least ${issue.inclusive === true ? issue.minimum : Number(issue.minimum) + 1}`;
    case "too_big":
      return tooBig(issue.origin, String(issue.maximum));
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "not_multiple_of":
    case "unrecognized_keys":
      return "is wrong";
  }
}

function tooBig(origin: string, most: string): string {
  if (origin === "array") return `are too many: at most ${most}`;
  return origin === "string" ? `is longer than ${most} characters` : `is too big: at most ${most}`;
}

export function wordThreshold(ratio: number): string {
  const [below, above] = nearestThresholds(ratio);
  if (below === above) return `is ${ratio}, and no threshold there is: the nearest is ${below}`;
  return `is ${ratio}, and no threshold there is: the nearest are ${below} and ${above}`;
}

export function wordSum(sum: number): string {
  return `is ${sum}, and sums have two significant digits: the nearest is ${roundNotional(sum)}`;
}
