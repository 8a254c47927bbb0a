import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkTelegramChats } from "../../../src/commands/checks/telegramChats.ts";
import { startTelegramServer, type TelegramServer } from "../../support/telegram/server.ts";

let server: TelegramServer;
beforeEach(async () => {
  server = await startTelegramServer();
});
afterEach(async () => server.close());

async function look(...chats: readonly (string | number)[]) {
  const { apiRoot, bot } = server;
  return checkTelegramChats({ apiRoot, chats: chats.map(String) }, bot.token);
}

const everyRight = ["can_send_messages", "can_send_photos"];

test("chats that take alerts are one line, and nothing is posted to find out", async () => {
  const { driver } = server;
  const forum = driver.addGroup({ isForum: true });
  const chats = [
    driver.addGroup({}).id,
    driver.addGroup({ botStatus: "administrator" }).id,
    driver.addGroup({ botStatus: "restricted", botRights: everyRight }).id,
    driver.addChannel({}).id,
    `${forum.id}/${driver.addTopic(forum, "BTC")}`,
    driver.addPrivateChat(driver.addUser()).id,
    `@${driver.addChannel({ username: "desk_alerts" }).username}`,
  ];
  expect(await look(...chats)).toEqual([{ level: "ok", message: "TELEGRAM_CHATS: 7 of 7 can be posted to" }]);
  expect(server.sent()).toEqual([]);
});

test("without any there is nothing to say", async () => {
  expect(await look()).toEqual([]);
});

test("of several each that takes none has a line, by its place and not by its id", async () => {
  const { driver } = server;
  const [good, left] = [driver.addGroup({}), driver.addGroup({ botStatus: "left" })];
  const findings = await look(good.id, left.id, -1_009_999);
  expect(findings).toMatchObject([
    { level: "ok", message: "TELEGRAM_CHATS: 1 of 3 can be posted to" },
    { level: "error", message: expect.stringMatching(/^entry 2 of TELEGRAM_CHATS /) },
    { level: "error", message: expect.stringMatching(/^entry 3 of TELEGRAM_CHATS /) },
  ]);
  expect(JSON.stringify(findings)).not.toMatch(new RegExp(`${left.id}|1009999`));
});

describe("an alert would not come where", () => {
  const cases: readonly [string, () => string | number, "error" | "warning", RegExp, RegExp][] = [
    ["nobody knows the chat", () => -1_009_999, "error", /chat not found/, /Add the bot/],
    [
      "the bot has left",
      () => server.driver.addGroup({ botStatus: "left" }).id,
      "error",
      /not a member/,
      /Add the bot/,
    ],
    [
      "the bot was thrown out",
      () => server.driver.addGroup({ botStatus: "kicked" }).id,
      "error",
      /kicked/,
      /Add the bot/,
    ],
    [
      "the person has blocked it",
      () => {
        const user = server.driver.addUser();
        const chat = server.driver.addPrivateChat(user);
        server.driver.block(user);
        return chat.id;
      },
      "error",
      /blocked/,
      /press Start/,
    ],
    [
      "it may not write",
      () => server.driver.addGroup({ botStatus: "restricted", botRights: [] }).id,
      "error",
      /may not write/,
      /Send messages/,
    ],
    [
      "it may send no photos",
      () => server.driver.addGroup({ botStatus: "restricted", botRights: ["can_send_messages"] }).id,
      "warning",
      /without their picture/,
      /Send photos/,
    ],
    [
      "it may not post in the channel",
      () => server.driver.addChannel({ botRights: [] }).id,
      "error",
      /may not post/,
      /Post messages/,
    ],
    [
      "it is no administrator of the channel",
      () => server.driver.addChannel({ botStatus: "member" }).id,
      "error",
      /member list/,
      /Add the bot/,
    ],
    [
      "the topic is gone",
      () => `${server.driver.addGroup({ isForum: true }).id}/77`,
      "warning",
      /gone: .* General/,
      /another topic/,
    ],
    [
      "the topic is closed",
      () => {
        const forum = server.driver.addGroup({ isForum: true });
        const topic = server.driver.addTopic(forum, "BTC");
        server.driver.closeTopic(forum, topic);
        return `${forum.id}/${topic}`;
      },
      "warning",
      /closed: .* General/,
      /Open the topic/,
    ],
  ];
  test.each(cases)("%s", async (_, entry, level, message, hint) => {
    expect(await look(entry())).toEqual([
      { level, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    ]);
  });

  test("the group has become another one: its new id is said", async () => {
    const group = server.driver.addGroup({});
    const next = server.driver.migrate(group);
    expect(await look(group.id)).toMatchObject([
      { level: "warning", hint: expect.stringContaining(String(next.id)) },
    ]);
  });
});

test("what Telegram doesn't come to answering is unknown, and shows no token", async () => {
  const chat = server.driver.addGroup({});
  await server.goDown();
  const findings = await look(chat.id);
  await server.comeBack();
  expect(findings).toMatchObject([{ level: "warning", message: expect.stringContaining("ECONNREFUSED") }]);
  expect(JSON.stringify(findings)).not.toContain(server.bot.token);
});

test("of very many the first hundred are looked at", async () => {
  const chat = server.driver.addGroup({});
  const findings = await look(...Array.from({ length: 101 }, () => chat.id));
  expect(findings).toEqual([
    { level: "ok", message: "TELEGRAM_CHATS: 100 of the first 100 can be posted to" },
  ]);
});
