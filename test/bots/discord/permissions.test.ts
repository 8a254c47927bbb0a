import { readFileSync } from "node:fs";
import { ChannelType, PermissionFlagsBits as bits } from "discord-api-types/v10";
import { describe, expect, test } from "vitest";
import {
  invitePermissions,
  inviteUrl,
  isPostable,
  mayManage,
  missingRights,
} from "../../../src/bots/discord/permissions.ts";

const everything = bits.ViewChannel | bits.SendMessages | bits.EmbedLinks | bits.AttachFiles;

describe("what is missing to post in a channel", () => {
  test.each([
    ["nothing", ChannelType.GuildText, everything, []],
    ["writing", ChannelType.GuildText, everything & ~bits.SendMessages, ["send"]],
    ["writing in threads", ChannelType.PublicThread, everything, ["send-in-threads"]],
    [
      "nothing in a thread where only threads may be written in",
      ChannelType.PrivateThread,
      (everything & ~bits.SendMessages) | bits.SendMessagesInThreads,
      [],
    ],
    ["pictures", ChannelType.GuildAnnouncement, everything & ~bits.AttachFiles, ["attach"]],
    ["everything", ChannelType.GuildText, 0n, ["view", "send", "embed", "attach"]],
    ["nothing for an administrator", ChannelType.GuildText, bits.Administrator, []],
  ])("%s", (_, type, granted, missing) => {
    expect(missingRights(type, granted)).toEqual(missing);
  });
});

describe("the invitation", () => {
  test("asks for exactly what any kind of channel needs", () => {
    expect(missingRights(ChannelType.GuildText, invitePermissions)).toEqual([]);
    expect(missingRights(ChannelType.PublicThread, invitePermissions)).toEqual([]);
    const bitCount = invitePermissions.toString(2).replaceAll("0", "").length;
    expect(bitCount).toBe(5);
  });

  test("has the number that README names", () => {
    expect(invitePermissions).toBe(274_877_959_168n);
    const named = readFileSync("README.md", "utf8").match(/permissions[= `]+(\d+)/g) ?? [];
    expect(named.map((text) => /\d+/.exec(text)?.[0])).toEqual(["274877959168", "274877959168"]);
    expect(inviteUrl("1303030303030303030")).toBe(
      "https://discord.com/oauth2/authorize?client_id=1303030303030303030&scope=bot+applications.commands&permissions=274877959168",
    );
  });
});

test.each([
  [bits.ManageGuild, true],
  [bits.Administrator, true],
  [bits.ManageChannels | bits.ManageMessages, false],
])("members with %s may change settings: %s", (permissions, expected) => {
  expect(mayManage(permissions)).toBe(expected);
});

test.each([
  [ChannelType.GuildText, true],
  [ChannelType.GuildAnnouncement, true],
  [ChannelType.PublicThread, true],
  [ChannelType.GuildForum, false],
  [ChannelType.GuildCategory, false],
])("channels of type %s can be posted in: %s", (type, expected) => {
  expect(isPostable(type)).toBe(expected);
});
