import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { configTable, envExample } from "../../src/config/document.ts";
import { variables } from "../../src/config/variables.ts";

const venues = ["binanceusdm", "bybit", "okx"];

describe(".env.example", () => {
  it("is what the schema says (npm run config-docs writes it)", () => {
    expect(readFileSync(new URL("../../.env.example", import.meta.url), "utf8")).toBe(envExample());
  });

  it("is valid when every line with a value is uncommented", () => {
    const lines = envExample().matchAll(/^#([A-Z_]+)=(.+)$/gm);
    const env = Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
    expect(loadConfig({ env, supportedVenues: venues, readFile: () => "" })).toMatchObject({ ok: true });
  });
});

describe("the documentation's table of variables", () => {
  it("has a row for each variable, with its default", () => {
    const table = configTable();
    expect(table).toContain("| `POLL_INTERVAL` | `60s` |");
    expect(table).toContain("| `REDIS_URL` | embedded |");
    expect(table.trimEnd().split("\n")).toHaveLength(
      2 + Object.keys(variables(venues).schema.shape).length + 1,
    );
  });

  it.each(["README.md", "docs/operating.md"])("is the schema's own wherever %s shows it", (name) => {
    const path = new URL(`../../${name}`, import.meta.url);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const shown = /<!-- config -->\n([\s\S]*?)<!-- \/config -->/.exec(text)?.[1];
    expect(shown === undefined ? undefined : unpadded(shown)).toBe(
      shown === undefined ? undefined : unpadded(configTable()),
    );
  });
});

/** Prettier aligns tables with spaces and dashes; neither says anything. */
const unpadded = (table: string): string => table.trim().replaceAll(/ +/g, " ").replaceAll(/-+/g, "-");
