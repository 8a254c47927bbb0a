import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import {
  createDiscordSender,
  verifyDiscordToken,
  type DiscordOptions,
} from "../../../src/notifier/senders/discord.ts";
import { json, saying, startGateway } from "../../support/gateway.ts";
import { handClock } from "../builders.ts";
import { alert } from "./sender.contract.ts";

const clock = handClock();
const html = { "content-type": "text/html" };
const page = "<html>error code: 1015</html>";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function behind(answer: (response: ServerResponse) => void): Promise<DiscordOptions> {
  const { url, close } = await startGateway(answer);
  closers.push(close);
  return { token: "a.b.c", apiUrl: `${url}/api`, timeoutMs: 2_000, clock };
}

const request = {
  destination: "discord:1303030303030303031",
  message: alert,
  possibleRepeat: false,
  idempotencyKey: "k",
};

describe("what answers before Discord", () => {
  it.each([
    [403, "a page", page, html],
    [404, "a page", page, html],
    [401, "a page", page, html],
    [408, "nothing", "", {}],
  ] as const)("refuses no alert for good: %d and %s", async (status, _what, body, headers) => {
    const options = await behind(saying(status, body, headers));
    expect(await createDiscordSender(options).send(request)).toEqual({
      kind: "unreachable",
      reason: `something before Discord answered ${status}`,
    });
    expect(await verifyDiscordToken(options)).toMatchObject({ kind: "unreachable" });
  });

  it.each([
    ["for as long as it says", page, { ...html, "retry-after": "600" }, 600_000],
    ["for a minute where it says nothing", page, html, 60_000],
    ["for a minute where it says so in JSON", '{"message":"You are being blocked","code":0}', json, 60_000],
    ["for a minute where it says 0", page, { ...html, "retry-after": "0" }, 60_000],
  ])("stops all that is on its way to Discord by a ban, %s", async (_how, body, headers, waitMs) => {
    const sender = createDiscordSender(await behind(saying(429, body, headers)));
    expect(await sender.send(request)).toEqual({
      kind: "rate-limited",
      retryAt: clock.now() + waitMs,
      scope: "all",
    });
  });

  it("keeps alerts for the operator's next token where this one is known no more", async () => {
    const sender = createDiscordSender(
      await behind(saying(401, '{"message":"401: Unauthorized","code":0}', json)),
    );
    expect(await sender.send(request)).toMatchObject({ kind: "rejected", disable: false, ofToken: true });
  });

  it("stops one channel by a limit of Discord's own", async () => {
    const headers = { ...json, "retry-after": "7", "x-ratelimit-scope": "user" };
    const sender = createDiscordSender(await behind(saying(429, '{"retry_after":7}', headers)));
    expect(await sender.send(request)).toMatchObject({ kind: "rate-limited", scope: "chat" });
  });
});

describe("what Discord answers about a person", () => {
  const refusal = (status: number, code: number) =>
    saying(status, JSON.stringify({ message: "no", code }), json);
  /** The channel of that id is unknown: it is a person's, whose conversation is asked for next. */
  const opening = async (second: (response: ServerResponse) => void): Promise<DiscordOptions> => {
    let asked = 0;
    return behind((response) => {
      asked += 1;
      (asked === 1 ? refusal(404, 10003) : second)(response);
    });
  };

  it("stops nobody for good because conversations were opened too fast", async () => {
    const sender = createDiscordSender(await opening(refusal(403, 40003)));
    expect(await sender.send(request)).toMatchObject({ kind: "rate-limited", scope: "chat" });
  });

  it("stops nobody for good because the token was reset in between", async () => {
    const sender = createDiscordSender(await opening(refusal(401, 0)));
    expect(await sender.send(request)).toMatchObject({ kind: "rejected", disable: false, ofToken: true });
  });

  it("gives up on whoever shares no server with the bot any more", async () => {
    const sender = createDiscordSender(await behind(refusal(403, 50278)));
    expect(await sender.send(request)).toMatchObject({ kind: "rejected", disable: true });
  });
});
