/** ccxt ids. In a file of its own, so that checking a setting doesn't load ccxt. */
export const supportedVenues = ["binanceusdm", "bybit", "okx"] as const;
