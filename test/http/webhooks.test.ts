import { describe, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import type { WebhookRequest, Webhooks } from "../../src/http/contracts.ts";
import { sourcesOf } from "./sources.ts";

const path = "/discord/interactions";

async function post(webhooks: Webhooks, init: RequestInit = {}, to = path): Promise<Response> {
  const headers = { host: "lopside.example.org", "x-signature-ed25519": "ab" };
  const request = { method: "POST", headers, body: '{"type":1}', ...init };
  return createApp(sourcesOf(0, { webhooks }), "127.0.0.1").request(to, request);
}

function answering(answer: { status: number; body?: object }): {
  webhooks: Webhooks;
  came: WebhookRequest[];
} {
  const came: WebhookRequest[] = [];
  const webhook = async (request: WebhookRequest) => {
    came.push(request);
    return answer;
  };
  return { came, webhooks: new Map([[path, webhook]]) };
}

describe("what a platform POSTs", () => {
  test("reaches whoever takes it byte for byte, under any name of this machine", async () => {
    const { webhooks, came } = answering({ status: 401, body: { error: "no" } });
    // no text: what is signed are bytes
    const body = new Uint8Array([0x7b, 0xff, 0x00, 0xc3, 0x7d]);
    const response = await post(webhooks, { body });
    expect([response.status, await response.json()]).toEqual([401, { error: "no" }]);
    const [request] = came;
    expect(request?.body).toEqual(body);
    expect(request?.header("X-Signature-Ed25519")).toBe("ab");
  });

  test("can be answered with nothing", async () => {
    const response = await post(answering({ status: 202 }).webhooks);
    expect([response.status, await response.text()]).toEqual([202, ""]);
  });

  test("is refused unread when it is too large", async () => {
    const { webhooks, came } = answering({ status: 200 });
    expect((await post(webhooks, { body: "x".repeat(1_000_001) })).status).toBe(413);
    expect(came).toEqual([]);
  });

  test.each([
    ["another path", {}, "/discord/other"],
    ["another method", { method: "GET", body: null }, path],
  ])("%s is as foreign as ever", async (_, init, to) => {
    const { webhooks, came } = answering({ status: 200 });
    expect((await post(webhooks, init, to)).status).toBe(403);
    expect(came).toEqual([]);
  });
});
