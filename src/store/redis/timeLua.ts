/** Lua: Redis' own time in ms, unless a test gives another. */
export const timeMsLua = `
local function timeMs(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;
