import { describe, expect, test } from "vitest";
import { followConfiguration } from "../../../src/roles/operator.ts";
import { aroundScenes } from "./scene.ts";

const setScene = aroundScenes();
const alerts = { symbols: ["BTC"], ratio: 2 };

describe("what the operator has configured goes on by itself when the bot may write there again", () => {
  test("a channel by its public name, in whatever case, once the bot may post", async () => {
    const { driver, ports, ana, settled } = await setScene();
    const channel = driver.addChannel({ username: "LopsideSignals", admins: [ana], botStatus: "left" });
    await followConfiguration(ports.destinations, ["telegram:@lopsidesignals"], alerts);
    await ports.destinations.disable("telegram:@lopsidesignals", "Bad Request: chat not found", 1);
    driver.setBotStatus(channel, { by: ana, status: "administrator", rights: ["can_post_messages"] });
    await settled();
    expect((await ports.destinations.get("telegram:@lopsidesignals"))?.disabled).toBeUndefined();
  });

  test("a forum's topic and a group by its name, and nobody else's", async () => {
    const { driver, ports, ana, settled } = await setScene();
    const forum = driver.addGroup({ username: "traders", isForum: true, admins: [ana], botStatus: "left" });
    const theirs = [`telegram:${forum.id}/17`, "telegram:@traders/18", "telegram:@traders"];
    const others = [`telegram:${forum.id}9/17`, "telegram:@traders2"];
    await followConfiguration(ports.destinations, [...theirs, ...others], alerts);
    for (const one of [...theirs, ...others]) await ports.destinations.disable(one, "kicked", 1);
    driver.setBotStatus(forum, { by: ana, status: "member" });
    await settled();
    const kept = await ports.destinations.getMany([...theirs, ...others]);
    expect(kept.map((record) => record?.disabled?.reason)).toEqual([
      undefined,
      undefined,
      undefined,
      "kicked",
      "kicked",
    ]);
  });
});
