/** Destinations in few letters: ids as numbers to base 36. */
const telegram = /^telegram:(-?\d{1,18})(?:\/(\d{1,10}))?$/u;
const discord = /^discord:(\d{15,20})$/u;

/** Throws on a destination that has no number, such as `console` or `telegram:@name`. */
export function encodeTarget(destination: string): string {
  const [, chat, topic] = telegram.exec(destination) ?? [];
  if (chat !== undefined) return `t${short(chat)}${topic === undefined ? "" : `/${short(topic)}`}`;
  const [, channel] = discord.exec(destination) ?? [];
  if (channel !== undefined) return `d${short(channel)}`;
  throw new RangeError("a destination without a number has no short form");
}

export function decodeTarget(text: string): string | undefined {
  const [, platform, first, second] = /^([td])(-?[0-9a-z]{1,14})(?:\/([0-9a-z]{1,7}))?$/u.exec(text) ?? [];
  if (platform === undefined || first === undefined) return undefined;
  const topic = second === undefined ? "" : `/${long(second)}`;
  return platform === "t" ? `telegram:${long(first)}${topic}` : `discord:${long(first)}`;
}

function short(digits: string): string {
  return BigInt(digits).toString(36);
}

/** BigInt reads no other base than what JavaScript has literals for. */
function long(text: string): string {
  const isNegative = text.startsWith("-");
  const letters = Array.from(text.replace("-", ""));
  const value = letters.reduce((sum, letter) => sum * 36n + BigInt(Number.parseInt(letter, 36)), 0n);
  return `${isNegative ? "-" : ""}${value}`;
}
