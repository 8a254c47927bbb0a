/** What only Discord needs words for. */
export const discordEnglish = {
  "discord-option-channel": "Channel or thread that is meant; this one if left out",
  "discord-option-direction": "Which side may alert; both if left out",
  "discord-option-style": "How alerts look; Components if left out",
  "discord-option-publish": "In announcement channels: publish every alert to those who follow it",
  "discord-choice-both": "both",
  "discord-choice-up": "up (shorts nearer)",
  "discord-choice-down": "down (longs nearer)",
  "discord-choice-components": "components",
  "discord-choice-embed": "embed",

  "discord-right-view": "View Channel",
  "discord-right-send": "Send Messages",
  "discord-right-send-in-threads": "Send Messages in Threads",
  "discord-right-embed": "Embed Links",
  "discord-right-attach": "Attach Files",
} as const;
