import { expect, test } from "vitest";
import { checkWebhooks, type Resolve } from "../../../src/commands/checks/webhooks.ts";

const secret = "sixteen characters";
const names: Readonly<Record<string, readonly string[]>> = {
  "hooks.example.org": ["93.184.215.14", "2606:2800:21f::1"],
  "inside.example.org": ["10.0.0.7"],
  "both.example.org": ["93.184.215.14", "127.0.0.1"],
};
const resolve: Resolve = async (hostname) => {
  const addresses = names[hostname];
  if (addresses === undefined) throw Object.assign(new Error("no"), { code: "ENOTFOUND" });
  return addresses;
};

async function look(urls: readonly string[], allowPrivate = false) {
  return checkWebhooks({ urls, secret, allowPrivate }, resolve);
}

test("a public address is fine", async () => {
  expect(await look(["https://hooks.example.org/s3cret"])).toEqual([
    { level: "ok", message: "WEBHOOK_URLS: 1 of 1 can be posted to" },
  ]);
});

const inside = [
  "https://inside.example.org/s3cret",
  "https://both.example.org/s3cret",
  "http://127.0.0.1/s3cret",
  "http://[::1]/s3cret",
];

test.each(inside)("a private one is not unless it is allowed: %s", async (url) => {
  const findings = await look([url]);
  expect(findings).toEqual([
    {
      level: "error",
      message: "entry 1 of WEBHOOK_URLS leads to a private address: nothing is posted there",
      hint: expect.stringContaining("WEBHOOK_ALLOW_PRIVATE=true"),
    },
  ]);
  expect(JSON.stringify(findings)).not.toContain("s3cret");
  expect(await look([url], true)).toMatchObject([{ level: "ok" }]);
});

test("a name that nobody knows is said with why", async () => {
  expect(await look(["https://hooks.example.org/", "https://gone.example.org/s3cret"])).toMatchObject([
    { level: "ok" },
    { level: "error", message: "entry 2 of WEBHOOK_URLS has a host that can't be found (ENOTFOUND)" },
  ]);
});

test("without a secret nothing is posted, which another line says", async () => {
  const urls = ["http://127.0.0.1/"];
  expect(await checkWebhooks({ urls, secret: undefined, allowPrivate: false }, resolve)).toEqual([]);
});
