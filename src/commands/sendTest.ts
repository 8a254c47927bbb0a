import { join } from "node:path";
import { Command } from "commander";
import type { FiringContent } from "../alerts/content.ts";
import type { Picture } from "../charts/contracts.ts";
import type { SendResult } from "../notifier/contracts.ts";
import { ExitError } from "./exit.ts";
import { print } from "./print.ts";

/** Posts a message marked as a test, exactly as an alert would be posted. */
export function sendTestCommand(): Command {
  return new Command("send-test")
    .description("posts a real test alert: console, telegram:CHAT[/TOPIC], discord:CHANNEL or webhook:URL")
    .argument("<destination>")
    .action(run);
}

async function run(destination: string): Promise<void> {
  const [
    { readConfig },
    { openSender },
    { isDestination },
    { testAlertContent },
    { alertMessage },
    { platformOf },
    { systemClock },
  ] = await Promise.all([
    import("./settings.ts"),
    import("../notifier/senders/senders.ts"),
    import("../notifier/destinations.ts"),
    import("../alerts/content.ts"),
    import("../alerts/message.ts"),
    import("../alerts/platform.ts"),
    import("../ops/clock.ts"),
  ]);
  if (!isDestination(destination))
    throw new ExitError(
      `"${destination}" is no destination: console, telegram:CHAT[/TOPIC], discord:CHANNEL or webhook:URL`,
      2,
    );
  const { config } = readConfig();
  const sender = await openSender(platformOf(destination), {
    config,
    clock: systemClock,
    print,
    terminal: process.stdout.isTTY,
    pictureFolder: join(config.dataDir, "pictures"),
  });
  const now = systemClock.now();
  const content = testAlertContent("BTC", now);
  const picture = await drawExample(content);
  const result = await sender.send({
    destination,
    ...(picture && { picture }),
    message: alertMessage(content, "en"),
    content: JSON.stringify(content),
    possibleRepeat: false,
    idempotencyKey: `test-${now}-${destination}`,
  });
  if (result.kind === "sent") process.stderr.write(`sent to ${destination}\n`);
  else throw new ExitError(`${destination}: ${explain(result)}`);
}

/** As alerts do: where nothing can be drawn, the words go alone. */
async function drawExample(content: FiringContent): Promise<Picture | undefined> {
  const [{ createCharts }, { exampleMap }, { plainLook }] = await Promise.all([
    import("../charts/charts.ts"),
    import("../charts/example.ts"),
    import("../charts/contracts.ts"),
  ]);
  const charts = createCharts();
  const drawn = await charts.map(exampleMap(content, plainLook));
  await charts.close();
  if (drawn.kind === "picture") return drawn;
  process.stderr.write(`without a picture: ${drawn.message}\n`);
  return undefined;
}

function explain(result: Exclude<SendResult, { kind: "sent" }>): string {
  switch (result.kind) {
    case "rate-limited":
      return `the platform limits requests; try again in ${Math.max(1, Math.ceil((result.retryAt - Date.now()) / 1000))} s`;
    case "migrated":
      return `the chat has moved: use ${result.to}`;
    case "rejected":
    case "unreachable":
      return result.reason;
    case "unknown-outcome":
      return `nobody knows whether it arrived: ${result.reason}`;
  }
}
