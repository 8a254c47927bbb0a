/** ccxt ids, by how much they tell. In a file of its own, so that checking a setting doesn't load ccxt. */
export const supportedVenues = [
  "binanceusdm",
  "bybit",
  "okx",
  "gate",
  "bitget",
  "hyperliquid",
  "mexc",
  "krakenfutures",
] as const;
