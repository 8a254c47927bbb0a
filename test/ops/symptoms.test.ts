import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createMetrics } from "../../src/ops/metrics.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What Telegram says, and a place in a list, which is put together. */
const notOurs = new Set(["chat not found", "entry 2 of TELEGRAM_CHATS"]);

const operating = readFileSync(join(root, "docs/operating.md"), "utf8");
const symptoms = quotedIn(operating);
const program = textsOf(join(root, "src"));

it.each(symptoms)("“%s”, which an operator looks up, is what the program says", (symptom) => {
  expect(program.includes(symptom)).toBe(true);
});

it("every figure that the documentation names is published", async () => {
  const published = await createMetrics().registry.metrics();
  const named = [...operating.matchAll(/lopside_[a-z_]+/g)].map(([name]) => name);
  for (const name of named) expect(published).toContain(`# TYPE ${name} `);
});

it("there are some to look up", () => {
  expect(symptoms.length).toBeGreaterThan(12);
});

/** Sentences quoted in the first column under “When it breaks”, up to what differs from case to case. */
function quotedIn(markdown: string): readonly string[] {
  const [, section = ""] = /## When it breaks\n([\s\S]*?)\n## /.exec(markdown) ?? [];
  const columns = section.split("\n").map((line) => line.split(" | ")[0] ?? "");
  const quoted = columns.flatMap((column) => [...column.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text));
  return quoted
    .filter((text) => text.includes(" ") && !notOurs.has(text))
    .map((text) => text.replaceAll(/^… | ?…$/g, "").replace(/ topic is gone$/, " topic is "));
}

/** Sources without their comments. */
function textsOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  return files
    .map((name) => readFileSync(join(folder, name), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ""))
    .join("\n");
}
