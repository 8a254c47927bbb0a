/**
 * A chat's place in line this close is booked already: the sender waits for it. Real time.
 */
export const chatHorizonUs = 20_000;

/** The same for places among all: neither a trip nor a late timer may waste a part of the quota. */
export const allHorizonMs = 500;

/**
 * The rate holds in a second, and its quarter in a quarter of one: many at once would come in a burst of which a few,
 * delayed on their way, fall together with the next one's first.
 */
const slices = 4;

/** A list is cut back to what counts when so many more are in it. */
const slack = 32;

const timeUsLua = `
local function timeUs(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
`;

/** Keys that booking takes. */
export const bookKeyCount = 4;
/** What it is told of the line: time, second, gap, minute, rate, per minute, both horizons. */
const termCount = 8;

/**
 * Lua: sliding windows. A message is booked for the first moment at which the chat's last one is `gap` ago, its twentieth
 * last a minute, the rate-th last of all a second. `keys` are all, until, prefixes of both by chat; `terms` time, second,
 * gap and minute in µs, rate (0: no bound), per minute, horizons of chats and of all; of each wish its chat, and whether
 * it is a group. Answers µs for each: >= 0 to go then, -1 - µs to ask again after them because of the chat, and with half
 * a µs more because of all.
 */
export const bookLua = `
${timeUsLua}
local function bookPlaces(keys, terms, chats, groups)
  local all, untilAll, chatPrefix, untilPrefix = unpack(keys)
  local given, second, gap, minute, rate, perMinute, chatHorizon, allHorizon = unpack(terms, 1, ${termCount})
  second, gap, minute, rate = tonumber(second), tonumber(gap), tonumber(minute), tonumber(rate)
  perMinute, chatHorizon, allHorizon = tonumber(perMinute), tonumber(chatHorizon), tonumber(allHorizon)
  local slice = math.max(1, math.floor(rate / ${slices}))
  local now = timeUs(given)

  -- nothing is booked further ahead: what stands there is of a time that Redis' clock was set back from
  local ahead = now + allHorizon + second
  local function known(place)
    place = tonumber(place or nil)
    return place and place <= ahead and place or nil
  end
  local function later(at, earlier, span)
    earlier = known(earlier)
    return earlier and math.max(at, earlier + span) or at
  end
  local function after(list, index, span, at) return later(at, redis.call('LINDEX', list, index), span) end
  local function keep(list, at, length, span, ...)
    if redis.call('LPUSH', list, ...) > length + ${slack} then redis.call('LTRIM', list, 0, length - 1) end
    redis.call('PEXPIRE', list, math.ceil((at - now + span) / 1000) + 1000)
  end

  -- places among all that are booked here stand before those in the list, and are put into it together
  local booked, count, newest = {}, 0, rate > 0 and known(redis.call('LINDEX', all, 0))
  local function afterAll(index, span, at)
    if index < count then return later(at, booked[count - index], span) end
    return after(all, index - count, span, at)
  end

  local untils, answers = { untilAll }, {}
  for index, chat in ipairs(chats) do untils[index + 1] = untilPrefix .. chat end
  untils = redis.call('MGET', unpack(untils))
  local start = math.max(now, tonumber(untils[1] or 0))
  for index, chat in ipairs(chats) do
    local key, isGroup = chatPrefix .. chat, groups[index]
    local at = math.max(start, tonumber(untils[index + 1] or 0))
    if gap > 0 then at = after(key, 0, gap, at) end
    if isGroup and perMinute > 0 then at = after(key, perMinute - 1, minute, at) end
    local isAll = at == start
    local isOpen = isAll and at - now <= allHorizon or at - now <= chatHorizon
    -- none is later than the newest: where that is a second ago, nobody stands in the way
    if newest and at < newest + second then
      local place = afterAll(rate - 1, second, afterAll(slice - 1, slice * second / rate, at))
      at = math.floor(math.max(place, newest))
      if isOpen and at - now > allHorizon then
        isOpen, isAll = false, true
      end
    end
    if not isOpen then
      answers[index] = string.format('%.1f', now - at - 1 - (isAll and 0.5 or 0))
    else
      local isCounted, text = isGroup and perMinute > 0, string.format('%d', at)
      if gap > 0 or isCounted then keep(key, at, isCounted and perMinute or 1, isCounted and minute or gap, text) end
      count = count + 1
      booked[count] = text
      newest = rate > 0 and at
      answers[index] = string.format('%d', at - now)
    end
  end
  if rate > 0 and count > 0 then keep(all, newest, rate, second, unpack(booked)) end
  return answers
end
`;

/** Lua: the chat a destination names, and whether it is a group: `wishOf` of the notifier once more. */
export const wishLua = `
local function wishOf(before, after, signs, destination)
  local chat = string.sub(destination, #before + 1)
  local stop = after ~= '' and string.find(chat, after, 1, true)
  if stop then chat = string.sub(chat, 1, stop - 1) end
  return chat, chat ~= '' and string.find(signs, string.sub(chat, 1, 1), 1, true) ~= nil
end
`;

/**
 * Lua: books for destinations. `line` is what `bookPlaces` is told of the line, and behind it what stands before and
 * after a chat in a destination, and signs of groups (ChatNames).
 */
export const bookAllLua = `
${bookLua}
${wishLua}
local function bookAll(keys, line, names)
  local before, after, signs = unpack(line, ${termCount + 1})
  local chats, groups = {}, {}
  for at, name in ipairs(names) do chats[at], groups[at] = wishOf(before, after, signs, name) end
  return bookPlaces(keys, line, chats, groups)
end
`;

/** KEYS and ARGV as `bookPlaces` wants them: its terms, then chat and 1 or 0 of each wish. */
export const bookScript = {
  name: "lopsideBook",
  keys: bookKeyCount,
  lua: `
${bookLua}
local chats, groups = {}, {}
for at = ${termCount + 1}, #ARGV, 2 do
  chats[#chats + 1], groups[#groups + 1] = ARGV[at], ARGV[at + 1] == '1'
end
return bookPlaces(KEYS, ARGV, chats, groups)
`,
};

/** KEYS all, prefix by chat; ARGV chats. */
export const refundScript = {
  name: "lopsideRefund",
  keys: 2,
  lua: `
for _, chat in ipairs(ARGV) do
  redis.call('LPOP', KEYS[1])
  redis.call('LPOP', KEYS[2] .. chat)
end
`,
};

/** KEYS what is paused; ARGV time, µs. An end that is later already stays. Patience is had also where Redis' memory is full. */
export const pauseScript = {
  name: "lopsidePause",
  keys: 1,
  lua: `
${timeUsLua}
local now = timeUs(ARGV[1])
local at = now + tonumber(ARGV[2])
if at > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[1], string.format('%d', at), 'PX', math.ceil((at - now) / 1000) + 1000)
end
`,
};

/** KEYS prefix of minutes; ARGV limit. 1 when there were too many in ten minutes. */
export const invalidScript = {
  name: "lopsideNoteInvalid",
  keys: 1,
  lua: `
local minute = math.floor(redis.call('TIME')[1] / 60)
local key = KEYS[1] .. minute
redis.call('INCR', key)
redis.call('EXPIRE', key, 660)
local sum = 0
for back = 0, 9 do sum = sum + tonumber(redis.call('GET', KEYS[1] .. (minute - back)) or 0) end
return sum >= tonumber(ARGV[1]) and 1 or 0
`,
};
