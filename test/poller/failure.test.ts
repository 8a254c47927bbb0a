import { describe, expect, it } from "vitest";
import * as errors from "../../node_modules/ccxt/js/src/base/errors.js";
import type { PollFailureKind } from "../../src/poller/contracts.ts";
import { toFailure } from "../../src/poller/failure.ts";
import { Malformed } from "../../src/poller/read.ts";
import { noon } from "./world.ts";

const at = { venue: "okx", what: "Candles BTC-USDT-SWAP", now: noon, timeoutMs: 1_000 };

describe("toFailure", () => {
  it.each<[Error, PollFailureKind]>([
    [new errors.NetworkError("socket"), "retry"],
    [new errors.ExchangeNotAvailable("busy"), "retry"],
    [new errors.OnMaintenance("upgrade"), "retry"],
    [new errors.RequestTimeout("late"), "retry"],
    [new errors.BadResponse("what"), "retry"],
    [new errors.NullResponse("nothing"), "retry"],
    [new errors.InvalidNonce("clock"), "retry"],
    [new errors.ExchangeError("no"), "retry"],
    [new errors.AuthenticationError("who"), "retry"],
    [new Malformed("price is not positive"), "retry"],
    [new TypeError("x is undefined"), "retry"],
    [new errors.DDoSProtection("enough"), "cool-down"],
    [new errors.RateLimitExceeded("enough"), "cool-down"],
    [new errors.BadSymbol("unknown"), "give-up-symbol"],
    [new errors.RestrictedLocation("not there"), "disable-venue"],
  ])("%s is %s", (error, kind) => {
    expect(toFailure(error, at).kind).toBe(kind);
  });

  it("names venue and call", () => {
    expect(toFailure(new errors.ExchangeError("no"), at).reason).toBe("okx Candles BTC-USDT-SWAP: no");
  });

  it("keeps addresses, and what is in them, to itself", () => {
    const error = new errors.NetworkError(
      "okx GET http://user:s3cret@proxy.example/t0ken/okx/api fetch failed: boom",
    );
    const { reason } = toFailure(error, at);
    expect(reason).toContain("boom");
    expect(reason).not.toMatch(/s3cret|t0ken|proxy/);
  });

  it("is one line of at most 200 characters", () => {
    const { reason } = toFailure(new errors.ExchangeError(`oops\n${"x ".repeat(500)}`), at);
    expect(reason).toHaveLength(200);
    expect(reason).not.toContain("\n");
  });

  it("says what a web page says, without its markup", () => {
    const page = "<html><head><title>502 Bad Gateway</title></head><body></body></html>";
    const { reason } = toFailure(new errors.ExchangeNotAvailable(`okx 502 ${page}`), at);
    expect(reason).toMatch(/okx 502 \(a web page: 502 Bad Gateway\)$/);
  });
});
