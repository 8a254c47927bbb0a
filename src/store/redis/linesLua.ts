/** Lua: the lines of a text that ends with a line's end, by plain search: a pattern looks at each letter. */
export const linesLua = `
local function linesOf(text)
  local lines, count, from = {}, 0, 1
  while true do
    local to = string.find(text, '\\n', from, true)
    if not to then return lines end
    count = count + 1
    lines[count] = string.sub(text, from, to - 1)
    from = to + 1
  end
end
`;
