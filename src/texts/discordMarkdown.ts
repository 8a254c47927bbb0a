/** Makes text mean itself: emphasis, code, spoilers, links, mentions, and what means something at a line's start. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\*_~`|<[\]]/g, String.raw`\$&`)
    .replaceAll(/^[#>-]/gm, String.raw`\$&`)
    .replaceAll(/^(\d+)\.(?=\s)/gm, String.raw`$1\.`);
}
