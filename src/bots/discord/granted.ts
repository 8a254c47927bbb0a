import { OverwriteType, PermissionFlagsBits } from "discord-api-types/v10";

/** Bits as Discord's REST answers write them: decimal texts. */
export interface Overwrite {
  readonly id: string;
  readonly type: number;
  readonly allow: string;
  readonly deny: string;
}

export interface Membership {
  readonly guild: string;
  readonly member: string;
  readonly isOwner: boolean;
  /** Those the member has. */
  readonly roles: readonly string[];
  /** Of the whole server, its own (everyone's) among them. */
  readonly serverRoles: readonly { readonly id: string; readonly permissions: string }[];
}

const ofRole: number = OverwriteType.Role;
const ofMember: number = OverwriteType.Member;
const everything = Object.values(PermissionFlagsBits).reduce((sum, bit) => sum | bit, 0n);

/**
 * What a member may do in a channel, as bits: roles add up, then the channel's overwrites of everyone, of the member's
 * roles together, and of the member, each denying before it allows (discord-api-docs, topics/permissions).
 */
export function grantedIn(
  { guild, member, isOwner, roles, serverRoles }: Membership,
  overwrites: readonly Overwrite[],
): bigint {
  const own = new Set([guild, ...roles]);
  const base = serverRoles
    .filter(({ id }) => own.has(id))
    .reduce((sum, role) => sum | BigInt(role.permissions), 0n);
  if (isOwner || (base & PermissionFlagsBits.Administrator) !== 0n) return everything;
  const ofRoles = overwrites.filter(({ type }) => type === ofRole);
  const steps = [
    ofRoles.filter(({ id }) => id === guild),
    ofRoles.filter(({ id }) => id !== guild && own.has(id)),
    overwrites.filter(({ type, id }) => type === ofMember && id === member),
  ];
  return steps.reduce((granted, step) => {
    const [allow, deny] = [sum(step, "allow"), sum(step, "deny")];
    return (granted & ~deny) | allow;
  }, base);
}

function sum(overwrites: readonly Overwrite[], side: "allow" | "deny"): bigint {
  return overwrites.reduce((bits, overwrite) => bits | BigInt(overwrite[side]), 0n);
}
