import type { Api } from "grammy";
import type { BotCommand, BotCommandScope, LanguageCode } from "grammy/types";
import { languages, textsIn, type Language } from "../../texts/texts.ts";
import { commands } from "../shared/vocabulary.ts";

interface WantedList {
  readonly scope: BotCommandScope;
  readonly language: LanguageCode | undefined;
  readonly commands: readonly BotCommand[];
}

/** Members of a group are shown what they may use; its administrators, and private chats, everything. */
export function wantedLists(): readonly WantedList[] {
  return languages.flatMap((language) => {
    const all = listed(language, () => true);
    const open = listed(language, ({ changes }) => !changes);
    const start = { command: "start", description: textsIn(language).say("bot-command-start") };
    // English also stands for every language there are no texts in
    const code: LanguageCode | undefined = language === "en" ? undefined : language;
    return [
      { scope: { type: "default" }, language: code, commands: open },
      { scope: { type: "all_private_chats" }, language: code, commands: [...all, start] },
      { scope: { type: "all_group_chats" }, language: code, commands: open },
      { scope: { type: "all_chat_administrators" }, language: code, commands: all },
    ];
  });
}

function listed(language: Language, pick: (command: (typeof commands)[number]) => boolean): BotCommand[] {
  const { say } = textsIn(language);
  return commands
    .filter(pick)
    .map(({ name, description }) => ({ command: name, description: say(description) }));
}

/** Makes Telegram's lists those of this version; says how many had to be changed. */
export async function keepCommandLists(api: Api): Promise<number> {
  let changed = 0;
  for (const { scope, language, commands: wanted } of wantedLists()) {
    const options = { scope, ...(language !== undefined && { language_code: language }) };
    const known = await api.getMyCommands(options);
    if (isSame(known, wanted)) continue;
    await api.setMyCommands([...wanted], options);
    changed += 1;
  }
  return changed;
}

function isSame(known: readonly BotCommand[], wanted: readonly BotCommand[]): boolean {
  return listText(known) === listText(wanted);
}

function listText(list: readonly BotCommand[]): string {
  return list.map(({ command, description }) => `${command} ${description}`).join("\n");
}
