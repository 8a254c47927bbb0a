import { Command } from "commander";
import type { Config } from "../config/config.ts";
import type { Store } from "../store/contracts/store.ts";
import { ExitError } from "./exit.ts";

/** What people subscribed to, out of Redis and back. */
export function subscriptionsCommand(): Command {
  return new Command("subscriptions")
    .description("copies who is told what out of Redis, or back into it")
    .addCommand(
      new Command("export")
        .description("prints a line of JSON for each destination: its settings and subscriptions")
        .action(runExport),
    )
    .addCommand(
      new Command("import")
        .description("takes such lines; what is kept of a destination makes way for its line")
        .argument("[file]", "a file, or - for stdin", "-")
        .action(runImport),
    );
}

async function runExport(): Promise<void> {
  const { exportLines } = await import("../store/destinations/transfer.ts");
  const { writeLine } = await import("./lines.ts");
  let unreadable = 0;
  const onUnreadable = (count: number): void => {
    unreadable += count;
  };
  await withStore(async ({ destinations }) => {
    for await (const line of exportLines(destinations, onUnreadable)) await writeLine(process.stdout, line);
  });
  if (unreadable > 0)
    throw new ExitError(`destinations that can't be read, and are not in it: ${unreadable}`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function runImport(file: string): Promise<void> {
  const { readLines } = await import("./lines.ts");
  const { importSubscriptions } = await import("./importSubscriptions.ts");
  if (file === "-" && process.stdin.isTTY) say("type or paste lines of an export, then Ctrl-D");
  await withStore(async ({ destinations, rules }, { symbols }) =>
    importSubscriptions(readLines(file), { destinations, rules, symbols, say }),
  );
}

async function withStore(
  work: (store: Pick<Store, "destinations" | "rules">, config: Config) => Promise<void>,
): Promise<void> {
  const [{ openLog, readConfig }, { connectAsStart }, { openStore }, { createLifecycle }] = await Promise.all(
    [
      import("./settings.ts"),
      import("./checks/redis.ts"),
      import("../store/store.ts"),
      import("../ops/lifecycle.ts"),
    ],
  );
  const { config } = readConfig();
  const log = openLog(config);
  const lifecycle = createLifecycle(log, 5_000);
  try {
    const redis = await connectAsStart(config, log, lifecycle);
    lifecycle.add("connection", () => redis.disconnect());
    await work(await openStore(redis, { log }), config);
  } finally {
    await lifecycle.stopAll();
  }
}
