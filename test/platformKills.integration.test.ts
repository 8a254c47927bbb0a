import { describe, expect, test, vi } from "vitest";
import { textsIn } from "../src/texts/texts.ts";
import { patient } from "./support/patience.ts";
import { aroundPlatforms } from "./support/platforms.ts";

describe("alerts on their way to the platforms", () => {
  const platforms = aroundPlatforms();

  test("survive a kill -9 between the platform's acceptance and its answer", async () => {
    const { telegram, discord, chat, channel, start, pending, takeOver } = platforms();
    // with a picture or without
    telegram.faults.add({ kind: "acceptThenHang", target: chat.id });
    discord.faults.add({ kind: "acceptThenHang", target: channel.id });
    const first = await start();
    await vi.waitFor(() => {
      expect(telegram.sent(chat.id)).toHaveLength(1);
      expect(discord.sent(channel.id)).toHaveLength(1);
    }, patient);
    first.signal("SIGKILL");
    await first.exit;
    expect(await pending()).toBe(2);
    await takeOver();
    await start();
    await vi.waitFor(async () => expect(await pending()).toBe(0), patient);
    // Telegram knows no idempotency key: twice, and the second time marked. Discord does: once.
    const copies = telegram.sent(chat.id).map(({ content }) => content.caption ?? content.text ?? "");
    expect(copies).toHaveLength(2);
    expect(copies[1]).toContain(textsIn("en").say("possible-repeat"));
    expect(discord.sent(channel.id)).toHaveLength(1);
  });

  test("survive a kill -9 before the platform hears of them", async () => {
    const { telegram, discord, chat, channel, start, pending, takeOver } = platforms();
    telegram.faults.add({ kind: "status", status: 502, target: chat.id, times: Infinity });
    discord.faults.add({
      kind: "status",
      status: 429,
      retryAfterSeconds: 1,
      target: channel.id,
      times: Infinity,
    });
    const first = await start();
    await vi.waitFor(async () => expect(await pending()).toBe(2), patient);
    first.signal("SIGKILL");
    await first.exit;
    telegram.faults.clear();
    discord.faults.clear();
    await takeOver();
    await start();
    await vi.waitFor(() => {
      expect(telegram.sent(chat.id)).toHaveLength(1);
      expect(discord.sent(channel.id)).toHaveLength(1);
    }, patient);
  });
});
