import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";

/** What the bot needs to be able to do where it posts. */
export type Right = "view" | "send" | "send-in-threads" | "embed" | "attach";

const bits = PermissionFlagsBits;
const bitOf: Readonly<Record<Right, bigint>> = {
  view: bits.ViewChannel,
  send: bits.SendMessages,
  "send-in-threads": bits.SendMessagesInThreads,
  embed: bits.EmbedLinks,
  attach: bits.AttachFiles,
};

const threads = [
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
] as const;

/** Where in a server alerts can be posted: a forum's posts are threads. */
export const postable = [ChannelType.GuildText, ChannelType.GuildAnnouncement, ...threads] as const;

const threadTypes: ReadonlySet<number> = new Set(threads);
const postableTypes: ReadonlySet<number> = new Set(postable);

export const announcementChannel: number = ChannelType.GuildAnnouncement;

export function isPostable(channelType: number): boolean {
  return postableTypes.has(channelType);
}

/** Everything that any place may need: the number in the invitation. */
export const invitePermissions: bigint = Object.values(bitOf).reduce((sum, bit) => sum | bit, 0n);

/** The rights that posting an alert with its picture takes in a channel of this type. */
export function neededRights(channelType: number): readonly Right[] {
  return ["view", threadTypes.has(channelType) ? "send-in-threads" : "send", "embed", "attach"];
}

/** Which of the needed rights are not among `granted` (Discord's permission bits). */
export function missingRights(channelType: number, granted: bigint): readonly Right[] {
  if ((granted & bits.Administrator) !== 0n) return [];
  return neededRights(channelType).filter((right) => (granted & bitOf[right]) === 0n);
}

/** May this member change what the bot does in the server? Discord says so with every interaction. */
export function mayManage(memberPermissions: bigint): boolean {
  return (memberPermissions & (bits.ManageGuild | bits.Administrator)) !== 0n;
}

export const manageGuild: bigint = bits.ManageGuild;

/** Where an administrator adds the bot to a server, with exactly the rights it needs. */
export function inviteUrl(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: "bot applications.commands",
    permissions: invitePermissions.toString(),
  });
  return `https://discord.com/oauth2/authorize?${query.toString()}`;
}
