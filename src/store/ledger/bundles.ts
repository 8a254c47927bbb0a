/**
 * Bundles: rows of one alert that lie in one hash of the ledger and wait for their first attempt. In a lane a bundle is
 * one member, `subject|\n<rows>\n<destination>\n<destination>…`, instead of one for each; a row by itself is
 * `subject|destination`. Very many are told by writing, claiming and counting a fraction of them.
 *
 * Claimed, a bundle is one entry of the claimed set, `lane|order|subject|\n<its first destination>`: a row is in one
 * bundle only, once, so that nothing else is ever called that. The hash of claimed bundles keeps its destinations under
 * the entry and under `#entry` how many of them have no row yet. A destination of a claimed bundle without a row is being
 * sent to, for the first time. Whatever becomes of it, it is a row by itself from then on; with the last one the entry goes.
 *
 * How many rows lie in bundles beyond the one each is counted as is kept by lane (`0` to `2`), and for those that are
 * claimed (`claimed`).
 */
export const bundlesLua = `
local function bundleOf(subject, rows, names)
  if rows == 1 then return subject .. '|' .. names end
  return subject .. '|\\n' .. rows .. '\\n' .. names
end
local function isBundled(rest) return string.byte(rest) == 10 end
-- how many rows, and their destinations, a line each; nil for what is a row by itself
local function openBundle(member)
  if not string.find(member, '|\\n', 1, true) then return nil end
  local subject, rows, names = string.match(member, '^([^|]+)|\\n(%d+)\\n(.*)$')
  return tonumber(rows), names, subject
end
local function firstOf(names) return string.match(names, '^[^\\n]+') end
-- the first of them, and what is left
local function splitNames(names, rows)
  local at = 0
  for _ = 1, rows do at = string.find(names, '\\n', at + 1, true) end
  return string.sub(names, 1, at - 1), string.sub(names, at + 1)
end
local function entryOf(lane, order, subject, first)
  return lane .. '|' .. order .. '|' .. subject .. '|\\n' .. first
end
`;

/** Whose rows a claimed bundle's entry says they are; undefined for the field that counts them. */
export function openEntry(entry: string): string | undefined {
  return /^\d\|[^|]+\|([^|]+)\|\n/.exec(entry)?.[1];
}
