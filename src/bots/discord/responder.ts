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
  /** One more message, which only who asked sees. */
  readonly followUp: (answer: Answer) => Promise<Outcome>;
}

export type Outcome = "done" | "gone";

export interface AnsweringOptions {
  /** A REST proxy, without version. */
  readonly apiUrl?: string | undefined;
  /** For one call. */
  readonly timeoutMs: number;
}

/**
 * A client of its own: answers need no bot token and don't count towards the limit of everything else
 * (discord-api-docs, interactions/receiving-and-responding), so that an alert to thousands delays none of them.
 */
export function openAnswering({ apiUrl, timeoutMs }: AnsweringOptions): REST {
  return new REST({
    version: "10",
    timeout: timeoutMs,
    retries: 1,
    globalRequestsPerSecond: 10_000,
    ...(apiUrl !== undefined && { api: apiUrl.replace(/\/+$/, "") }),
  });
}

const noMentions = { parse: [] };

export function createResponder(rest: REST, { id, token, application }: Interaction): Responder {
  const acknowledge = async (
    type: InteractionResponseType,
    data?: object,
    files?: readonly RawFile[],
  ): Promise<Outcome> => {
    const body = { type, ...(data !== undefined && { data }) };
    return unlessGone(
      rest.post(Routes.interactionCallback(id, token), { auth: false, body, ...withFiles(files) }),
    );
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
        rest.patch(Routes.webhookMessage(application, token), {
          auth: false,
          // pictures of before go with what they showed
          body: { ...bodyOf(answer, false), attachments: attachmentsOf(answer) },
          ...withFiles(answer.files),
        }),
      ),
    followUp: async (answer) =>
      unlessGone(
        rest.post(Routes.webhook(application, token), {
          auth: false,
          body: bodyOf(answer, true),
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
