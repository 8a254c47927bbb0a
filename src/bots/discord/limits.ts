/** What Discord allows (discord-api-docs, by page). Tested against its own refusals in the stand-in. */

// components/reference
export const customIdLimit = 100;
export const buttonLabelLimit = 80;
export const buttonsPerRow = 5;
export const selectOptionLimit = 25;
export const selectTextLimit = 100;
export const messageTextLimit = 4000;
export const messageComponentLimit = 40;
export const modalTitleLimit = 45;
export const fieldLabelLimit = 45;
export const fieldPlaceholderLimit = 100;
export const modalFieldLimit = 5;
export const pictureDescriptionLimit = 1024;

// interactions/application-commands
export const descriptionLimit = 100;
export const suggestionLimit = 25;
export const suggestionTextLimit = 100;

/** The text in at most so many UTF-16 units, cut between letters. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = "";
  for (const letter of text) {
    if (kept.length + letter.length > limit - 1) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
}
