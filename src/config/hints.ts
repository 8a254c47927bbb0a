/** Words that start our variables and hardly anybody else's; HTTP_ is not among them (HTTP_PROXY). */
const ourPrefixes = ["TELEGRAM_", "DISCORD_", "ALERT_", "VENUE_", "WEBHOOK_"];

/** Names other programs use for the same thing. */
const aliases: Readonly<Record<string, string>> = {
  BOT_TOKEN: "TELEGRAM_BOT_TOKEN",
  TELEGRAM_TOKEN: "TELEGRAM_BOT_TOKEN",
  TELEGRAM_CHAT_ID: "TELEGRAM_CHATS",
  DISCORD_TOKEN: "DISCORD_BOT_TOKEN",
  DISCORD_CHANNEL_ID: "DISCORD_CHANNELS",
  REDIS_HOST: "REDIS_URL",
};

type Env = Readonly<Record<string, string | undefined>>;

const namesSetIn = (env: Env): readonly string[] =>
  Object.keys(env).filter((name) => (env[name] ?? "").trim() !== "");

/** What in the environment looks like a misspelt variable of ours. */
export function misspeltIn(env: Env, names: readonly string[]): readonly string[] {
  const known = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
  return namesSetIn(env)
    .filter((name) => !known.has(name))
    .flatMap((name) => hintFor(name, names));
}

function hintFor(name: string, names: readonly string[]): readonly string[] {
  const meant = aliases[name] ?? names.find((candidate) => differsByOne(name, candidate));
  if (meant !== undefined) return [`${name} is not read: did you mean ${meant}?`];
  const prefix = ourPrefixes.find((start) => name.startsWith(start));
  if (prefix === undefined) return [];
  const similar = names.filter((candidate) => candidate.startsWith(prefix));
  return [`${name} is not read; there are ${similar.join(", ")}`];
}

/** One letter more, less or other. */
function differsByOne(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1 || a === b) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  const rest = long.slice(at + 1);
  return rest === short.slice(at) || rest === short.slice(at + 1);
}

/** What is set but can't work alone. */
export function idleIn(env: Env): readonly string[] {
  const set = namesSetIn(env);
  const has = (name: string): boolean => set.includes(name) || set.includes(`${name}_FILE`);
  const pairs = [
    ["TELEGRAM_CHATS", "TELEGRAM_BOT_TOKEN"],
    ["DISCORD_CHANNELS", "DISCORD_BOT_TOKEN"],
    ["WEBHOOK_URLS", "WEBHOOK_SECRET"],
  ] as const;
  return pairs
    .filter(([destinations, token]) => has(destinations) && !has(token))
    .map(([destinations, token]) => `${destinations} is set, but nothing is posted there without ${token}`);
}
