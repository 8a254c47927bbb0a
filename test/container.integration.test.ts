import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killChildren, startChild } from "./support/child.ts";
import { hasStarted } from "./support/installation.ts";
import { freePort } from "./support/redis.ts";

const project = resolve(import.meta.dirname, "..");
const compose = readFileSync(join(project, "compose.yaml"), "utf8");
const dockerfile = readFileSync(join(project, "Dockerfile"), "utf8");

/** What the first stage copies from the checkout, in order. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
  ([, files]) => files?.split(" ") ?? [],
);

/**
 * No container engine here: the stages' commands are run as they are written, on this machine. Only `npm ci` is
 * replaced by the packages that are installed already.
 */
describe("the container", () => {
  const root = mkdtempSync(join(tmpdir(), "lopside-container-"));
  const build = join(root, "build");
  const app = join(root, "app");

  beforeAll(() => {
    mkdirSync(build);
    mkdirSync(app);
    for (const file of copied) cpSync(join(project, file), join(build, file), { recursive: true });
    symlinkSync(join(project, "node_modules"), join(build, "node_modules"));
    if (!/^RUN npm run build$/m.test(dockerfile)) throw new Error("the first stage builds in another way");
    const { status, stderr } = spawnSync("npm", ["run", "build"], { cwd: build, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    cpSync(join(build, "dist"), join(app, "dist"), { recursive: true });
    cpSync(join(project, "package.json"), join(app, "package.json"));
  });
  afterAll(async () => {
    await killChildren();
    rmSync(root, { recursive: true, force: true });
  });

  test("is built from nothing but what the first stage copies, and nothing of it is ignored", () => {
    const ignored = readFileSync(join(project, ".dockerignore"), "utf8").split("\n");
    expect(copied).toContain("src");
    expect(copied.filter((file) => ignored.includes(file))).toEqual([]);
  });

  test("runs without node_modules, alive by its own health check", async () => {
    expect(dockerfile).toContain('ENTRYPOINT ["tini", "--", "node", "dist/cli.js"]\nCMD ["start"]');
    expect(dockerfile).toContain('CMD ["node", "dist/cli.js", "health"]');
    const env = {
      PATH: process.env["PATH"] ?? "",
      HTTP_HOST: "127.0.0.1",
      HTTP_PORT: String(await freePort()),
      DATA_DIR: join(root, "data"),
      VENUE_BASE_URL: `http://127.0.0.1:${await freePort()}`,
    };
    const cli = join(app, "dist/cli.js");
    const health = (): number | null =>
      spawnSync(process.execPath, [cli, "health"], { cwd: app, env }).status;
    expect(health()).toBe(1);
    const child = startChild({ args: ["start"], env, cwd: app, cli });
    await child.waitFor(hasStarted(child));
    expect(health()).toBe(0);
    child.signal("SIGTERM");
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });

  test("runs as nobody special, and keeps its data in a volume", () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^VOLUME \/data$/m);
    expect(dockerfile).toMatch(/DATA_DIR=\/data/);
  });

  test("is reachable and keeps its data whatever a .env made for this machine says", () => {
    const [, environment = ""] = /^ {4}environment:\n((?: {6}.*\n)+)/m.exec(compose) ?? [];
    const pinned = Object.fromEntries(
      [...environment.matchAll(/^ +([A-Z_]+): "?([^"\n]+)"?$/gm)].map(([, name, value]) => [name, value]),
    );
    expect(pinned).toMatchObject({ HTTP_HOST: "0.0.0.0", HTTP_PORT: "8080", DATA_DIR: "/data" });
    expect(compose).toContain(`:${pinned["HTTP_PORT"]}"`);
    expect(compose).toContain(`lopside-data:${pinned["DATA_DIR"]}\n`);
  });
});
