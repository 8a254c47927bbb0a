import { describe, expect, it } from "vitest";
import { createLifecycle } from "../../src/ops/lifecycle.ts";
import { createLog } from "../../src/ops/log.ts";

const never = new Promise<void>(() => undefined);

describe("a lifecycle", () => {
  it("stops the parts one after the other, the last started first", async () => {
    const { lifecycle, stopped } = withParts("redis", "worker", "poller");
    expect(await lifecycle.stopAll()).toBe(true);
    expect(stopped).toEqual(["poller", "worker", "redis"]);
  });

  it("goes on when a part fails, and says which", async () => {
    const { lifecycle, stopped, lines } = withParts("redis");
    lifecycle.add("worker", async () => Promise.reject(new Error("stuck")));
    expect(await lifecycle.stopAll()).toBe(false);
    expect(stopped).toEqual(["redis"]);
    expect(lines.join("")).toContain('"part":"worker"');
  });

  it("goes on when a part throws right away", async () => {
    const { lifecycle, stopped } = withParts("redis");
    lifecycle.add("worker", () => {
      throw new Error("at once");
    });
    expect(await lifecycle.stopAll()).toBe(false);
    expect(stopped).toEqual(["redis"]);
  });

  it("leaves a part behind that takes longer than it may", async () => {
    const { lifecycle, stopped } = withParts("redis");
    lifecycle.add("worker", async () => never, { timeoutMs: 1 });
    expect(await lifecycle.stopAll()).toBe(false);
    expect(stopped).toEqual(["redis"]);
  });

  it("tells every part even when the time for all of them is up", async () => {
    const { lifecycle, stopped } = withParts("redis", "worker");
    lifecycle.add("poller", async () => never);
    expect(await lifecycle.stopAll()).toBe(false);
    expect(stopped).toEqual(["worker", "redis"]);
  });

  it("stops once, however often it is asked", async () => {
    const { lifecycle, stopped } = withParts("redis");
    await Promise.all([lifecycle.stopAll(), lifecycle.stopAll()]);
    expect(stopped).toEqual(["redis"]);
  });
});

function withParts(...names: string[]) {
  const stopped: string[] = [];
  const lines: string[] = [];
  const log = createLog({ level: "info", secrets: [], destination: { write: (line) => lines.push(line) } });
  const lifecycle = createLifecycle(log, 20);
  for (const name of names) lifecycle.add(name, () => void stopped.push(name));
  return { lifecycle, stopped, lines };
}
