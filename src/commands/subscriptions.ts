import { Command } from "commander";
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
  const { exportLines } = await import("../store/transfer.ts");
  const { writeLine } = await import("./lines.ts");
  await withStore(async ({ destinations }) => {
    for await (const line of exportLines(destinations)) await writeLine(process.stdout, line);
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Lines that are named before "and n more". */
const mostNamed = 20;

async function runImport(file: string): Promise<void> {
  const { importLines } = await import("../store/transfer.ts");
  const { readLines } = await import("./lines.ts");
  await withStore(async ({ destinations, rules }) => {
    let named = 0;
    const onRefused = (line: number, reason: string): void => {
      named += 1;
      if (named <= mostNamed) say(`line ${line} ${reason}`);
    };
    const lines = readLines(file);
    const { records, subscriptions, refused } = await importLines(lines, { destinations, rules, onRefused });
    if (named > mostNamed) say(`and ${named - mostNamed} more`);
    say(`${records} destinations with ${subscriptions} subscriptions taken`);
    if (refused > 0) throw new ExitError(`${refused} lines were not taken`);
  });
}

async function withStore(
  work: (store: Pick<Store, "destinations" | "rules">) => Promise<void>,
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
    await work(await openStore(redis, { log }));
  } finally {
    await lifecycle.stopAll();
  }
}
