import { expect, test, vi } from "vitest";
import { createTopicGone } from "../../../src/bots/telegram/topicGone.ts";
import { createBotMemory } from "../../../src/store/botMemory.ts";
import { patient } from "../../support/patience.ts";
import { silentLog } from "../../support/redis.ts";
import { aroundScenes } from "./scene.ts";

const setScene = aroundScenes();

test("a forum topic that was closed before it was deleted leaves its settings to General all the same", async () => {
  const { server, driver, ports, redis, ana, anaChat, next } = await setScene();
  const forum = driver.addGroup({ title: "Forum", isForum: true, admins: [ana] });
  const topic = driver.addTopic(forum, "BTC");
  driver.say(ana, forum, "/subscribe BTC 2", { threadId: topic });
  await next(forum, 1);
  const onTopicGone = createTopicGone({
    token: server.bot.token,
    apiRoot: server.apiRoot,
    destinations: ports.destinations,
    memory: createBotMemory(await redis.connect()),
    log: silentLog,
    entryOf: () => undefined,
  });
  const destination = `telegram:${forum.id}/${topic}`;
  onTopicGone(destination, false);
  await next(anaChat, 0);
  expect((await ports.destinations.get(destination))?.subscriptions).toHaveLength(1);
  onTopicGone(destination, true);
  await vi.waitFor(async () => {
    expect((await ports.destinations.get(`telegram:${forum.id}`))?.subscriptions).toHaveLength(1);
    expect(await ports.destinations.get(destination)).toBeUndefined();
  }, patient);
  expect(server.sent(anaChat.id)).toHaveLength(1);
});
