import { describe, expect, test } from "vitest";
import { changeSettings, subscribe } from "../../../src/alerts/edits.ts";
import { createRefusals } from "../../../src/notifier/refusals.ts";
import { followConfiguration } from "../../../src/roles/operator.ts";
import { noticesPlace } from "../../../src/store/contracts/outbox.ts";
import { createOutbox } from "../../../src/store/ledger/outbox.ts";
import { createTurns } from "../../../src/store/ledger/turns.ts";
import { aroundScenes, symbols } from "./scene.ts";

const setScene = aroundScenes();
const limits = { symbols, notionalsInUse: new Set<number>() };
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

describe("whoever set up what was stopped is told, once for each place", () => {
  const lost = [
    { kind: "status", status: 500 },
    { kind: "resetBefore" },
    { kind: "status", status: 429, retryAfterSeconds: 30 },
  ] as const;
  test.each(lost)("also where Telegram fails right then, and all its topics stop ($kind)", async (fault) => {
    const { server, driver, ports, redis, ana, anaChat, ben, settled } = await setScene();
    const outbox = createOutbox(await redis.connect());
    const turns = createTurns(await redis.connect());
    const { destinations, clock } = ports;
    Object.assign(ports, { tellStopped: createRefusals({ destinations, outbox, turns, clock }).tellOwner });
    const forum = driver.addGroup({ title: "Forum", isForum: true, admins: [ana, ben] });
    const names = ["BTC", "ETH"].map((name) => `telegram:${forum.id}/${driver.addTopic(forum, name)}`);
    for (const destination of names) {
      const guild = `telegram:${forum.id}`;
      const place = { destination, kind: "group" as const, owner: `telegram:${ana.id}`, guild };
      await destinations.change(destination, subscribe(place, { symbol: "BTC", ratio: 2 }, limits));
    }
    server.faults.add({ ...fault, method: "sendMessage", target: anaChat.id });
    driver.setBotStatus(forum, { by: ben, status: "kicked" });
    await settled();
    const kept = await destinations.getMany(names);
    for (const record of kept)
      expect(record?.disabled).toMatchObject({ reason: "removed and banned", ownerTold: true });
    expect(server.sent(anaChat.id)).toHaveLength(1);
    const { deliveries } = await outbox.claim(noticesPlace, "telegram", 10);
    expect(deliveries.map(({ destination }) => destination)).toEqual([`telegram:${ana.id}`]);
  });

  test.each([
    [{ mutedUntil: Date.now() + 3_600_000 }, true],
    [{ quietHours: { from: 0, to: 1_439 } }, true],
    [{ mutedUntil: 1 }, false],
  ])("and without a sound while it is quiet with them (%o)", async (quiet, isSilent) => {
    const clock = {
      now: () => Date.UTC(2099, 0, 1, 12),
      realMs: (ms: number) => ms,
      sleep: async () => undefined,
    };
    const { server, driver, ports, ana, anaChat, ben, settled } = await setScene(
      "quietHours" in quiet ? { clock } : {},
    );
    const own = { destination: `telegram:${ana.id}`, kind: "direct" as const };
    await ports.destinations.change(
      own.destination,
      changeSettings(own, (settings) => ({ ...settings, ...quiet })),
    );
    const group = driver.addGroup({ admins: [ana, ben] });
    const place = { destination: `telegram:${group.id}`, kind: "group" as const, owner: own.destination };
    await ports.destinations.change(place.destination, subscribe(place, { symbol: "BTC", ratio: 2 }, limits));
    driver.setBotStatus(group, { by: ben, status: "kicked" });
    await settled();
    expect(server.sent(anaChat.id).map((message) => message.isSilent)).toEqual([isSilent]);
  });
});
