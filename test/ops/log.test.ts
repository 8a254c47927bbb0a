import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLog } from "../../src/ops/log.ts";

const token = "123456789:AAE-abcdefghijklmnopqrstuvwxyz012345";
const password = 'p@ss"w\\rd/é%';

describe("a configured secret never reaches a log line", () => {
  const circular: Record<string, unknown> = { password };
  circular["self"] = circular;
  const failing = new Error(`GET https://api.telegram.org/bot${token}/getMe failed`, {
    cause: new AggregateError([new Error(`redis://:${encodeURIComponent(password)}@h`)], password),
  });

  it.each<[string, object]>([
    ["in a field", { password }],
    ["as a field's name", { [password]: 1 }],
    ["deep in objects and lists", { a: [{ b: { c: [password] } }] }],
    ["in an error's message, stack and causes", { error: failing }],
    ["in an error that is the fields", failing],
    [
      "in an error's own properties",
      { error: Object.assign(new Error("x"), { request: { args: [password] } }) },
    ],
    ["in a map and a set", { map: new Map([[password, password]]), set: new Set([password]) }],
    ["in a URL object", { url: new URL(`https://u:${encodeURIComponent(password)}@h/bot${token}/x`) }],
    ["percent-encoded in full", { text: percentEncoded(password) }],
    ["percent-encoded in small letters", { text: percentEncoded(password).toLowerCase() }],
    ["percent-encoded in part", { text: encodeURI(`http://h/${token}`) + encodeURIComponent(token) }],
    ["in a JSON text", { body: JSON.stringify({ password }) }],
    ["in a JSON text in a JSON text", { body: JSON.stringify({ body: JSON.stringify({ password }) }) }],
    ["in a basic authorization header", { h: `Basic ${Buffer.from(`me:${password}`).toString("base64")}` }],
    ["in a circle", circular],
    ["across the place where a long text is cut", { text: `${"x".repeat(7996)}${password}` }],
    ["as bytes", { bytes: Buffer.from(password) }],
    ["behind a toJSON", { toJSON: () => ({ password }), inner: { toJSON: () => password } }],
    ["behind a getter", Object.defineProperty({}, "password", { enumerable: true, get: () => password })],
  ])("%s", (_, fields) => {
    for (const human of [undefined, { colours: true }]) {
      const text = logged((log) => log.error(fields, `failed with ${password} and ${token}`), human);
      expect(text).not.toContain("AAE-abc");
      expect(text).not.toContain("p@ss");
      expect(text).not.toContain("p%40ss");
      expect(text).not.toContain("w\\\\rd");
      expect(text).not.toContain(Buffer.from(password).toString("base64").slice(0, 8));
      expect(text).not.toContain("112,64,115,115");
      expect(text).toContain("[secret]");
    }
  });

  it("not even by way of a child", () => {
    expect(logged((log) => log.child({ password }).info({}, "hello"))).not.toContain("p@ss");
  });

  it("whatever the secret and however it is encoded", () => {
    const encodings = fc.constantFrom(
      (text: string) => text,
      (text: string) => encodeURIComponent(text),
      (text: string) => JSON.stringify({ text }),
      (text: string) => `redis://:${encodeURIComponent(text)}@host`,
    );
    const secrets = fc.string({ unit: "grapheme", minLength: 6, maxLength: 40 });
    fc.assert(
      fc.property(secrets, encodings, (secret, encode) => {
        const line = logged((log) => log.info({ value: encode(secret) }, "message"), undefined, [secret]);
        const value: unknown = JSON.parse(line);
        expect(JSON.stringify(value)).toContain("[secret]");
        expect(JSON.stringify(value)).not.toContain(JSON.stringify(encode(secret)).slice(1, -1));
      }),
    );
  });

  it("and a Telegram token in nobody's configuration is masked by its shape", () => {
    expect(
      logged((log) => log.warn({ url: `http://h/bot${token}/sendMessage` }, "failed"), undefined, []),
    ).toContain("http://h/bot[secret]/sendMessage");
  });
});

describe("a log line", () => {
  it("is JSON with a time, a level by name and the fields", () => {
    expect(JSON.parse(logged((log) => log.info({ venue: "okx", ms: 5 }, "polled")))).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      venue: "okx",
      ms: 5,
      msg: "polled",
    });
  });

  it("is one readable line for people", () => {
    const text = logged((log) => log.warn({ venue: "okx", reason: "timed out" }, "venue failed"), {
      colours: false,
    });
    expect(text).toMatch(/^\d\d:\d\d:\d\d WARN {2}venue failed venue=okx reason="timed out"\n$/);
  });

  it("shows an error's stack to people only when it is an error", () => {
    const error = new Error("boom");
    expect(logged((log) => log.warn({ error }, "m"), { colours: false })).toMatch(/ error="boom"\n$/);
    expect(logged((log) => log.error({ error }, "m"), { colours: false })).toContain("\n    Error: boom\n");
  });

  it("stays one line for people, and leaves their terminal alone, whatever an outsider's text has in it", () => {
    const bell = "\u001B[2J\u0007";
    const text = logged((log) => log.warn({ reason: bell, word: "\u009B2J\u202Ex" }, `odd\n${bell}\u202E`), {
      colours: false,
    });
    expect(text).toMatch(/^[\d:]{8} WARN {2}odd[ -~]+\n$/);
  });

  it("shows a stack to people without what would steer their terminal", () => {
    const text = logged((log) => log.error({ error: new Error("odd\u001B[2J\r") }, "m"), { colours: false });
    expect(text).not.toMatch(/[^ -~\n]/);
  });

  it("is left out below the level", () => {
    expect(logged((log) => log.debug({}, "quiet"))).toBe("");
  });

  it.each<[string, object]>([
    ["a getter that throws", Object.defineProperty({}, "x", { enumerable: true, get: () => fail() })],
    ["a big integer", { x: 1n }],
    ["a thousand entries", { x: Array.from({ length: 1000 }, (_, index) => index) }],
    ["a long text", { x: "x".repeat(1e6) }],
  ])("survives %s", (_, fields) => {
    const text = logged((log) => log.info(fields, "still here"));
    expect(JSON.parse(text)).toMatchObject({ msg: "still here" });
    expect(text.length).toBeLessThan(10_000);
  });
});

type Lines = (log: ReturnType<typeof createLog>) => void;

function logged(
  act: Lines,
  human?: { colours: boolean },
  secrets: readonly string[] = [token, password],
): string {
  let text = "";
  const destination = { write: (line: string) => (text += line) };
  act(createLog({ level: "info", secrets, destination, ...(human === undefined ? {} : { human }) }));
  return text;
}

function percentEncoded(text: string): string {
  return Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(
    "",
  );
}

function fail(): never {
  throw new Error("getter");
}
