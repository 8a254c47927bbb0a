import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { SendRequest } from "../../../src/notifier/contracts.ts";
import { createWebhookSender, type WebhookOptions } from "../../../src/notifier/senders/webhook.ts";
import { listen, readBody } from "../../support/listener.ts";
import { patient } from "../../support/patience.ts";
import { content, handClock, now } from "../builders.ts";
import { alert, itSendsLikeEverySender } from "./sender.contract.ts";

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Answer = (response: ServerResponse) => void;
const answering =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, headers).end("thanks");
  };

/** 200, and a body that never ends. */
function dribble(response: ServerResponse): void {
  response.writeHead(200);
  const drip = setInterval(() => response.write("."), 20);
  response.once("close", () => clearInterval(drip));
}

async function receiver(answer: Answer = answering(200)) {
  const received: Received[] = [];
  const listener = await listen(async (request, response) => {
    received.push({ headers: request.headers, body: (await readBody(request)).toString() });
    answer(response);
  });
  const close = async (): Promise<void> => listener.close();
  closing.push(close);
  return { received, url: `http://127.0.0.1:${listener.port}/hook`, port: listener.port, close };
}

function sender(over: Partial<WebhookOptions> = {}) {
  return createWebhookSender({
    secret: "whsec-of-the-test",
    allowPrivate: true,
    timeoutMs: 2_000,
    clock: handClock(),
    ...over,
  });
}

function request(url: string, over: Partial<SendRequest> = {}): SendRequest {
  return {
    destination: `webhook:${url}`,
    message: alert,
    content,
    possibleRepeat: false,
    idempotencyKey: "alert-1|somewhere",
    ...over,
  };
}

/** The lines a person would read, out of a body. */
function wordsOf(body: string): string {
  const { message, note } = JSON.parse(body);
  const { headline, down, up, readings = [], caveat, bottomLine, honesty } = message;
  const read = readings.map(({ who, text }: { who: string; text: string }) => `${who} ${text}`);
  return [headline, down, up, ...read, caveat?.first, bottomLine, honesty, note].join("\n");
}

describe("the webhook sender", () => {
  describe("keeps the senders' contract", () => {
    itSendsLikeEverySender(async () => {
      const { url, received, close } = await receiver();
      return {
        sender: sender(),
        destination: `webhook:${url}`,
        received: () => received.map(({ body }) => wordsOf(body)),
        goDown: close,
      };
    });
  });

  it("posts the alert's facts beside its words", async () => {
    const { url, received } = await receiver();
    await sender().send(request(url));
    const body = JSON.parse(received[0]?.body ?? "");
    expect(body).toMatchObject({ version: 1, alert: { symbol: "BTC", kind: "firing", direction: "up" } });
    expect(received[0]?.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(body.sentAt).toBe(new Date(now).toISOString());
  });

  it("speaks of a possible repeat only where there may be one", async () => {
    const { url, received } = await receiver();
    await sender().send(request(url));
    await sender().send(request(url, { possibleRepeat: true }));
    const [first = "", second = ""] = received.map(({ body }) => body);
    expect(first).not.toContain("repeat");
    expect(JSON.parse(second)).toMatchObject({ possibleRepeat: true, note: alert.repeatNote });
  });

  it("signs time and body, so that a receiver can refuse forgeries and replays", async () => {
    const { url, received } = await receiver();
    await sender().send(request(url));
    const [{ headers, body }] = received as [Received];
    const [, seconds, signature] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["lopside-signature"])) ?? [];
    expect(Number(seconds)).toBe(Math.floor(now / 1000));
    const expected = createHmac("sha256", "whsec-of-the-test").update(`${seconds}.${body}`).digest("hex");
    expect(signature).toBe(expected);
  });

  it("gives every attempt at one message the same idempotency key, and other messages another", async () => {
    const { url, received } = await receiver();
    await sender().send(request(url));
    await sender().send(request(url, { possibleRepeat: true }));
    await sender().send(request(url, { idempotencyKey: "alert-2|somewhere" }));
    const [first, again, other] = received.map(({ headers }) => headers["idempotency-key"]);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it.each([
    ["200", answering(200), { kind: "sent" }],
    ["204", answering(204), { kind: "sent" }],
    [
      "a redirect, which it doesn't follow",
      answering(307, { location: "/elsewhere" }),
      { kind: "unreachable" },
    ],
    ["404, which its owner may mend", answering(404), { kind: "unreachable" }],
    ["500", answering(500), { kind: "unreachable", reason: "the webhook answered 500" }],
    ["410", answering(410), { kind: "rejected", disable: true }],
    [
      "429 with a time",
      answering(429, { "retry-after": "7" }),
      { kind: "rate-limited", retryAt: now + 7_000 },
    ],
    [
      "503 with a time",
      answering(503, { "retry-after": "7" }),
      { kind: "rate-limited", retryAt: now + 7_000 },
    ],
    ["429 until next year", answering(429, { "retry-after": "9999999" }), { kind: "unreachable" }],
    [
      "a lost answer, because the receiver knows repeats",
      (r: ServerResponse) => r.destroy(),
      { kind: "unreachable" },
    ],
  ])("translates %s", async (_what, answer, expected) => {
    const { url, received } = await receiver(answer);
    expect(await sender().send(request(url))).toMatchObject(expected);
    expect(received).toHaveLength(1);
  });

  it.each([
    ["says nothing", () => undefined, "unreachable"],
    ["takes it and then dribbles", dribble, "sent"],
  ] as const)("leaves a receiver that %s when its time is up", async (_what, answer, kind) => {
    const { url } = await receiver(answer);
    expect(await sender({ timeoutMs: 200 }).send(request(url))).toMatchObject({ kind });
  });

  it("cuts an answer without end off, and keeps no connection for it", async () => {
    let cut = 0;
    const { url } = await receiver((response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (response.write(Buffer.alloc(65_536))) if (response.destroyed) return;
      };
      response.on("drain", pour).once("close", () => {
        cut += 1;
      });
      pour();
    });
    expect((await sender({ timeoutMs: 600_000 }).send(request(url))).kind).toBe("sent");
    await vi.waitFor(() => expect(cut).toBe(1), patient);
  });

  it.each(["webhook:ftp://example.org/", "webhook:example.org", "webhook:http://", "telegram:-100"])(
    "refuses %s, which is no address that it could post to",
    async (destination) => {
      const result = await sender().send(request("", { destination }));
      expect(result).toMatchObject({ kind: "rejected", disable: true });
    },
  );

  it.each([
    "http://127.0.0.1:9/hook",
    "http://[::1]:9/hook",
    "http://[::ffff:10.0.0.1]/hook",
    "http://2130706433/hook",
    "http://0x7f.1/hook",
    "http://169.254.169.254/latest/meta-data",
  ])("refuses the private address %s unless the operator allows them", async (url) => {
    const result = await sender({ allowPrivate: false }).send(request(url));
    expect(result).toMatchObject({ kind: "rejected", disable: true });
    expect(JSON.stringify(result)).not.toContain(url);
  });

  it("refuses a name that leads to a private address, even beside a public one", async () => {
    const { port, received } = await receiver();
    const resolve: WebhookOptions["resolve"] = (_name, answer) => {
      answer(null, [
        { address: "93.184.215.14", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    };
    const url = `http://hooks.example.org:${port}/`;
    const result = await sender({ allowPrivate: false, resolve }).send(request(url));
    expect(result).toMatchObject({ kind: "rejected", disable: true });
    expect(received).toEqual([]);
  });

  it("asks for a name once a connection, so that a second answer can't lead elsewhere", async () => {
    const { port, received } = await receiver();
    let asked = 0;
    const resolve: WebhookOptions["resolve"] = (_name, answer) => {
      asked += 1;
      answer(null, [{ address: "127.0.0.1", family: 4 }]);
    };
    const result = await sender({ resolve }).send(request(`http://hooks.example.org:${port}/`));
    expect(result.kind).toBe("sent");
    expect(received[0]?.headers.host).toBe(`hooks.example.org:${port}`);
    expect(asked).toBe(1);
  });

  it("takes no bug of its own for a lost answer", async () => {
    const { url } = await receiver(answering(429, { "retry-after": "7" }));
    const realMs = (): number => {
      throw new RangeError("a bug");
    };
    await expect(sender({ clock: { ...handClock(), realMs } }).send(request(url))).rejects.toThrow("a bug");
  });

  it("says nothing of a name that doesn't resolve but that it doesn't", async () => {
    const resolve: WebhookOptions["resolve"] = (_name, answer) => {
      answer(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }), []);
    };
    const result = await sender({ resolve }).send(request("http://nowhere.example.org/"));
    expect(result).toEqual({ kind: "unreachable", reason: "cannot reach the webhook: ENOTFOUND" });
  });
});
