import { FluentBundle, FluentResource } from "@fluent/bundle";
import { english, type Catalogue, type TextId } from "./en.ts";
import { spanish } from "./es.ts";
import { createFormat, type Format } from "./format.ts";

/** Catalogues by language; a new language is one more entry, and the compiler asks for its missing ids. */
const catalogues = {
  en: { locale: "en", texts: english },
  es: { locale: "es", texts: spanish },
} as const satisfies Record<string, { readonly locale: string; readonly texts: Catalogue }>;

export type Language = keyof typeof catalogues;

export const languages: readonly Language[] = ["en", "es"];

/** One language: its sentences, and its way of writing numbers and times. */
export interface Texts extends Format {
  readonly language: Language;
  /** The sentence `id` with its arguments put in. Throws when the id or an argument is missing. */
  readonly say: (id: TextId, args?: TextArguments) => string;
  /** How old, in one unit: 4 s, 3 min, 2 h. */
  readonly age: (ageMs: number) => string;
  /** Nov 22, 14:32 UTC; with an IANA zone on that zone's clock, under its own name. */
  readonly time: (epochMs: number, zone?: string) => string;
}

type TextArguments = Readonly<Record<string, string>>;

const built = new Map<Language, Texts>();

/** The texts of a language, built at first use. */
export function textsIn(language: Language): Texts {
  const known = built.get(language);
  if (known !== undefined) return known;
  const texts = buildTexts(language);
  built.set(language, texts);
  return texts;
}

function buildTexts(language: Language): Texts {
  const { locale, texts } = catalogues[language];
  const format = createFormat(locale);
  const say = createSay(locale, texts);
  return {
    ...format,
    language,
    say,
    age: (ageMs) => sayAge(say, format, ageMs),
    time: (epochMs, zone) =>
      zone === undefined
        ? say("time-utc", { time: format.utcTime(epochMs) })
        : format.zonedTime(epochMs, zone),
  };
}

/** What `Texts.say` does, over one catalogue. */
export function createSay(locale: string, texts: Catalogue): Texts["say"] {
  // isolation marks would count against the platforms' limits, and nothing here is written right to left
  const bundle = new FluentBundle(locale, { useIsolating: false });
  const source = Object.entries(texts).map(([id, pattern]) => `${id} = ${pattern}`);
  const [problem] = bundle.addResource(new FluentResource(source.join("\n")));
  if (problem !== undefined) throw problem;
  return (id, args = {}) => {
    const pattern = bundle.getMessage(id)?.value;
    if (pattern === undefined || pattern === null) throw new Error(`text "${id}" is missing in ${locale}`);
    return bundle.formatPattern(pattern, args);
  };
}

function sayAge(say: Texts["say"], format: Format, ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1_000));
  if (seconds < 120) return say("age-seconds", { count: format.count(seconds) });
  if (seconds < 7_200) return say("age-minutes", { count: format.count(Math.floor(seconds / 60)) });
  return say("age-hours", { count: format.count(Math.floor(seconds / 3_600)) });
}
