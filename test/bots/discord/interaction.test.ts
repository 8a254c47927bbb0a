import { describe, expect, test } from "vitest";
import { readInteraction } from "../../../src/bots/discord/interaction.ts";

const common = {
  id: "1500000000000000001",
  application_id: "1303030303030303030",
  token: "secret",
  version: 1,
  locale: "es-ES",
  app_permissions: "2048",
  channel: { id: "1500000000000000002", type: 0, name: "alerts" },
};
const inGuild = {
  ...common,
  guild_id: "1500000000000000003",
  context: 0,
  member: { user: { id: "1500000000000000004", username: "ann" }, permissions: "32", roles: [] },
  authorizing_integration_owners: { "0": "1500000000000000003" },
};
const inDirect = {
  ...common,
  context: 1,
  user: { id: "1500000000000000004", username: "ann" },
  authorizing_integration_owners: { "1": "1500000000000000004" },
};

const place = { kind: "guild", guild: "1500000000000000003", isInstalled: true, member: 32n };
const read = {
  id: "1500000000000000001",
  token: "secret",
  application: "1303030303030303030",
  user: "1500000000000000004",
  locale: "es-ES",
  place,
  channel: { id: "1500000000000000002", type: 0, rights: 2048n },
};

describe("an interaction is read from what Discord sends", () => {
  test("a command with its options and the channel among them", () => {
    const data = {
      id: "9",
      name: "subscribe",
      type: 1,
      options: [
        { name: "symbol", type: 3, value: "BTC" },
        { name: "ratio", type: 10, value: 2.5 },
        { name: "channel", type: 7, value: "1500000000000000009" },
      ],
      resolved: {
        channels: { "1500000000000000009": { id: "1500000000000000009", type: 11, app_permissions: "1024" } },
      },
    };
    expect(readInteraction({ ...inGuild, type: 2, data })).toEqual({
      ...read,
      kind: "command",
      name: "subscribe",
      options: {
        values: new Map<string, unknown>([
          ["symbol", "BTC"],
          ["ratio", 2.5],
          ["channel", "1500000000000000009"],
        ]),
        channels: new Map([["channel", { id: "1500000000000000009", type: 11, rights: 1024n }]]),
      },
    });
  });

  test("what is being typed", () => {
    const data = { name: "map", options: [{ name: "symbol", type: 3, value: "b", focused: true }] };
    expect(readInteraction({ ...inGuild, type: 4, data })).toMatchObject({
      kind: "typing",
      name: "map",
      option: "symbol",
      typed: "b",
    });
  });

  test("a button of an answer that only one sees, and a menu's choice", () => {
    const data = { custom_id: "abc", component_type: 3, values: ["one"] };
    const message = { id: "1500000000000000008", flags: 64 };
    expect(readInteraction({ ...inGuild, type: 3, data, message })).toMatchObject({
      kind: "press",
      customId: "abc",
      values: ["one"],
      message: { id: "1500000000000000008", isEphemeral: true },
    });
  });

  test("a form's fields, in rows and under labels", () => {
    const components = [
      { type: 1, components: [{ type: 4, custom_id: "ratio", value: "2.5" }] },
      { type: 18, component: { type: 3, custom_id: "mode", values: ["loud"] } },
      { type: 10, content: "words" },
    ];
    expect(readInteraction({ ...inGuild, type: 5, data: { custom_id: "abc", components } })).toMatchObject({
      kind: "modal",
      customId: "abc",
      fields: new Map([
        ["ratio", "2.5"],
        ["mode", "loud"],
      ]),
    });
  });

  test.each([
    ["the bot's own direct messages", inDirect, { kind: "direct", isOwn: true }],
    ["direct messages between people", { ...inDirect, context: 2 }, { kind: "direct", isOwn: false }],
    ["a server", inGuild, place],
    [
      "a server where only the user has the bot",
      { ...inGuild, authorizing_integration_owners: { "1": "1500000000000000004" } },
      { ...place, isInstalled: false },
    ],
    [
      "a server, however its owners claim another one's installation",
      { ...inGuild, authorizing_integration_owners: { "0": "1500000000000000099" } },
      { ...place, isInstalled: false },
    ],
  ])("in %s", (_, payload, expected) => {
    expect(readInteraction({ ...payload, type: 2, data: { name: "help" } })?.place).toEqual(expected);
  });

  test.each([
    ["nothing", undefined],
    ["a ping", { ...inGuild, type: 1 }],
    ["a kind that is not known yet", { ...inGuild, type: 99, data: {} }],
    ["no user", { ...inDirect, user: undefined, type: 2, data: { name: "help" } }],
    ["a server without a member", { ...inGuild, member: undefined, type: 2, data: { name: "help" } }],
    ["an id that is none", { ...inGuild, id: "x", type: 2, data: { name: "help" } }],
    [
      "permissions that are no number",
      { ...inGuild, app_permissions: "-1", type: 2, data: { name: "help" } },
    ],
  ])("%s is no interaction", (_, payload) => {
    expect(readInteraction(payload)).toBeUndefined();
  });
});
