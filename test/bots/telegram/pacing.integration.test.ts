import { describe, expect, test } from "vitest";
import { testAlertContent } from "../../../src/alerts/content.ts";
import { alertMessage } from "../../../src/alerts/message.ts";
import { createTelegramSender, telegramLimits } from "../../../src/notifier/senders/telegram.ts";
import { createPace } from "../../../src/store/pace/pace.ts";
import { realisticLimits } from "../../support/telegram/limits.ts";
import { textOf } from "./messages.ts";
import { aroundScenes, type Scene } from "./scene.ts";

const setScene = aroundScenes();

/** So many people ask at one moment. */
function askAll({ driver }: Scene, people: number): void {
  for (let person = 0; person < people; person += 1) {
    const user = driver.addUser();
    driver.say(user, driver.addPrivateChat(user), "/help");
  }
}

const refusals = ({ server }: Scene): number => server.calls.filter(({ status }) => status === 429).length;

describe("many who ask at once", () => {
  test("cost an alert nothing: it goes at once, and Telegram refuses nothing", async () => {
    const scene = await setScene({ isPaced: true, limits: realisticLimits });
    const { server, redis, ana, ports, settled } = scene;
    askAll(scene, 60);
    await server.waitFor(() => server.sent()[10]);
    const { token } = server.bot;
    const { clock } = ports;
    const sender = createTelegramSender({ token, apiRoot: server.apiRoot, timeoutMs: 5_000, clock });
    const pace = createPace(await redis.connect());
    const chat = { chat: String(ana.id), isGroup: false };
    expect(await pace.book("telegram", telegramLimits(undefined), [chat])).toEqual([{ kind: "go", inMs: 0 }]);
    const message = alertMessage(testAlertContent("BTC", clock.now()), "en");
    const destination = `telegram:${ana.id}`;
    const request = { destination, message, possibleRepeat: false, idempotencyKey: "a" };
    expect(await sender.send(request)).toMatchObject({ kind: "sent" });
    await settled();
    expect(refusals(scene)).toBe(0);
    // who had to wait for more than three seconds was left out
    expect(server.sent().length).toBeGreaterThan(30);
    expect(server.sent().length).toBeLessThan(61);
  });

  test("in a group leave the rest of its minute to alerts; buttons there still answer", async () => {
    const scene = await setScene({ isPaced: true, limits: { groupPerMinute: 20 } });
    const { server, driver, ana, settled, press } = scene;
    const group = driver.addGroup({ admins: [ana] });
    for (let asked = 0; asked < 14; asked += 1) {
      driver.say(ana, group, "/alerts");
      await settled();
    }
    const answers = server.sent(group.id);
    expect(answers).toHaveLength(12);
    const [list] = answers;
    if (list === undefined) throw new Error("no answer");
    expect(textOf(list)).toContain("No alerts are set here");
    expect((await press(ana, list, "⚙️ Settings")).answer).toBeDefined();
    expect(refusals(scene)).toBe(0);
  });
});
