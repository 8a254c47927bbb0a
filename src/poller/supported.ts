/** ccxt ids. In a file of its own, so that checking a setting doesn't load ccxt. */
export const supportedVenues = [
  "binanceusdm",
  "bybit",
  "okx",
  "gate",
  "bitget",
  "hyperliquid",
  "binancecoinm",
  "kucoinfutures",
  "htx",
  "mexc",
  "bitfinex",
  "krakenfutures",
  "deribit",
] as const;
