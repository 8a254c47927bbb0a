/** What an alert says of its rule, and why one can't be set up, or changed, as asked. */
export const rulesEnglish = {
  "headline-stronger": "STRONGER · { $headline }",
  "headline-update": "UPDATE · { $headline }",

  "refused-symbol": "That symbol isn't watched here. Choose one of { $symbols }.",
  "refused-threshold": "The ratio must be between { $least } and { $most }, such as 2.5.",
  "refused-notional": "The sum must be between $100K and $1T, such as 1.1B, or auto.",
  "refused-cooldown": "The pause between alerts must be between 1 minute and 7 days.",
  "refused-too-many-subscriptions":
    "There are { $most } alerts here, and no more are possible. Remove one first.",
  "refused-too-many-notionals":
    "{ $most } different sums are watched for this symbol, and no more are possible. Use auto, or a sum that others use.",
  "refused-no-such-subscription": "There is no such alert here.",
  "refused-there-already": "There is such an alert here already.",
  "refused-nothing-kept": "Nothing is kept about this place.",
  "refused-from-config": "This alert comes from the configuration. Turn it off, and add one of your own.",
  "refused-zone": "That time zone isn't known. Write it like Europe/Madrid.",
  "refused-quiet-hours": "Quiet hours need two different times, such as 22:00-07:00.",
  "refused-loud-per-day": "The number of loud alerts a day must be between 1 and 100.",
  "refused-mute": "A pause can last a year at most.",
  "refused-language": "That language isn't known here.",
} as const;
