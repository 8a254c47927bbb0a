import { variables } from "./variables.ts";
import type { VariableDoc } from "./variables.ts";

/** The variables as documentation: both texts come out of the schema, and tests hold the files to them. */

type Row = readonly [name: string, doc: VariableDoc];

function rows(): readonly Row[] {
  const { schema, docs } = variables([]);
  return Object.entries(schema.shape).map(([name, field]) => [name, docs.get(field) ?? { meaning: "" }]);
}

/** The text of `.env.example`: every variable, commented out, with its default or an example. */
export function envExample(): string {
  const head = [
    "# Lopside reads these from the environment or from a file .env beside this one. All are optional.",
    "# Every variable can also be read from a file: NAME_FILE=/run/secrets/name (Docker secrets).",
  ];
  const blocks = rows().flatMap(([name, doc]) => [
    "",
    `# ${plain(doc.meaning)}${withoutIt(doc)}`,
    `#${name}=${doc.fallback ?? doc.example ?? ""}`,
  ]);
  return [...head, ...blocks, ""].join("\n");
}

/** The variables as a Markdown table. */
export function configTable(): string {
  const lines = rows().map(([name, doc]) => {
    const fallback = doc.fallback === undefined ? (doc.otherwise ?? "—") : `\`${doc.fallback}\``;
    return `| \`${name}\` | ${fallback} | ${doc.meaning} |`;
  });
  const files = "| `*_FILE` | — | any of these, read from a file (Docker secrets) |";
  return ["| variable | default | meaning |", "| --- | --- | --- |", ...lines, files, ""].join("\n");
}

const plain = (text: string): string => text.replaceAll("`", "");

function withoutIt(doc: VariableDoc): string {
  return doc.otherwise === undefined ? "" : ` (default: ${doc.otherwise})`;
}
