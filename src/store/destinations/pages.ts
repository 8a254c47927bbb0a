/**
 * Lists of destinations in Redis, cut into pages: hashes of about 40 fields, which stay in the compact encoding (at
 * most 128), so that a member costs its own length and a few bytes. A list's members and pages are counted in a field
 * of the `lists` hash, `members pages`.
 *
 * Where a member lies follows from its hash (linear hashing), so that nobody has to remember a page: putting and
 * taking out are one small write, and safe to repeat. A list grows by one page at a time, into which a part of one
 * earlier page moves. Pages never merge; a list without members is forgotten whole.
 *
 * Whoever walks a list's pages from 0 up and asks for their number anew each time sees every member that stays:
 * members only ever move to a page behind all others. Some are seen twice.
 */
export const membersPerPage = 40;

/** Lua: `listOf` says how many members and pages a list has; page i is the hash `prefix .. list .. ':' .. i`. */
export const listOfLua = `
local function listOf(lists, list)
  local packed = redis.call('HGET', lists, list)
  if not packed then return 0, 0 end
  local members, pages = string.match(packed, '^(%d+) (%d+)$')
  return tonumber(members), tonumber(pages)
end
`;

/** Lua: `pageOf` says in which of so many pages a member lies. */
export const pageOfLua = `
local function hashOf(text) return tonumber(string.sub(redis.sha1hex(text), 1, 8), 16) end
local function sizeOf(pages)
  local size = 1
  while size * 2 <= pages do size = size * 2 end
  return size
end
local function pageOf(text, pages)
  local size, hash = sizeOf(pages), hashOf(text)
  local page = hash % (size * 2)
  if page < pages then return page end
  return hash % size
end
`;

/**
 * Puts one member into lists, or takes it out of them: KEYS lists; ARGV prefix, member, then for each list its name
 * and the value ('' takes out). Where a list comes to be or ends, the field `version` gets a new value.
 */
export const placeScript = {
  name: "lopsidePlace",
  keys: 1,
  lua: `
${listOfLua}
${pageOfLua}
local lists, prefix, member = KEYS[1], ARGV[1], ARGV[2]

local function split(list, pages)
  local size = sizeOf(pages)
  local from, to = prefix .. list .. ':' .. (pages - size), prefix .. list .. ':' .. pages
  local fields = redis.call('HGETALL', from)
  for at = 1, #fields, 2 do
    if hashOf(fields[at]) % (size * 2) == pages then
      redis.call('HSET', to, fields[at], fields[at + 1])
      redis.call('HDEL', from, fields[at])
    end
  end
end

local changed = false
for at = 3, #ARGV, 2 do
  local list, value = ARGV[at], ARGV[at + 1]
  local members, pages = listOf(lists, list)
  local page = prefix .. list .. ':' .. pageOf(member, math.max(1, pages))
  if value == '' then
    if redis.call('HDEL', page, member) == 1 then
      if members > 1 then
        redis.call('HSET', lists, list, (members - 1) .. ' ' .. pages)
      else
        redis.call('HDEL', lists, list)
        changed = true
      end
    end
  elseif redis.call('HSET', page, member, value) == 1 then
    members = members + 1
    if pages == 0 then
      pages = 1
      changed = true
    elseif members > pages * ${membersPerPage} then
      split(list, pages)
      pages = pages + 1
    end
    redis.call('HSET', lists, list, members .. ' ' .. pages)
  end
end
if changed then
  local time = redis.call('TIME')
  redis.call('HSET', lists, 'version', time[1] .. '.' .. time[2])
end
`,
};

/** What a field of the `lists` hash says; undefined for one that is no list's. */
export function parseList(packed: string): { members: number; pages: number } | undefined {
  const [, members, pages] = /^(\d+) (\d+)$/.exec(packed) ?? [];
  if (members === undefined || pages === undefined) return undefined;
  return { members: Number(members), pages: Number(pages) };
}
