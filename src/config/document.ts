import { variables } from "./variables.ts";
import type { VariableDoc } from "./variables.ts";

/** The variables as documentation: both texts come out of the schema, and tests hold the files to them. */

interface Row extends VariableDoc {
  readonly name: string;
}

function rows(): readonly Row[] {
  const { schema, docs } = variables([]);
  return Object.entries(schema.shape).map(([name, field]) => ({ meaning: "", ...docs.get(field), name }));
}

/** The text of `.env.example`: every variable, commented out, with its default or an example. */
export function envExample(): string {
  const head = [
    "# Lopside reads these from the environment or from a file .env beside this one. All are optional.",
    "# Every variable can also be read from a file: NAME_FILE=/run/secrets/name (Docker secrets).",
  ];
  const blocks = rows().flatMap((row) => [
    "",
    `# ${plain(row.meaning)}${withoutIt(row)}`,
    `#${row.name}=${row.fallback ?? row.example ?? ""}`,
  ]);
  return [...head, ...blocks, ""].join("\n");
}

/** The variables as a Markdown table. */
export function configTable(): string {
  const lines = rows().map((row) => {
    const fallback = row.fallback === undefined ? (row.otherwise ?? "—") : `\`${row.fallback}\``;
    return `| \`${row.name}\` | ${fallback} | ${row.meaning} |`;
  });
  const files = "| `*_FILE` | — | any of these, read from a file (Docker secrets) |";
  return ["| variable | default | meaning |", "| --- | --- | --- |", ...lines, files, ""].join("\n");
}

const plain = (text: string): string => text.replaceAll("`", "");

function withoutIt(row: Row): string {
  return row.otherwise === undefined ? "" : ` (default: ${row.otherwise})`;
}
