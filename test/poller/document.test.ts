import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { venuesPage } from "../../src/poller/document.ts";
import { supportedVenues } from "../../src/poller/supported.ts";

const page = readFileSync(new URL("../../docs/venues.md", import.meta.url), "utf8");

/** Prettier aligns tables and breaks lines; neither says anything. */
const plain = (text: string): string => text.replaceAll(/\s+/g, " ").replaceAll(/-+/g, "-").trim();

it("docs/venues.md is what the adapters declare (npm run venue-docs writes it)", () => {
  expect(plain(page)).toBe(plain(venuesPage()));
});

it.each(supportedVenues)("the page tells of %s", (id) => {
  expect(page).toContain(`\`${id}\``);
});
