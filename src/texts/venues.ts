/** Names people know, where they differ from the ccxt id. */
const names: ReadonlyMap<string, string> = new Map([
  ["binanceusdm", "Binance"],
  ["bybit", "Bybit"],
  ["okx", "OKX"],
  ["gate", "Gate"],
  ["bitget", "Bitget"],
  ["hyperliquid", "Hyperliquid"],
  ["mexc", "MEXC"],
  ["krakenfutures", "Kraken"],
]);

/** The venue's name for readers; its id where it has no other. */
export function venueName(id: string): string {
  return names.get(id) ?? id;
}
