import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkDiscord, checkTelegram } from "../../../src/commands/checks/tokens.ts";
import { type DiscordServer, startDiscordServer } from "../../support/discord/server.ts";
import { startTelegramServer, type TelegramServer } from "../../support/telegram/server.ts";

const wrongToken = "110201543:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

let telegram: TelegramServer;
let discord: DiscordServer;

beforeAll(async () => {
  [telegram, discord] = await Promise.all([startTelegramServer(), startDiscordServer()]);
});

afterAll(async () => {
  await Promise.all([telegram.close(), discord.close()]);
});

describe("the check of a Telegram token", () => {
  it("names the bot", async () => {
    expect(await telegramWith(telegram.bot.token)).toEqual({
      level: "ok",
      message: "Telegram knows the bot as @lopside_test_bot",
    });
  });

  it("says what to do about one that is refused", async () => {
    expect(await telegramWith(wrongToken)).toMatchObject({
      level: "error",
      message: "Telegram refuses the token",
      hint: expect.stringContaining("@BotFather"),
    });
  });

  it("never shows the token, whatever happens", async () => {
    await telegram.goDown();
    const finding = await telegramWith(wrongToken);
    await telegram.comeBack();
    expect(finding).toMatchObject({
      level: "error",
      message: expect.stringMatching(/^Telegram can't be reached \(/),
    });
    expect(JSON.stringify(finding)).not.toContain("AAAA");
  });

  it("is fine without one, unless there are chats", async () => {
    expect(await telegramWith(undefined)).toMatchObject({ level: "ok" });
    expect(await telegramWith(undefined, ["42"])).toMatchObject({
      level: "warning",
      hint: "Set TELEGRAM_BOT_TOKEN.",
    });
  });
});

describe("the check of a Discord token", () => {
  it("names the bot", async () => {
    expect(await discordWith(discord.token)).toMatchObject({
      level: "ok",
      message: expect.stringMatching(/^Discord knows the bot as \w+/),
    });
  });

  it("says what to do about one that is refused", async () => {
    expect(await discordWith("wrong.token.value")).toMatchObject({
      level: "error",
      message: "Discord refuses the token",
      hint: expect.stringContaining("developer portal"),
    });
  });

  it("says when nobody is there", async () => {
    await discord.goDown();
    const finding = await discordWith(discord.token);
    await discord.comeBack();
    expect(finding).toMatchObject({
      level: "error",
      message: expect.stringMatching(/^Discord can't be reached \(/),
    });
  });
});

async function telegramWith(botToken: string | undefined, chats: readonly string[] = []) {
  return checkTelegram({
    botToken,
    apiRoot: telegram.apiRoot,
    chats,
    webhookUrl: undefined,
    paidRate: undefined,
  });
}

async function discordWith(botToken: string | undefined) {
  return checkDiscord({ botToken, apiUrl: discord.apiUrl, channels: [], publicKey: undefined });
}
