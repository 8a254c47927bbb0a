import { ChannelType, PermissionFlagsBits } from "discord-api-types/v10";
import { z } from "zod";
import type { UploadedFile } from "../multipart.ts";
import { checkTogether, everyComponent, layoutComponents, legacyComponents } from "./components.ts";
import { checkEmbeds, embeds } from "./embeds.ts";
import { failures, invalidForm, parseBody, type FieldError } from "./errors.ts";
import {
  can,
  componentsV2Flag,
  ephemeralFlag,
  isThread,
  type DiscordChannel,
  type DiscordMessage,
  type DiscordWorld,
  type MessageBody,
} from "./world.ts";

const contentLimit = 2000; // discord-api-docs, resources/message#create-message
const nonceLimit = 25;
const fileLimit = 10;
const fileBytesLimit = 10 * 1024 * 1024; // without boosts

const attachment = z.looseObject({ id: z.union([z.string(), z.number()]), filename: z.string().optional() });

const body = z.strictObject({
  content: z.string().max(contentLimit).nullish(),
  embeds: embeds.nullish(),
  components: z.array(z.unknown()).nullish(),
  flags: z.coerce.number().int().nullish(),
  allowed_mentions: z
    .strictObject({
      parse: z.array(z.enum(["roles", "users", "everyone"])).optional(),
      roles: z.array(z.string()).max(100).optional(),
      users: z.array(z.string()).max(100).optional(),
      replied_user: z.boolean().optional(),
    })
    .nullish(),
  attachments: z.array(attachment).nullish(),
  nonce: z.union([z.string().max(nonceLimit), z.int()]).optional(),
  enforce_nonce: z.boolean().optional(),
  message_reference: z.looseObject({ message_id: z.string() }).nullish(),
  tts: z.boolean().optional(),
  poll: z.null().optional(),
  sticker_ids: z.null().optional(),
  // execute webhook and interaction answers
  username: z.string().optional(),
  avatar_url: z.string().optional(),
  thread_id: z.string().optional(),
});
export type MessageInput = z.infer<typeof body>;

/** Flags a bot may set: no embeds, ephemeral (answers only), no notification, components V2. */
const settableFlags = (1 << 2) | ephemeralFlag | (1 << 12) | componentsV2Flag;

export function readMessage(given: unknown, files: readonly UploadedFile[]): MessageInput {
  const input = parseBody(body, given);
  const flags = input.flags ?? 0;
  if ((flags & ~settableFlags) !== 0)
    throw invalidForm([field("flags", "STAND_IN_FLAGS", "A flag bots cannot set")]);
  if (files.length > fileLimit)
    throw invalidForm([field("files", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer")]);
  if (files.some((file) => file.bytes.length > fileBytesLimit)) throw failuresTooLarge();
  return input;
}

function failuresTooLarge(): Error {
  return invalidForm([field("files", "STAND_IN_TOO_LARGE", "Request entity too large")]);
}

function field(name: string, code: string, message: string): FieldError {
  return { path: [name], code, message };
}

/** The message a create or edit makes; `before` is what an edit starts from. */
export function composeMessage(
  input: MessageInput,
  files: readonly UploadedFile[],
  before: MessageBody = emptyBody,
): MessageBody {
  const wasV2 = (before.flags & componentsV2Flag) !== 0;
  const flags = (input.flags ?? before.flags) | (before.flags & (ephemeralFlag | componentsV2Flag));
  const isV2 = (flags & componentsV2Flag) !== 0;
  const after: MessageBody = {
    content: choose(input.content, before.content, ""),
    embeds: choose(input.embeds, before.embeds, []),
    components: checkComponents(
      input.components === undefined ? before.components : (input.components ?? []),
      isV2,
    ),
    flags,
    files: keptFiles(input, files, before.files),
    allowedMentions: input.allowed_mentions ?? before.allowedMentions,
  };
  checkLayout(after, isV2, wasV2);
  checkTogetherOrThrow(input, after);
  return after;
}

const emptyBody: MessageBody = {
  content: "",
  embeds: [],
  components: [],
  flags: 0,
  files: [],
  allowedMentions: undefined,
};

/** Left out keeps, null clears. */
function choose<T>(given: T | null | undefined, before: T, cleared: T): T {
  return given === undefined ? before : (given ?? cleared);
}

function checkComponents(components: readonly unknown[], isV2: boolean): readonly object[] {
  const schema = z.object({ components: isV2 ? layoutComponents : legacyComponents });
  if (components.length === 0) return [];
  return parseBody(schema, { components }).components;
}

function keptFiles(
  input: MessageInput,
  files: readonly UploadedFile[],
  before: readonly UploadedFile[],
): readonly UploadedFile[] {
  if (input.attachments === undefined) return [...before, ...files];
  // small ids number the files that come along; the others are attachments there were
  const isNew = (id: string | number): boolean => Number(id) < files.length;
  const kept = new Set(input.attachments?.filter(({ id }) => !isNew(id)).map((each) => each.filename));
  return [...before.filter((file) => kept.has(file.filename)), ...files];
}

function checkLayout(after: MessageBody, isV2: boolean, wasV2: boolean): void {
  if (isV2 && (after.content !== "" || after.embeds.length > 0)) {
    const message =
      "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2";
    throw invalidForm([field("flags", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)]);
  }
  if (wasV2 && !isV2) {
    const message = "MessageFlags.IS_COMPONENTS_V2 cannot be removed";
    throw invalidForm([field("flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", message)]);
  }
  const isEmpty = after.content.trim() === "" && after.embeds.length === 0 && after.files.length === 0;
  if (isEmpty && after.components.length === 0) throw failures.emptyMessage();
}

function checkTogetherOrThrow(input: MessageInput, after: MessageBody): void {
  const names = new Set(after.files.map((file) => file.filename));
  const found = [
    ...checkTogether(after.components, names),
    ...(input.embeds === undefined || input.embeds === null ? [] : checkEmbeds(input.embeds, names)),
  ];
  if (found.length > 0) throw invalidForm(found);
}

const textTypes = new Set([
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildVoice,
  ChannelType.DM,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
]);

export function checkPosting(channel: DiscordChannel, message: MessageBody): void {
  if (!textTypes.has(channel.type)) throw failures.nonTextChannel();
  if (channel.recipient?.isClosed === true) throw failures.cannotMessageUser();
  if (channel.isLocked) throw failures.threadArchived();
  const bits = PermissionFlagsBits;
  const needed = [
    isThread(channel) ? bits.SendMessagesInThreads : bits.SendMessages,
    ...(message.embeds.length > 0 ? [bits.EmbedLinks] : []),
    ...(message.files.length > 0 ? [bits.AttachFiles] : []),
  ];
  if (!needed.every((bit) => can(channel, bit))) throw failures.missingPermissions();
  if ((message.flags & ephemeralFlag) !== 0) {
    throw invalidForm([
      field("flags", "STAND_IN_EPHEMERAL", "Only answers to interactions can be ephemeral"),
    ]);
  }
}

export interface NewMessage {
  readonly channelId: string;
  readonly authorId?: string;
  readonly body: MessageBody;
  readonly nonce?: string | undefined;
  readonly interactionId?: string;
  readonly isLoading?: boolean;
}

export function putMessage(world: DiscordWorld, message: NewMessage): DiscordMessage {
  const record: DiscordMessage = {
    id: world.nextId(),
    channelId: message.channelId,
    authorId: message.authorId ?? world.bot.id,
    sentAt: world.now(),
    nonce: message.nonce,
    interactionId: message.interactionId,
    body: withComponentIds(message.body),
    history: [],
    isDeleted: false,
    isCrossposted: false,
    isLoading: message.isLoading ?? false,
  };
  world.messages.set(record.id, record);
  return record;
}

export function editMessage(world: DiscordWorld, message: DiscordMessage, after: MessageBody): void {
  message.history.push({ editedAt: world.now(), before: message.body });
  message.body = withComponentIds(after);
  message.isLoading = false;
}

/** Discord numbers the components it was given without ids. */
function withComponentIds(message: MessageBody): MessageBody {
  const components = structuredClone(message.components);
  everyComponent(components).forEach(({ node }, index) => {
    if (node["id"] === undefined) Object.assign(node, { id: index + 1 });
  });
  return { ...message, components };
}
