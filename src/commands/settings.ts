import { existsSync, readFileSync } from "node:fs";
import { type Config, loadConfig } from "../config/config.ts";
import { secretsOf } from "../config/secrets.ts";
import { createLog, type Log } from "../ops/log.ts";
import { supportedVenues } from "../poller/supported.ts";
import { ExitError } from "./exit.ts";

const envFile = ".env";

/** The operator's settings from the environment and `.env` (and the command line, which wins), or every problem with them at once. */
export function readConfig(overrides: Readonly<Record<string, string>> = {}): {
  config: Config;
  hints: readonly string[];
} {
  // what the environment says already wins over the file
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const loaded = loadConfig({
    env: { ...process.env, ...overrides },
    readFile: (path) => readFileSync(path, "utf8"),
    supportedVenues,
  });
  if (loaded.ok) return loaded;
  const list = loaded.problems.map((problem) => `  - ${problem}`).join("\n");
  throw new ExitError(`the configuration has ${count(loaded.problems.length)}:\n${list}`);
}

function count(problems: number): string {
  return problems === 1 ? "a problem" : `${problems} problems`;
}

/** The process' log on stderr: lines for people on a terminal, JSON elsewhere. */
export function openLog(config: Config): Log {
  return createLog({
    level: config.logLevel,
    secrets: secretsOf(config),
    destination: process.stderr,
    ...(process.stderr.isTTY ? { human: { colours: true } } : {}),
  });
}
