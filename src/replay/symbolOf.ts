import { basename } from "node:path";

const quotes = ["USDT", "USDC", "BUSD", "USD", "PERP"];

/** The base asset a file's name speaks of: "binance-BTCUSDT-5m-2026.csv" → "BTC"; undefined when none does. */
export function symbolOf(path: string): string | undefined {
  const words = basename(path, ".csv")
    .toUpperCase()
    .split(/[^A-Z0-9]+/);
  for (const [index, word] of words.entries()) {
    const quote = quotes.find((end) => word.endsWith(end));
    if (quote === undefined) continue;
    // "BTC-USDT" as well as "BTCUSDT"
    const base = word.slice(0, -quote.length) || words[index - 1];
    if (base !== undefined && /^[A-Z0-9]{1,20}$/.test(base)) return base;
  }
  return undefined;
}
