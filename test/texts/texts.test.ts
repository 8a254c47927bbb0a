import { describe, expect, it } from "vitest";
import { commands } from "../../src/bots/shared/vocabulary.ts";
import { english, type TextId } from "../../src/texts/en.ts";
import { createSay, languages, textsIn } from "../../src/texts/texts.ts";

const ids = Object.keys(english).filter((id): id is TextId => id in english);

describe.each(languages)("the texts of %s", (language) => {
  const texts = textsIn(language);

  it.each(ids)("say %s, with every argument of its English and no other", (id) => {
    const args = placeholders(id);
    const said = texts.say(id, args);
    expect(said).not.toMatch(/[{}\u2068\u2069]/);
    for (const value of Object.values(args)) expect(said).toContain(value);
  });

  it.each(ids)("name in %s the commands and the figures of its English", (id) => {
    expect(namedIn(texts.say(id, placeholders(id)))).toEqual(
      namedIn(textsIn("en").say(id, placeholders(id))),
    );
  });

  it.each(ids)("name in %s only commands that there are on every platform", (id) => {
    const known = commands.map(({ name }) => `/${name}`);
    for (const command of namedIn(texts.say(id, placeholders(id))).filter((word) => word.startsWith("/")))
      expect(known).toContain(command);
  });

  it("are built once", () => {
    expect(textsIn(language)).toBe(texts);
  });
});

describe("a mistake in the use of a text", () => {
  const { say } = textsIn("en");

  it("throws when an argument is missing", () => {
    expect(() => say("headline-up", { symbol: "BTC" })).toThrow(/ratio/);
  });

  it("throws when Fluent couldn't read the text", () => {
    const broken = createSay("en", { ...english, "band-none": "{ unfinished" });
    expect(() => broken("band-none")).toThrow('text "band-none" is missing in en');
  });
});

describe("an age is said in one unit", () => {
  it.each([
    [-300, "0\u00a0s"],
    [4_200, "4\u00a0s"],
    [119_000, "119\u00a0s"],
    [120_000, "2\u00a0min"],
    [7_199_000, "119\u00a0min"],
    [7_200_000, "2\u00a0h"],
  ])("%d ms is %s", (ageMs, said) => {
    expect(textsIn("en").age(ageMs)).toBe(said);
  });
});

it("the caveat's first sentence is fixed", () => {
  expect(textsIn("en").say("caveat-first")).toBe("Liquidation maps are not price predictions.");
});

/** Commands as people type them, and numbers, whatever their decimal mark. */
function namedIn(said: string): readonly string[] {
  const commands = said.match(/(?<=^|\s)\/[a-z]+/gu) ?? [];
  const figures = said.match(/\d+(?:[.,:]\d+)*/gu) ?? [];
  return [...commands, ...figures.map((figure) => figure.replace(",", "."))].toSorted();
}

function placeholders(id: TextId): Record<string, string> {
  return Object.fromEntries(argumentsOf(id).map((name) => [name, `<${name}>`]));
}

function argumentsOf(id: TextId): string[] {
  return [...english[id].matchAll(/\{ \$(\w+) \}/g)].flatMap(([, name]) =>
    name === undefined ? [] : [name],
  );
}
