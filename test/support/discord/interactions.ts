import { z } from "zod";
import type { UploadedFile } from "../multipart.ts";
import { modal, type Modal } from "./components.ts";
import { failures, invalidForm, parseBody } from "./errors.ts";
import { messageJson, type Json } from "./json.ts";
import { composeMessage, editMessage, putMessage, readMessage } from "./messages.ts";
import { ephemeralFlag, type DiscordMessage, type DiscordWorld, type MessageBody } from "./world.ts";

/** discord-api-docs, interactions/receiving-and-responding. */
const firstAnswerMs = 3000;
const tokenMs = 15 * 60_000;
const followupLimitOutside = 5;

export type InteractionKind = "command" | "component" | "autocomplete" | "modal";

export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly kind: InteractionKind;
  readonly type: number;
  readonly channelId: string;
  /** The message whose component was used. */
  readonly source: DiscordMessage | undefined;
  /** Used where the app is installed to the person only. */
  readonly isOutside: boolean;
  /** On the stand-in's clock. */
  readonly dispatchedAt: number;
  ackedAt: number | undefined;
  /** Callback type: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 modal. */
  ackType: number | undefined;
  /** What `@original` is. */
  original: DiscordMessage | undefined;
  modal: Modal | undefined;
  choices: readonly { readonly name: string; readonly value: string | number }[] | undefined;
  readonly followups: DiscordMessage[];
  isExpired: boolean;
}

const choices = z.strictObject({
  choices: z
    .array(
      z
        .strictObject({
          name: z.string().min(1).max(100),
          name_localizations: z.unknown(),
          value: z.union([z.string().max(100), z.number()]),
        })
        .partial({ name_localizations: true }),
    )
    .max(25),
});
const callback = z.strictObject({ type: z.int(), data: z.unknown().optional() });
const deferral = z.looseObject({ flags: z.int().optional() }).optional();

const allowed: Readonly<Record<InteractionKind, readonly number[]>> = {
  command: [4, 5, 9],
  component: [4, 5, 6, 7, 9],
  autocomplete: [8],
  modal: [4, 5, 6, 7],
};

export interface Interactions {
  readonly open: (
    interaction: Omit<
      Interaction,
      "ackedAt" | "ackType" | "original" | "modal" | "choices" | "followups" | "isExpired"
    >,
  ) => Interaction;
  readonly acknowledge: (
    id: string,
    token: string,
    body: unknown,
    files: readonly UploadedFile[],
  ) => Interaction;
  readonly followUp: (token: string, body: unknown, files: readonly UploadedFile[]) => DiscordMessage;
  /** `messageId` may be "@original". */
  readonly message: (token: string, messageId: string) => DiscordMessage;
  readonly edit: (
    token: string,
    messageId: string,
    body: unknown,
    files: readonly UploadedFile[],
  ) => DiscordMessage;
  readonly all: readonly Interaction[];
}

export function createInteractions(world: DiscordWorld): Interactions {
  const all: Interaction[] = [];

  const byToken = (token: string): Interaction => {
    const interaction = all.find((each) => each.token === token);
    if (interaction === undefined) throw failures.unknownWebhook();
    if (interaction.ackedAt === undefined) throw failures.unknownWebhook();
    if (world.now() - interaction.dispatchedAt > tokenMs) throw failures.invalidWebhookToken();
    return interaction;
  };

  const put = (interaction: Interaction, body: MessageBody, isLoading = false): DiscordMessage =>
    putMessage(world, { channelId: interaction.channelId, body, interactionId: interaction.id, isLoading });

  const effects: Readonly<
    Record<number, (interaction: Interaction, data: unknown, files: readonly UploadedFile[]) => void>
  > = {
    4: (interaction, data, files) => {
      interaction.original = put(interaction, composeMessage(readMessage(data ?? {}, files), files));
    },
    5: (interaction, data) => {
      const flags = (parseBody(deferral, data)?.flags ?? 0) & ephemeralFlag;
      interaction.original = put(interaction, { ...blank, flags }, true);
    },
    6: (interaction) => {
      interaction.original = interaction.source;
    },
    7: (interaction, data, files) => {
      const { source } = interaction;
      if (source === undefined) throw invalidForm([notAllowed]);
      editMessage(world, source, composeMessage(readMessage(data ?? {}, files), files, source.body));
      interaction.original = source;
    },
    8: (interaction, data) => {
      interaction.choices = parseBody(choices, data).choices;
    },
    9: (interaction, data) => {
      interaction.modal = parseBody(modal, data);
    },
  };

  const message: Interactions["message"] = (token, messageId) => {
    const interaction = byToken(token);
    const found =
      messageId === "@original"
        ? interaction.original
        : [interaction.original, ...interaction.followups].find((each) => each?.id === messageId);
    if (found === undefined || found.isDeleted) throw failures.unknownMessage();
    return found;
  };

  return {
    all,
    message,
    open: (interaction) => {
      const record: Interaction = {
        ...interaction,
        ackedAt: undefined,
        ackType: undefined,
        original: undefined,
        modal: undefined,
        choices: undefined,
        followups: [],
        isExpired: false,
      };
      all.push(record);
      return record;
    },
    acknowledge: (id, token, body, files) => {
      const interaction = all.find((each) => each.id === id && each.token === token);
      if (interaction === undefined || interaction.isExpired) throw failures.unknownInteraction();
      if (interaction.ackedAt !== undefined) throw failures.alreadyAcknowledged();
      if (world.now() - interaction.dispatchedAt > firstAnswerMs) throw failures.unknownInteraction();
      const { type, data } = parseBody(callback, body);
      const effect = allowed[interaction.kind].includes(type) ? effects[type] : undefined;
      if (effect === undefined) throw invalidForm([notAllowed]);
      effect(interaction, data, files);
      interaction.ackedAt = world.now();
      interaction.ackType = type;
      return interaction;
    },
    followUp: (token, body, files) => {
      const interaction = byToken(token);
      if (interaction.isOutside && interaction.followups.length >= followupLimitOutside)
        throw failures.tooManyFollowups();
      const followup = put(interaction, composeMessage(readMessage(body, files), files));
      interaction.followups.push(followup);
      return followup;
    },
    edit: (token, messageId, body, files) => {
      const found = message(token, messageId);
      editMessage(world, found, composeMessage(readMessage(body, files), files, found.body));
      return found;
    },
  };
}

const blank: MessageBody = {
  content: "",
  embeds: [],
  components: [],
  flags: 0,
  files: [],
  allowedMentions: undefined,
};

const notAllowed = {
  path: ["type"],
  code: "INTERACTION_APPLICATION_COMMAND_CALLBACK_INVALID",
  message: "This callback type does not fit the interaction",
};

/** The answer to `?with_response=true`. */
export function callbackJson(world: DiscordWorld, interaction: Interaction): Json {
  const { original } = interaction;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      ...(original === undefined
        ? {}
        : {
            response_message_id: original.id,
            response_message_loading: original.isLoading,
            response_message_ephemeral: (original.body.flags & ephemeralFlag) !== 0,
          }),
    },
    ...(original === undefined
      ? {}
      : { resource: { type: interaction.ackType, message: messageJson(world, original) } }),
  };
}
