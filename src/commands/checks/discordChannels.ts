import { z } from "zod";
import { grantedIn, type Membership } from "../../bots/discord/granted.ts";
import { isPostable, missingRights } from "../../bots/discord/permissions.ts";
import type { Config } from "../../config/config.ts";
import { textsIn } from "../../texts/texts.ts";
import { ask, grantedBody, type Answer } from "./ask.ts";
import { checkEntries, unanswered, type Trouble } from "./entries.ts";
import type { Finding } from "./finding.ts";

type Ask = (path: string) => Promise<Answer>;

const overwrites = z.array(
  z.object({ id: z.string(), type: z.number(), allow: z.string(), deny: z.string() }),
);
const channel = z.object({
  type: z.number(),
  guild_id: z.string().optional(),
  parent_id: z.string().nullish(),
  permission_overwrites: overwrites.optional(),
});
const guild = z.object({
  owner_id: z.string(),
  roles: z.array(z.object({ id: z.string(), permissions: z.string() })),
});
const member = z.object({ roles: z.array(z.string()) });
const user = z.object({ id: z.string() });
const refusal = z.object({ code: z.number(), message: z.string() });

const directMessage = 1;

/** Can alerts be posted to each of the operator's channels? Nothing is posted to find out. Takes a token that is known. */
export async function checkDiscordChannels(
  { apiUrl, channels }: Pick<Config["discord"], "apiUrl" | "channels">,
  token: string,
): Promise<readonly Finding[]> {
  const root = `${apiUrl ?? "https://discord.com/api"}/v10`;
  const asked: Ask = async (path) => ask(`${root}${path}`, { authorization: `Bot ${token}` });
  const known = new Map<string, Promise<Membership | Trouble>>();
  const membershipIn = async (id: string): Promise<Membership | Trouble> => {
    const membership = known.get(id) ?? askMembership(id, asked);
    known.set(id, membership);
    return membership;
  };
  return checkEntries("DISCORD_CHANNELS", channels, async (id) => lookAt(id, asked, membershipIn));
}

async function lookAt(
  id: string,
  asked: Ask,
  membershipIn: (guild: string) => Promise<Membership | Trouble>,
): Promise<Trouble | undefined> {
  const answer = await asked(`/channels/${id}`);
  const found = channel.safeParse(grantedBody(answer));
  if (!found.success) return refused(answer);
  const { type, guild_id: guildId } = found.data;
  if (type === directMessage || guildId === undefined) return undefined;
  if (!isPostable(type)) return wrongKind;
  const membership = await membershipIn(guildId);
  if ("hint" in membership) return membership;
  const rules = await rulesOf(found.data, asked);
  if ("hint" in rules) return rules;
  const missing = missingRights(type, grantedIn(membership, rules));
  if (missing.length === 0) return undefined;
  const texts = textsIn("en");
  const names = missing.map((right) => `“${texts.say(`discord-right-${right}`)}”`).join(", ");
  return {
    level: "error",
    what: `lacks rights of the bot: ${names}`,
    hint: "Give them to the bot's role in the channel's settings, under Permissions.",
  };
}

/** A thread has its channel's. */
async function rulesOf(
  { permission_overwrites: own, parent_id: parent }: z.infer<typeof channel>,
  asked: Ask,
): Promise<z.infer<typeof overwrites> | Trouble> {
  if (own !== undefined || typeof parent !== "string") return own ?? [];
  const answer = await asked(`/channels/${parent}`);
  const found = channel.safeParse(grantedBody(answer));
  return found.success ? (found.data.permission_overwrites ?? []) : refused(answer);
}

async function askMembership(id: string, asked: Ask): Promise<Membership | Trouble> {
  const self = user.safeParse(grantedBody(await asked("/users/@me")));
  const server = await asked(`/guilds/${id}`);
  const own = await asked(`/guilds/${id}/members/${self.data?.id ?? ""}`);
  const [known, roles] = [guild.safeParse(grantedBody(server)), member.safeParse(grantedBody(own))];
  if (!self.success || !known.success) return refused(server);
  if (!roles.success) return refused(own);
  return {
    guild: id,
    member: self.data.id,
    isOwner: known.data.owner_id === self.data.id,
    roles: roles.data.roles,
    serverRoles: known.data.roles,
  };
}

const wrongKind: Trouble = {
  level: "error",
  what: "is no place for messages: a category, a voice channel or a forum",
  hint: "Write a text or announcement channel's id there, or a thread's.",
};

const hints: ReadonlyMap<number, string> = new Map([
  [10_003, "The channel is gone, or the id isn't a channel's: right-click the channel, Copy Channel ID."],
  [50_001, "Invite the bot to that server, and let it see the channel (“View Channel”)."],
  [10_004, "Invite the bot to that server."],
]);

function refused(answer: Answer): Trouble {
  const silent = unanswered(answer, "Discord");
  if (silent !== undefined) return silent;
  const known = refusal.safeParse("body" in answer ? answer.body : undefined);
  const text = known.success ? `${known.data.message} (${known.data.code})` : "an answer that can't be read";
  const hint = hints.get(known.data?.code ?? 0) ?? "Look at what Discord says, and ask again.";
  return { level: "error", what: `gets no alerts: ${text}`, hint };
}
