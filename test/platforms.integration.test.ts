import { describe, expect, test, vi } from "vitest";
import { hasStarted } from "./support/installation.ts";
import { patient } from "./support/patience.ts";
import { aroundPlatforms } from "./support/platforms.ts";

/** No chat of the stand-in has it. */
const nobody = "-1009999999999";

describe("alerts on their way to the platforms", () => {
  const platforms = aroundPlatforms();

  test("reach a Telegram group and a Discord channel once each, whoever else can't be reached", async () => {
    const { telegram, discord, chat, channel, start, pending } = platforms();
    const child = await start({ TELEGRAM_CHATS: `${nobody},${chat.id}` });
    await vi.waitFor(() => {
      expect(telegram.sent(chat.id)).toHaveLength(1);
      expect(discord.sent(channel.id)).toHaveLength(1);
    }, patient);
    await vi.waitFor(async () => expect(await pending()).toBe(0), patient);
    const [message] = telegram.sent(chat.id);
    const { caption, text } = message?.content ?? {};
    expect(caption ?? text).toContain("Liquidation maps are not price predictions.");
    const [attached] = discord.sent(channel.id)[0]?.body.files ?? [];
    const png = Buffer.from(attached?.bytes ?? [])
      .subarray(1, 4)
      .toString("latin1");
    // the map of the alert, drawn by the built renderer; a machine too busy to draw it in time says so
    const isLate = child.stderr().includes("goes out without its picture");
    expect(isLate || [message?.content.photo?.width, png]).toEqual(isLate || [1280, "PNG"]);
    expect(child.stderr()).toContain("entry 1 of TELEGRAM_CHATS");
    expect(child.stderr()).toContain("chat not found");
    for (const hidden of [nobody, String(chat.id), channel.id, telegram.bot.token, discord.token]) {
      expect(child.stdout() + child.stderr()).not.toContain(hidden);
    }
    expect(telegram.sent(chat.id)).toHaveLength(1);
    expect(discord.sent(channel.id)).toHaveLength(1);
  });

  test.each([
    ["TELEGRAM_BOT_TOKEN", "123456789:AAwrongwrongwrongwrongwrongwrongwro"],
    ["DISCORD_BOT_TOKEN", "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gwrong.wrongwrongwrongwrongwrongwrongwrong1"],
  ])("a wrong %s ends the start and is named, not shown", async (variable, token) => {
    const { start } = platforms();
    const child = await start({ [variable]: token });
    expect(await child.exit).toEqual({ code: 1, signal: null });
    expect(child.stderr()).toContain(variable);
    expect(child.stdout() + child.stderr()).not.toContain(token);
  });

  test("a platform that can't be reached at the start is waited for", async () => {
    const { telegram, discord, chat, channel, start } = platforms();
    await telegram.goDown();
    const child = await start();
    await child.waitFor(hasStarted(child));
    await vi.waitFor(() => expect(discord.sent(channel.id)).toHaveLength(1), patient);
    await telegram.comeBack();
    await vi.waitFor(() => expect(telegram.sent(chat.id)).toHaveLength(1), patient);
  });
});
