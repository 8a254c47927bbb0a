const mask = "[secret]";

/** Telegram bot tokens by their shape, so that one typed in the wrong place is not shown either. */
const telegramToken = String.raw`(?<!\d)\d{6,12}(?::|%3[Aa])[A-Za-z0-9_-]{30,60}`;

/**
 * Replaces every secret in a text, in whatever mixture of plain, percent-encoded and JSON-escaped characters it
 * stands there, and its base64 forms. Longest first, so that no part of a secret is left beside its mask.
 */
export function createScrub(secrets: readonly string[]): (text: string) => string {
  const longestFirst = [...new Set(secrets)]
    .filter((secret) => secret !== "")
    .toSorted((a, b) => b.length - a.length);
  const patterns = [...longestFirst.map(spelled), ...longestFirst.flatMap(base64), telegramToken];
  const anySecret = new RegExp(patterns.join("|"), "gu");
  return (text) => text.replace(anySecret, mask);
}

/** Each character of the secret in any of the spellings it may have inside a URL or a JSON text. */
function spelled(secret: string): string {
  return Array.from(secret, (character) => {
    const forms = [quoted(character), percent(character), unicodeEscape(character)];
    const escaped = JSON.stringify(character).slice(1, -1);
    // JSON inside JSON doubles the backslashes
    if (escaped !== character) forms.push(String.raw`\\+` + quoted(escaped.replace(/^\\/, "")));
    return `(?:${forms.join("|")})`;
  }).join("");
}

function percent(character: string): string {
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `%${anyCaseHex(byte, 2)}`).join("");
}

function unicodeEscape(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => String.raw`\\+u` + anyCaseHex(unit, 4)).join("");
}

function anyCaseHex(value: number, digits: number): string {
  const hex = value.toString(16).padStart(digits, "0");
  return hex.replaceAll(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** Short texts are left out: their base64 is a few letters that mean nothing. */
function base64(secret: string): readonly string[] {
  if (secret.length < 8) return [];
  const bytes = Buffer.from(secret);
  // inside a longer base64 text the secret may start at any of three places of a group; its edges are cut off
  return [0, 1, 2].flatMap((lead) => {
    const text = Buffer.concat([Buffer.alloc(lead), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const sure = text.slice(lead === 0 ? 0 : lead + 1, (lead + bytes.length) % 3 === 0 ? undefined : -1);
    return quoted(sure).replaceAll(/\\?\+/g, "[+-]").replaceAll(/\\?\//g, "[/_]");
  });
}

const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
