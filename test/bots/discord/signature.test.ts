import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createVerify, oldestMs, type SignedRequest } from "../../../src/bots/discord/signature.ts";

const keys = generateKeyPairSync("ed25519");
const publicKey = keys.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
const now = 1_795_351_200_000;

function signed(text: string, at = now): SignedRequest {
  const timestamp = String(Math.floor(at / 1_000));
  const body = Buffer.from(text);
  const signature = sign(null, Buffer.concat([Buffer.from(timestamp), body]), keys.privateKey);
  return { timestamp, body, signature: signature.toString("hex") };
}

describe("requests that say they come from Discord", () => {
  test("are believed when it signed them just now", () => {
    expect(createVerify(publicKey)(signed("{}"), now)).toBe("genuine");
  });

  const request = signed('{"type":1}');
  test.each([
    ["without a signature", { ...request, signature: undefined }],
    ["without a time", { ...request, timestamp: undefined }],
    ["with another body", { ...request, body: Buffer.from('{"type":2}') }],
    ["with another time", { ...request, timestamp: String(Number(request.timestamp) + 1) }],
    ["signed by somebody else", { ...request, signature: "ab".repeat(64) }],
    ["with a signature that is none", { ...request, signature: "zz" }],
    ["with a time that is none", { ...request, timestamp: "now" }],
  ])("are not believed %s", (_, forged) => {
    expect(createVerify(publicKey)(forged, now)).toBe("forged");
  });

  test.each([
    ["too old", signed("{}", now - oldestMs - 1_000)],
    ["from the future", signed("{}", now + oldestMs + 1_000)],
  ])("are refused when their time is %s", (_, late) => {
    expect(createVerify(publicKey)(late, now)).toBe("replayed");
  });

  test("are believed once, however often somebody sends them again within their time", () => {
    const verify = createVerify(publicKey);
    const [one, other] = [signed("1"), signed("2")];
    expect([one, other, one, other].map((each) => verify(each, now))).toEqual([
      "genuine",
      "genuine",
      "replayed",
      "replayed",
    ]);
    expect(verify(one, now + oldestMs)).toBe("replayed");
    const upper = { ...one, signature: one.signature?.toUpperCase() };
    expect(verify(upper, now)).toBe("replayed");
  });

  test("are forgotten in time, so that memory stays bounded", () => {
    const verify = createVerify(publicKey);
    for (let round = 0; round < 5; round += 1) {
      const at = now + round * 2.5 * oldestMs;
      expect(verify(signed(`round ${round}`, at), at)).toBe("genuine");
    }
  });
});
