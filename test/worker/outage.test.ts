import { describe, expect, test } from "vitest";
import { isOutage } from "../../src/worker/outage.ts";

const system = (code: string): Error => Object.assign(new Error(`connect ${code} 127.0.0.1:6379`), { code });

describe("an error of a queue", () => {
  test.each([
    [true, system("ECONNREFUSED")],
    [true, system("ECONNRESET")],
    [true, system("ENOENT")],
    [true, system("ETIMEDOUT")],
    [true, new Error("Connection is closed.")],
    [false, new Error("could not renew lock for job 7")],
    [false, new Error("READONLY You can't write against a read only replica.")],
    [false, Object.assign(new Error("no such script"), { code: -1 })],
  ])("says only that Redis is away: %s, %s", (expected, error) => {
    expect(isOutage(error)).toBe(expected);
  });
});
