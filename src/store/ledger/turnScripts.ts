import { destinationKeyParts } from "../keys.ts";
import { linesLua } from "../redis/linesLua.ts";
import { pushedLua } from "./pushed.ts";
import { timeMsLua } from "../redis/timeLua.ts";

const { before, movedTo } = destinationKeyParts;

/**
 * Leases are fields of one hash: until when (ms, of Redis' clock), whose. They are read, written and taken out by the
 * hundred in one command each, where a key for each would cost several; calls are what a script spends its time on.
 * What is longer than 64 bytes makes Redis keep the hash as a table, and not as a list it would search from its
 * beginning.
 */
const leaseLua = `
${timeMsLua}
local sub = string.sub
local function tillOf(at) return string.format('%013d|', at) end
local function leaseOf(at, mark)
  local lease = tillOf(at) .. mark
  return lease .. string.rep(' ', 65 - #lease)
end
local function isOver(lease, now) return tonumber(sub(lease, 1, 13)) <= now end
-- what stands in a lease from its 15th letter on; and behind it where somebody else has pushed there since it was taken
local function markOf(holder) return holder .. '|' end
local function joinedOf(lease)
  local joined = string.gsub(lease, '|%s', '|+', 1)
  return joined
end
`;

/** Lua: a key of each of these destinations. */
const keysOfLua = `
local function keysOf(names, after)
  local keys = {}
  for at, name in ipairs(names) do keys[at] = '${before}' .. name .. after end
  return keys
end
`;

/**
 * Lua: what dead holders left goes an hour after the last turn of all, and earlier where there is much of it. What takes no
 * room is written first: nothing behind it is refused where Redis' memory is full (settleScript.ts).
 */
const storeLua = `
local function store(leases, fields, ttl, isFirst)
  if #fields == 0 then return end
  redis.call('HDEL', leases, '')
  redis.call('HSET', leases, unpack(fields))
  if isFirst or redis.call('PTTL', leases) < ttl then redis.call('PEXPIRE', leases, ttl + 3600000) end
end
local function dropOver(leases, now)
  local some = redis.call('HRANDFIELD', leases, 64, 'WITHVALUES')
  for at = 1, #some, 2 do
    if isOver(some[at + 1], now) then redis.call('HDEL', leases, some[at]) end
  end
end
`;

/**
 * Lua: `takeTurns` answers a text for each name: pushes; and after a tab moved to, or nothing where it is somebody
 * else's turn. `keys` are leases, what is there if any of these destinations moved, prefix of pushes; `turn` is holder,
 * ttl, most leases, and whether its own turns count as another's also after their time.
 */
export const takeTurnsLua = `
${leaseLua}
${linesLua}
${keysOfLua}
${storeLua}
${pushedLua}
local function takeTurns(keys, turn, names, now)
  local leases, holder, ttl = keys[1], turn[1], tonumber(turn[2])
  local told, moved = readPushed(keys[3], now, names), {}
  if redis.call('EXISTS', keys[2]) == 1 then moved = redis.call('MGET', unpack(keysOf(names, '${movedTo}'))) end
  local others = redis.call('HLEN', leases)
  local held = others > 0 and redis.call('HMGET', leases, unpack(names)) or {}
  local mark = markOf(holder)
  local own, last, fields, count, answers = leaseOf(now + ttl, mark), 14 + #mark, {}, 0, {}
  local taken = {}
  for at, name in ipairs(names) do
    local lease = held[at]
    if taken[name] or lease and (not isOver(lease, now) or turn[4] and sub(lease, 15, last) == mark) then
      answers[at] = '\\t'
    else
      taken[name] = true
      fields[count + 1], fields[count + 2] = name, own
      count = count + 2
      local text, to = told[at] or '', moved[at]
      answers[at] = to and text .. '\\t' .. to or text
    end
  end
  store(leases, fields, ttl, others == 0)
  if others + count / 2 > tonumber(turn[3]) then dropOver(leases, now) end
  return answers
end
`;

/** KEYS as `takeTurns` wants them; ARGV time, holder, ttl, most leases, names, a line each. */
export const takeScript = {
  name: "lopsideTakeTurns",
  keys: 3,
  lua: `
${takeTurnsLua}
return table.concat(takeTurns(KEYS, { ARGV[2], ARGV[3], ARGV[4] }, linesOf(ARGV[5]), timeMs(ARGV[1])), '\\n')
`,
};

/** KEYS leases; ARGV time, holder, ttl, names, a line each. */
export const keepScript = {
  name: "lopsideKeepTurns",
  keys: 1,
  lua: `
${leaseLua}
${linesLua}
${storeLua}
local leases, now, holder, ttl = KEYS[1], timeMs(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local names, mark, fields = linesOf(ARGV[4]), markOf(holder), {}
local till, last = tillOf(now + ttl), 14 + #mark
for at, lease in ipairs(redis.call('HMGET', leases, unpack(names))) do
  if lease and sub(lease, 15, last) == mark and not isOver(lease, now) then
    fields[#fields + 1] = names[at]
    fields[#fields + 1] = till .. sub(lease, 15)
  end
end
store(leases, fields, ttl)
`,
};

/**
 * Lua: ends turns that are the holder's still; `told` are destinations, each followed by what was pushed there. Whose turn was
 * over by then, as of one that was stopped or couldn't reach Redis, others may have told since; and whoever is there now
 * is told, in their lease, that they don't know of it.
 */
export const endTurnsLua = `
${leaseLua}
${pushedLua}
local function endTurns(leases, pushes, holder, now, names, told)
  local mark, own, alone, others = markOf(holder), {}, {}, {}
  local last = 14 + #mark
  for at, lease in ipairs(redis.call('HMGET', leases, unpack(names))) do
    if lease and sub(lease, 15, last) == mark then
      own[#own + 1] = names[at]
      if sub(lease, last + 1, last + 1) ~= '+' then alone[#alone + 1] = names[at] end
    elseif lease then
      others[#others + 1], others[#others + 2] = names[at], joinedOf(lease)
    end
  end
  if #alone < #names then joinPushed(pushes, now, told, alone) end
  redis.call('HDEL', leases, '', unpack(own))
  if #others > 0 then redis.call('HSET', leases, unpack(others)) end
  keepPushed(pushes, now, told)
end
`;

/**
 * KEYS leases, prefix of pushes; ARGV time, holder, names, a line each. Before them stands, behind a tab, what was
 * pushed to all that follow ('' as it was).
 */
export const endScript = {
  name: "lopsideEndTurns",
  keys: 2,
  lua: `
${endTurnsLua}
${linesLua}
local pushes, names, count, told, fields = '', {}, 0, {}, 0
for _, line in ipairs(linesOf(ARGV[3])) do
  if string.byte(line) == 9 then
    pushes = sub(line, 2)
  else
    count = count + 1
    names[count] = line
    if pushes ~= '' then
      told[fields + 1], told[fields + 2] = line, pushes
      fields = fields + 2
    end
  end
end
endTurns(KEYS[1], KEYS[2], ARGV[2], timeMs(ARGV[1]), names, told)
`,
};

/** KEYS held back; ARGV field, value, most, ttl. */
export const holdScript = {
  name: "lopsideHoldBack",
  keys: 1,
  lua: `
if redis.call('HLEN', KEYS[1]) < tonumber(ARGV[3]) then redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
`,
};
