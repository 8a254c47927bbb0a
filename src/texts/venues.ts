/** Names people know, where they differ from the ccxt id. */
const names: ReadonlyMap<string, string> = new Map([
  ["binanceusdm", "Binance"],
  ["bybit", "Bybit"],
  ["okx", "OKX"],
  ["binancecoinm", "Binance COIN-M"],
  ["kucoinfutures", "KuCoin"],
  ["htx", "HTX"],
  ["bitfinex", "Bitfinex"],
  ["deribit", "Deribit"],
  ["gate", "Gate"],
  ["bitget", "Bitget"],
  ["hyperliquid", "Hyperliquid"],
  ["mexc", "MEXC"],
  ["krakenfutures", "Kraken"],
]);

/** The venue's name for readers, its id where it has no other; "okx:inverse" is "OKX inverse". */
export function venueName(id: string): string {
  const [venue = id, contract] = id.split(":");
  const name = names.get(venue) ?? venue;
  return contract === undefined ? name : `${name} ${contract}`;
}
