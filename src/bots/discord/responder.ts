import { DiscordAPIError, REST, type RawFile } from "@discordjs/rest";
import {
  InteractionResponseType,
  MessageFlags,
  Routes,
  type APIModalInteractionResponseCallbackData,
  type APIApplicationCommandOptionChoice,
  type APIMessageTopLevelComponent,
} from "discord-api-types/v10";
import type { Interaction } from "./interaction.ts";
import { discordRequest } from "../../ops/discordRequest.ts";

/** What an answer shows: components only, so that it needs no right to embed. */
export interface Answer {
  readonly components: readonly APIMessageTopLevelComponent[];
  readonly files?: readonly RawFile[];
}

/**
 * Answers one interaction. Each says "gone" where nobody can be answered any more: another replica was first, the
 * three seconds or the fifteen minutes are over, the message was deleted. Whoever hears "gone" at first must change
 * nothing.
 */
export interface Responder {
  /** "Thinking…" as a message of its own. */
  readonly defer: (isPrivate: boolean) => Promise<Outcome>;
  /** Nothing visible; `edit` then changes the message whose component was used. */
  readonly deferUpdate: () => Promise<Outcome>;
  /** At once, without a deferral. */
  readonly reply: (answer: Answer, isPrivate: boolean) => Promise<Outcome>;
  readonly openModal: (modal: APIModalInteractionResponseCallbackData) => Promise<Outcome>;
  readonly suggest: (choices: readonly APIApplicationCommandOptionChoice<string>[]) => Promise<Outcome>;
  /** After a deferral: what was deferred. */
  readonly edit: (answer: Answer) => Promise<Outcome>;
}

export type Outcome = "done" | "gone";

export interface AnsweringOptions {
  /** A REST proxy, without version. */
  readonly apiUrl?: string | undefined;
}

/**
 * Clients of their own: answers need no bot token and don't count towards the limit of everything else
 * (discord-api-docs, interactions/receiving-and-responding), so that an alert to thousands delays none of them.
 */
export interface Answering {
  /** For first answers, each at most twice, by the rules of `acknowledge`. */
  readonly first: REST;
  /** For edits, which may be repeated at will. */
  readonly later: REST;
}

/** Discord waits three seconds for a first answer; a second attempt must fit in as well. */
const firstTimeoutMs = 2_000;
const laterTimeoutMs = 10_000;

export function openAnswering({ apiUrl }: AnsweringOptions): Answering {
  const open = (timeout: number, retries: number): REST =>
    new REST({
      version: "10",
      timeout,
      retries,
      globalRequestsPerSecond: 10_000,
      makeRequest: discordRequest,
      ...(apiUrl !== undefined && { api: apiUrl.replace(/\/+$/, "") }),
    });
  return { first: open(firstTimeoutMs, 0), later: open(laterTimeoutMs, 2) };
}

const noMentions = { parse: [] };

export function createResponder(
  { first, later }: Answering,
  { id, token, application }: Interaction,
): Responder {
  const acknowledge = async (
    type: InteractionResponseType,
    data?: object,
    files?: readonly RawFile[],
  ): Promise<Outcome> => {
    const body = { type, ...(data !== undefined && { data }) };
    const post = async (): Promise<unknown> =>
      first.post(Routes.interactionCallback(id, token), { auth: false, body, ...withFiles(files) });
    return twice(post);
  };
  return {
    defer: async (isPrivate) =>
      acknowledge(InteractionResponseType.DeferredChannelMessageWithSource, {
        flags: isPrivate ? MessageFlags.Ephemeral : 0,
      }),
    deferUpdate: async () => acknowledge(InteractionResponseType.DeferredMessageUpdate),
    reply: async (answer, isPrivate) =>
      acknowledge(InteractionResponseType.ChannelMessageWithSource, bodyOf(answer, isPrivate), answer.files),
    openModal: async (modal) => acknowledge(InteractionResponseType.Modal, modal),
    suggest: async (choices) =>
      acknowledge(InteractionResponseType.ApplicationCommandAutocompleteResult, { choices }),
    edit: async (answer) =>
      unlessGone(
        later.patch(Routes.webhookMessage(application, token), {
          auth: false,
          // pictures of before go with what they showed
          body: { ...bodyOf(answer, false), attachments: attachmentsOf(answer) },
          ...withFiles(answer.files),
        }),
      ),
  };
}

function withFiles(files: readonly RawFile[] | undefined): { files?: RawFile[] } {
  return files === undefined || files.length === 0 ? {} : { files: [...files] };
}

function attachmentsOf({ files = [] }: Answer): { id: number; filename: string }[] {
  return files.map(({ name }, index) => ({ id: index, filename: name }));
}

function bodyOf(answer: Answer, isPrivate: boolean): object {
  const flags = MessageFlags.IsComponentsV2 | (isPrivate ? MessageFlags.Ephemeral : 0);
  return { flags, components: answer.components, allowed_mentions: noMentions };
}

/** Discord's codes for "nobody waits for this answer" (discord-api-docs, topics/opcodes-and-status-codes). */
const goneCodes = new Set<number | string>([
  10_008, // unknown message: deleted
  10_015, // unknown webhook: the token is over
  10_062, // unknown interaction: too late
  40_060, // already acknowledged: another replica was first
  40_094, // too many follow-ups
  50_027, // invalid webhook token
]);

async function unlessGone(call: Promise<unknown>): Promise<Outcome> {
  try {
    await call;
    return "done";
  } catch (error) {
    if (error instanceof DiscordAPIError && goneCodes.has(error.code)) return "gone";
    throw error;
  }
}

const alreadyAcknowledged = 40_060;

/** An attempt whose answer was lost may have arrived: "acknowledged already" is then our own doing. */
async function twice(post: () => Promise<unknown>): Promise<Outcome> {
  try {
    return await unlessGone(post());
  } catch (error) {
    if (error instanceof DiscordAPIError) throw error;
  }
  try {
    await post();
    return "done";
  } catch (error) {
    if (!(error instanceof DiscordAPIError)) throw error;
    if (error.code === alreadyAcknowledged) return "done";
    if (goneCodes.has(error.code)) return "gone";
    throw error;
  }
}
