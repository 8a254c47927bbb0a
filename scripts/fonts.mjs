// Cuts the three weights of Inter that pictures use down to the characters they can show, into src/charts/fonts,
// and writes their advance widths to src/charts/advances.ts. Run it when a language needs more characters.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const source = dirname(require.resolve("@expo-google-fonts/inter/package.json"));
const target = join(root, "src", "charts", "fonts");
const weights = { 400: "Regular", 600: "SemiBold", 700: "Bold" };

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i));
/** ASCII, Latin-1 with its accents, and what Intl and the texts put between numbers. */
const characters = [
  ...range(0x20, 0x7e),
  ...range(0xa0, 0xff),
  ...Array.from("·−–—→←↑↓ΣΔ…≈≥≤€•▲▼“”‘’"),
  "\u2009",
  "\u202f",
]
  .filter((character) => character !== "\u00ad")
  .filter((character, i, all) => all.indexOf(character) === i);

mkdirSync(target, { recursive: true });
copyFileSync(join(source, "LICENSE_FONT"), join(target, "OFL.txt"));
const tables = {};
for (const [weight, name] of Object.entries(weights)) {
  const full = readFileSync(join(source, `${weight}${name}`, `Inter_${weight}${name}.ttf`));
  const subset = await subsetFont(full, characters.join(""), {
    targetFormat: "truetype",
    // without the typographic names SemiBold leaves the family "Inter", and its text comes out Bold
    preserveNameIds: [1, 2, 4, 6, 16, 17],
  });
  writeFileSync(join(target, `Inter-${name}.ttf`), subset);
  tables[weight] = advancesOf(subset);
}
writeAdvances(tables);

function writeAdvances(tables) {
  const known = characters.filter((character) => tables[400].advances.has(character));
  const rows = Object.entries(tables).map(
    ([weight, { advances }]) =>
      `  ${weight}: [${known.map((character) => advances.get(character)).join(", ")}],`,
  );
  const text = `/** Made by scripts/fonts.mjs from the fonts beside it. */
export const unitsPerEm = ${tables[400].unitsPerEm};

export const characters = ${visible(known.join(""))};

/** In the order of \`characters\`, font units. */
export const advances = {
${rows.join("\n")}
} as const;
`;
  writeFileSync(join(root, "src", "charts", "advances.ts"), text);
}

/** Spaces that look alike are written by their numbers. */
function visible(text) {
  return JSON.stringify(text).replaceAll(
    /[\u00a0\u2009\u202f]/g,
    (space) => `\\u${space.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Reads the character map (format 4) and the horizontal metrics of a TrueType file. */
function advancesOf(font) {
  const tables = new Map(
    Array.from({ length: font.readUInt16BE(4) }, (_, i) => {
      const at = 12 + 16 * i;
      return [font.toString("latin1", at, at + 4), font.readUInt32BE(at + 8)];
    }),
  );
  const offset = (name) => tables.get(name) ?? fail(`the font has no table ${name}`);
  const metrics = font.readUInt16BE(offset("hhea") + 34);
  const widthOf = (glyph) => font.readUInt16BE(offset("hmtx") + 4 * Math.min(glyph, metrics - 1));
  const glyphOf = readCharacterMap(font, offset("cmap"));
  const advances = new Map();
  for (const character of characters) {
    const glyph = glyphOf(character.codePointAt(0));
    if (glyph !== 0) advances.set(character, widthOf(glyph));
  }
  return { unitsPerEm: font.readUInt16BE(offset("head") + 18), advances };
}

function readCharacterMap(font, cmap) {
  const count = font.readUInt16BE(cmap + 2);
  const offsets = Array.from({ length: count }, (_, i) => cmap + font.readUInt32BE(cmap + 8 + 8 * i));
  const at =
    offsets.find((offset) => font.readUInt16BE(offset) === 4) ?? fail("the font has no map of format 4");
  const segments = font.readUInt16BE(at + 6) / 2;
  const field = (part, segment) => at + 14 + 2 * (part * segments + segment) + (part === 0 ? 0 : 2);
  return (code) => {
    for (let i = 0; i < segments; i += 1) {
      const [end, start] = [font.readUInt16BE(field(0, i)), font.readUInt16BE(field(1, i))];
      if (code < start || code > end) continue;
      const delta = font.readUInt16BE(field(2, i));
      const rangeAt = field(3, i);
      const rangeOffset = font.readUInt16BE(rangeAt);
      if (rangeOffset === 0) return (code + delta) & 0xffff;
      const glyph = font.readUInt16BE(rangeAt + rangeOffset + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

function fail(message) {
  throw new Error(message);
}
