import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { alertContent } from "../../../src/alerts/content.ts";
import { alertMessage } from "../../../src/alerts/message.ts";
import { alertButtons } from "../../../src/bots/shared/alertButtons.ts";
import { picture } from "../../../src/charts/draw/svg.ts";
import { svgOf } from "../../../src/charts/render/draw.ts";
import { createRasterise } from "../../../src/charts/render/rasterise.ts";
import { createTelegramSender } from "../../../src/notifier/senders/telegram.ts";
import { systemClock } from "../../../src/ops/clock.ts";
import { firedUp } from "../../alerts/examples.ts";
import { galleryCases } from "../../charts/gallery/cases.ts";
import { startTelegramServer } from "../../support/telegram/server.ts";
import type { MessageRecord } from "../../support/telegram/world.ts";
import { drawBubble } from "./bubble.ts";

const width = 800;
const margin = 24;

/** An alert as it is really posted, drawn as a phone shows it; scripts/screenshots.mjs runs it in the project's root. */
export async function renderScreenshots(folder: string): Promise<string> {
  const rasterise = createRasterise(pathToFileURL(`${resolve("src/charts/fonts")}/`));
  const message = await postedAlert(rasterise);
  const bubble = drawBubble(message, { x: margin, y: margin, width: width - 2 * margin });
  const { png } = rasterise(picture(width, Math.ceil(bubble.height + 2 * margin), "#0e1621", bubble.svg));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "telegram-alert.png");
  writeFileSync(file, png);
  return file;
}

/** What the sender sends, as the stand-in for Telegram has it. */
async function postedAlert(rasterise: ReturnType<typeof createRasterise>): Promise<MessageRecord> {
  const drawing = galleryCases.find(({ name }) => name === "map dark")?.drawing;
  if (drawing?.kind !== "map") throw new Error("the gallery has no dark map");
  const map = rasterise(svgOf(drawing));
  const server = await startTelegramServer();
  try {
    const chat = server.driver.addPrivateChat(server.driver.addUser());
    const destination = `telegram:${chat.id}`;
    const { token } = server.bot;
    const sender = createTelegramSender({
      token,
      apiRoot: server.apiRoot,
      timeoutMs: 5_000,
      clock: systemClock,
    });
    const sample = { ...drawing.request.imbalance, coverage: 0.83, ratioLow: 2.5, ratioHigh: 3.6 };
    const content = alertContent(sample, firedUp);
    const sealed = { key: new Uint8Array(32), place: destination, now: systemClock.now() };
    await sender.send({
      destination,
      message: alertMessage(content, "en"),
      possibleRepeat: false,
      idempotencyKey: "screenshot",
      picture: { kind: "picture", ...map, key: "screenshot" },
      buttons: alertButtons(content, "en", sealed),
    });
    const [message] = server.sent(chat.id);
    if (message === undefined) throw new Error("nothing was posted");
    return message;
  } finally {
    await server.close();
  }
}
