import type { MessageRecord } from "../../support/telegram/world.ts";

/** What a message says, caption or text. */
export function textOf({ content }: MessageRecord): string {
  return content.caption ?? content.text ?? "";
}

/** What stands on its buttons, row by row. */
export function labelsOf({ content }: MessageRecord): string[][] {
  const rows: unknown = Reflect.get(content.replyMarkup ?? {}, "inline_keyboard");
  if (!Array.isArray(rows)) return [];
  return rows.map((row: { text: string }[]) => row.map(({ text }) => text));
}
