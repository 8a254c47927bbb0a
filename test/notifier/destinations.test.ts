import { describe, expect, test } from "vitest";
import {
  destinationsOf,
  isDestination,
  nameDestination,
  platformsOf,
} from "../../src/notifier/destinations.ts";
import { testConfig } from "../support/lopside.ts";

const telegram = { TELEGRAM_BOT_TOKEN: "123456789:AAtokentokentokentokentokentokentok" };
const chats = { TELEGRAM_CHATS: "-1001234567890/17,@lopside", DISCORD_CHANNELS: "1234567890123456789" };

describe("destinations", () => {
  test.each([
    ["console", true],
    ["telegram:-100123", true],
    ["telegram:", false],
    ["discord:1", true],
    ["webhook:https://example.org", true],
    ["webhook:ftp://example.org", false],
    ["nope:1", false],
    ["", false],
  ])("%j is one: %s", (text, expected) => {
    expect(isDestination(text)).toBe(expected);
  });

  test("are the console when there is nobody else to tell", () => {
    expect(destinationsOf(testConfig({}))).toEqual(["console"]);
    expect(destinationsOf(testConfig({ ...telegram }))).toEqual(["console"]);
  });

  test("lie on the platforms of the operator's, and on those where a bot may be spoken to", () => {
    expect(platformsOf(testConfig({}))).toEqual(["console"]);
    expect(platformsOf(testConfig({ ...telegram }))).toEqual(["console", "telegram"]);
    expect(platformsOf(testConfig({ ...telegram, TELEGRAM_CHATS: "7" }))).toEqual(["telegram"]);
  });

  test("are the chats of the platforms that have a token", () => {
    expect(destinationsOf(testConfig({ ...telegram, ...chats }))).toEqual([
      "telegram:-1001234567890/17",
      "telegram:@lopside",
    ]);
  });

  test.each([
    ["telegram:@lopside", "entry 2 of TELEGRAM_CHATS"],
    ["discord:1234567890123456789", "entry 1 of DISCORD_CHANNELS"],
    ["telegram:42", "telegram"],
    ["console", "console"],
  ])("%s is named without its id: %s", (destination, name) => {
    expect(nameDestination(destination, testConfig({ ...telegram, ...chats }))).toBe(name);
  });
});
