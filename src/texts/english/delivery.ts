/** What is said about deliveries themselves. */
export const deliveryEnglish = {
  "summary-quiet-hours": "While it was quiet here: { $count } held back",
  "summary-late": "Came too late to be news: { $count }",
  "summary-open-up": "{ $symbol } { $ratio }× lopsided up, { $time }",
  "summary-open-down": "{ $symbol } { $ratio }× lopsided down, { $time }",
  "summary-ended-up": "{ $symbol } { $ratio }× lopsided up, { $time }; has ended",
  "summary-ended-down": "{ $symbol } { $ratio }× lopsided down, { $time }; has ended",
  "summary-more": "… and { $count } more",

  "notice-feed-lost":
    "{ $symbol }: no exchange gives fresh data since { $since }. No alerts can come until it is back; I will say so.",
  "notice-feed-back": "{ $symbol }: the data is back after { $lasted }. Alerts can come again.",

  "notice-disabled": "Alerts to { $destination } have stopped",
  "notice-disabled-reason": "Its platform refused the last one: { $reason }",
  "notice-disabled-return":
    "Its settings are kept. Put me back with the right to write: if it doesn't go on then, send /subscribe there.",
} as const;
