import { closest } from "./closest.ts";
import { accept, quoted, refuse, type Parsed } from "./refusal.ts";

/** How people call what has a ticker. */
const names: Readonly<Record<string, string>> = {
  BITCOIN: "BTC",
  XBT: "BTC",
  ETHEREUM: "ETH",
  ETHER: "ETH",
  SOLANA: "SOL",
  RIPPLE: "XRP",
  DOGECOIN: "DOGE",
};

/** "btc", "$BTC", "BTCUSDT", "BTC/USDT:USDT" and "btc-perp" are all BTC. */
export function symbolMeant(typed: string, watched: readonly string[]): string | undefined {
  const bare = typed.trim().toUpperCase().replace(/^[$#]/u, "");
  const base = bare.split(/[/:_-]/u)[0] ?? "";
  const candidates = [bare, base, base.replace(/(?:USDT|USDC|USD|PERP)$/u, ""), names[base]];
  return candidates.find((candidate) => candidate !== undefined && watched.includes(candidate));
}

/** One of the symbols that are watched; never a new one because somebody typed it. */
export function parseSymbol(typed: string, watched: readonly string[], command: string): Parsed<string> {
  const symbol = symbolMeant(typed, watched);
  if (symbol !== undefined) return accept(symbol);
  const args = { typed: quoted(typed), symbols: watched.join(", ") };
  const spelled = [...watched, ...Object.keys(names)].map((word) => word.toLowerCase());
  const near = closest(typed.trim(), spelled);
  const meant = near === undefined ? undefined : symbolMeant(near, watched);
  const example = `/${command} ${meant ?? watched[0] ?? "BTC"}`;
  if (meant === undefined) return refuse("bot-symbol-unknown", args, example);
  return refuse("bot-symbol-typo", { ...args, meant }, example);
}
