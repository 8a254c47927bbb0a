import { PermissionFlagsBits as bits } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { grantedIn, type Membership, type Overwrite } from "../../../src/bots/discord/granted.ts";

const { ViewChannel: view, SendMessages: send, AttachFiles: attach, Administrator: admin } = bits;
const [server, bot, desk, other] = ["1", "2", "3", "4"];
const [role, person] = [0, 1];
const all = Object.values(bits).reduce((sum, bit) => sum | bit, 0n);

const membership: Membership = {
  guild: server,
  member: bot,
  isOwner: false,
  roles: [desk],
  serverRoles: [
    { id: server, permissions: String(view) },
    { id: desk, permissions: String(send) },
    { id: other, permissions: String(attach) },
  ],
};
const rule = (id: string, type: number, allow: bigint, deny: bigint): Overwrite => ({
  id,
  type,
  allow: String(allow),
  deny: String(deny),
});

const cases: readonly [string, Partial<Membership>, readonly Overwrite[], bigint][] = [
  ["its roles' and everyone's add up, others' don't count", {}, [], view | send],
  [
    "what everyone is denied the channel's own role allows",
    {},
    [rule(server, role, 0n, view), rule(desk, role, view, 0n)],
    view | send,
  ],
  [
    "the order in which rules are listed says nothing",
    {},
    [rule(desk, role, view, 0n), rule(server, role, 0n, view)],
    view | send,
  ],
  [
    "one role's yes is stronger than another's no",
    { roles: [desk, other] },
    [rule(desk, role, 0n, attach), rule(other, role, attach, 0n)],
    view | send | attach,
  ],
  [
    "the bot's own rule comes last",
    {},
    [rule(bot, person, attach, send), rule(desk, role, send, attach)],
    view | attach,
  ],
  [
    "rules of others are none of its business",
    {},
    [rule(other, role, 0n, send), rule(other, person, 0n, send), rule(bot, role, 0n, send)],
    view | send,
  ],
  [
    "an administrator may do everything",
    { serverRoles: [{ id: desk, permissions: String(admin) }] },
    [rule(server, role, 0n, view)],
    all,
  ],
  ["so may the owner", { isOwner: true }, [rule(server, role, 0n, view)], all],
];

test.each(cases)("%s", (_, change, rules, expected) => {
  expect(grantedIn({ ...membership, ...change }, rules)).toBe(expected);
});
