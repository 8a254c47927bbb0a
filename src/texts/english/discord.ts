/** What only Discord needs words for. */
export const discordEnglish = {
  "discord-option-channel": "Channel or thread that is meant; this one if left out",
  "discord-option-style": "How alerts look; components if left out",
  "discord-option-publish": "In announcement channels: publish every alert to those who follow it",
  "discord-choice-components": "components",
  "discord-choice-embed": "embed",

  "discord-right-view": "View Channel",
  "discord-right-send": "Send Messages",
  "discord-right-send-in-threads": "Send Messages in Threads",
  "discord-right-embed": "Embed Links",
  "discord-right-attach": "Attach Files",
  "discord-missing-rights": "Nothing was saved: in { $channel } I lack { $rights }.",
  "discord-missing-rights-how":
    "Whoever manages the server can give it: Edit Channel → Permissions → add my role → allow { $rights }. Then send /subscribe again.",
  "discord-wrong-channel":
    "I can't post in { $channel }: pick a text or announcement channel, a thread, or a post of a forum.",
  "discord-refused-access":
    "I can't see that channel any more. Let my role view it, then press Test in /alerts.",
  "discord-refused-rights":
    "a permission is missing there. Allow my role { $rights } (Edit Channel → Permissions), then press Test in /alerts.",
  "discord-refused-unknown": "that channel does not exist any more. Send /subscribe in another one.",

  "discord-not-installed":
    "I'm here only because you installed me for yourself, so I can't post here. Whoever manages the server can add me:",
  "discord-not-installed-button": "Add to the server",
  "discord-not-here":
    "Alerts can't be set up in this conversation. Send me the command directly, or in a server.",
  "discord-managers-only":
    "Only members with the permission “Manage Server” can change alerts here. You can ask /imbalance any time.",
  "discord-help-servers":
    "In servers members with the permission “Manage Server” change alerts; everyone may ask.",
  "discord-help-channels": "Alerts come in the channel, thread or post they were asked for in.",
  "discord-other-server": "That belongs to another server.",
  "discord-command-old":
    "That command is of an older version of me. Restart Discord (Ctrl+R) and choose it from the list again.",
  "discord-trouble":
    "My storage doesn't answer, so I couldn't do that. If you changed something, look at /alerts in a minute whether it was kept.",
  "discord-busy": "Too many people are asking at once. Try again in a few seconds.",

  "discord-owner-stopped":
    "I can no longer post in { $channel }: { $reason }. Its alerts are kept and go on once I can.",

  "discord-suggest-all": "all symbols",
  "discord-modal-title": "Alert of { $name }",
  "discord-modal-ratio": "Ratio, 1.1 to 20",
  "discord-modal-direction": "Which side",
  "discord-modal-confidence": "How sure I must be",
  "discord-modal-mode": "How loud",
  "discord-modal-zone": "The nearest large city, or UTC+2",
} as const;
