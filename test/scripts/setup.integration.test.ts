import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const machines: string[] = [];

afterEach(() => {
  for (const path of machines.splice(0)) rmSync(path, { recursive: true, force: true });
});

describe("setup on a fresh machine", () => {
  it("installs the packages and redis-server, builds, and says so in short lines", async () => {
    const machine = freshMachine();
    const { code, stderr } = await machine.setup();
    expect(code).toBe(0);
    expect(machine.calls().map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "npm ci",
      isRoot() ? "sh -c" : "sudo -n",
      "build",
    ]);
    expect(stderr).toMatch(
      /✓ Installing packages.*\n.*\n✓ Installing redis-server.*\n.*\n✓ Building.*\nReady\.\n$/,
    );
  });

  it("does nothing the second time, and is silent with --quiet", async () => {
    const machine = freshMachine();
    await machine.setup();
    const before = machine.calls();
    expect(await machine.setup("--quiet")).toEqual({ code: 0, stderr: "" });
    expect(machine.calls()).toEqual(before);
  });

  it("installs each thing once when two setups run at the same time", async () => {
    const machine = freshMachine();
    const outcomes = await Promise.all([machine.setup(), machine.setup(), machine.setup("--quiet")]);
    expect(outcomes).toEqual(outcomes.map(({ stderr }) => ({ code: 0, stderr })));
    expect(machine.calls()).toHaveLength(3);
  });

  it("takes over from a setup that was killed", async () => {
    const machine = freshMachine();
    writeFileSync(join(machine.root, ".setup.lock"), "4194999");
    expect(await machine.setup()).toMatchObject({ code: 0 });
    expect(existsSync(join(machine.root, ".setup.lock"))).toBe(false);
  });

  it("of many that find a killed setup's lock, one takes over and the others wait for it", async () => {
    const machine = freshMachine();
    writeFileSync(join(machine.root, ".setup.lock"), "4194999");
    const outcomes = await Promise.all(Array.from({ length: 8 }, async () => machine.setup("--quiet")));
    expect(outcomes).toEqual(outcomes.map(({ stderr }) => ({ code: 0, stderr })));
    expect(machine.calls()).toHaveLength(3);
  });

  it("installs anew where npm was ended while it wrote down what it had installed", async () => {
    const machine = freshMachine();
    mkdirSync(join(machine.root, "node_modules"));
    writeFileSync(join(machine.root, "node_modules/.package-lock.json"), "");
    expect(await machine.setup()).toMatchObject({ code: 0 });
    expect(machine.calls()[0]).toMatch(/^npm ci/);
  });
});

describe("setup on a machine where something changed", () => {
  it("builds again after an edit, and installs nothing", async () => {
    const machine = await settledMachine();
    writeFileSync(join(machine.root, "src/cli.ts"), "// edited");
    await machine.setup("--quiet");
    expect(machine.calls()).toEqual(["build"]);
  });

  it("installs again after the lock file asked for another version", async () => {
    const machine = await settledMachine();
    writeFileSync(join(machine.root, "package-lock.json"), lockFile("2.0.0"));
    await machine.setup("--quiet");
    expect(machine.calls()[0]).toMatch(/^npm ci/);
  });

  it("trusts what npm itself has installed when it is what the lock file asks for", async () => {
    const machine = await settledMachine();
    rmSync(join(machine.root, "node_modules/.lopside-setup"));
    await machine.setup("--quiet");
    expect(machine.calls()).toEqual([]);
  });
});

describe("setup that can't go on", () => {
  it("says what failed, shows its output, and says what to do", async () => {
    const machine = freshMachine();
    machine.fake("npm", "echo 'ENOTFOUND registry'; exit 1");
    const { code, stderr } = await machine.setup();
    expect(code).toBe(1);
    expect(stderr).toContain("Setup stopped: Installing packages (npm ci) failed.");
    expect(stderr).toContain("ENOTFOUND registry");
    expect(stderr).toContain("check the network or the proxy");
  });

  it("says exactly what to type where no package manager can be used", async () => {
    const machine = freshMachine();
    machine.remove("apt-get");
    machine.fake("dnf", "exit 1");
    const { code, stderr } = await machine.setup();
    expect(code).toBe(1);
    expect(stderr).toContain("sudo dnf install -y redis");
  });

  it("goes on without redis-server when REDIS_URL is set", async () => {
    const machine = freshMachine();
    machine.remove("apt-get");
    writeFileSync(join(machine.root, ".env"), "REDIS_URL=redis://127.0.0.1:6379\n");
    const { code, stderr } = await machine.setup();
    expect(code).toBe(0);
    expect(stderr).toContain("Going on, because REDIS_URL is set");
    expect(existsSync(join(machine.root, "dist/cli.js"))).toBe(true);
  });

  it("leaves no stamp behind when the build fails, so that the next one tries again", async () => {
    const machine = freshMachine();
    const build = join(machine.root, "scripts/build.mjs");
    const good = readFileSync(build);
    writeFileSync(build, "process.exit(1)");
    expect(await machine.setup()).toMatchObject({ code: 1 });
    writeFileSync(build, good);
    expect(await machine.setup()).toMatchObject({ code: 0 });
  });
});

/** A copy of the scripts in a folder with a space in its name, and a PATH that holds nothing but stand-ins. */
function freshMachine() {
  const base = mkdtempSync(join(tmpdir(), "lopside setup "));
  machines.push(base);
  const [root, bin, log] = [join(base, "a checkout"), join(base, "bin"), join(base, "calls")];
  for (const folder of [bin, join(root, "src")]) mkdirSync(folder, { recursive: true });
  cpSync(join(repository, "scripts"), join(root, "scripts"), { recursive: true });
  writeFileSync(join(root, "src/cli.ts"), "// empty");
  writeFileSync(join(root, "package.json"), "{}");
  writeFileSync(join(root, "tsconfig.json"), "{}");
  writeFileSync(join(root, "package-lock.json"), lockFile("1.0.0"));
  writeFileSync(
    join(root, "scripts/build.mjs"),
    `import fs from "node:fs"; fs.appendFileSync(${JSON.stringify(log)}, "build\\n");
     fs.mkdirSync("dist", { recursive: true }); fs.writeFileSync("dist/cli.js", "");`,
  );
  const fake = (name: string, body: string): void => {
    const path = join(bin, name);
    writeFileSync(
      path,
      `#!/bin/sh\nPATH=/usr/bin:/bin\necho "${name} $*" | head -n 1 >> '${log}'\n${body}\n`,
    );
    chmodSync(path, 0o755);
  };
  const installed = `mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json`;
  fake("npm", installed);
  for (const name of ["sh", "sudo", "apt-get"])
    fake(name, `touch '${bin}/redis-server' && chmod +x '${bin}/redis-server'`);
  const env = { PATH: bin, HOME: base };
  return {
    root,
    fake,
    remove: (name: string) => rmSync(join(bin, name)),
    calls: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .split("\n")
            .filter((line) => line !== "")
        : [],
    forget: () => rmSync(log, { force: true }),
    setup: async (...args: string[]) => run([join(root, "scripts/setup.mjs"), ...args], env),
  };
}

async function settledMachine() {
  const machine = freshMachine();
  await machine.setup();
  machine.forget();
  return machine;
}

async function run(args: string[], env: Record<string, string>): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env }, (_error, _stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stderr });
    });
  });
}

function lockFile(version: string): string {
  return JSON.stringify({ packages: { "": {}, "node_modules/zod": { version } } });
}

const isRoot = (): boolean => process.getuid?.() === 0;
