import { Command } from "commander";
import { ExitError } from "./exit.ts";

const timeoutMs = 4_000;

/** For containers: exit 0 when the process on HTTP_PORT lives, 1 when it does not. */
export function healthCommand(): Command {
  return new Command("health")
    .description("asks the running Lopside on this machine whether it is alive (exit 0) or not (exit 1)")
    .option("--ready", "ask /readyz instead: Redis answers, the worker consumes, data is fresh")
    .action(async (options: { ready?: boolean }) => {
      const { readConfig } = await import("./settings.ts");
      const { http } = readConfig().config;
      const host = http.host === "0.0.0.0" || http.host === "::" ? "127.0.0.1" : http.host;
      const address = host.includes(":") ? `[${host}]` : host;
      await ask(`http://${address}:${http.port}${options.ready === true ? "/readyz" : "/healthz"}`);
    });
}

async function ask(url: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    throw new ExitError(`nothing answers at ${url}: is Lopside running with the http role?`);
  }
  const body = await response.text();
  process.stdout.write(`${body.trim()}\n`);
  if (!response.ok) throw new ExitError(`${url} answered ${response.status}`);
}
