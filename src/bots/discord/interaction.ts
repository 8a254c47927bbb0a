import { InteractionType } from "discord-api-types/v10";
import { z } from "zod";

/** Where something was used. */
export type Place =
  | {
      readonly kind: "guild";
      readonly guild: string;
      /** False where the app is there only because the user installed it for themselves. */
      readonly isInstalled: boolean;
      /** The user's permission bits in the channel. */
      readonly member: bigint;
    }
  | {
      readonly kind: "direct";
      /** With the bot itself, rather than between people. */
      readonly isOwn: boolean;
    };

/** A channel, and what the bot may do in it where Discord says so. */
export interface Channel {
  readonly id: string;
  readonly type: number;
  readonly rights?: bigint;
}

interface Common {
  readonly id: string;
  readonly token: string;
  readonly application: string;
  readonly user: string;
  /** The user's language, as Discord names it: `en-US`, `es-ES`. */
  readonly locale: string;
  readonly place: Place;
  readonly channel: Channel;
}

export interface CommandUse extends Common {
  readonly kind: "command";
  readonly name: string;
  readonly options: Options;
}

export interface Typing extends Common {
  readonly kind: "typing";
  readonly name: string;
  readonly option: string;
  readonly typed: string;
}

/** A button pressed, or a menu's entries chosen. */
export interface PressUse extends Common {
  readonly kind: "press";
  readonly customId: string;
  readonly message: { readonly id: string; readonly isEphemeral: boolean };
  readonly values: readonly string[];
}

export interface ModalUse extends Common {
  readonly kind: "modal";
  readonly customId: string;
  /** By the fields' own custom ids. */
  readonly fields: ReadonlyMap<string, string>;
  /** It was opened from a message that only its reader sees, and can change it. */
  readonly isFromMessage: boolean;
}

export type Interaction = CommandUse | Typing | PressUse | ModalUse;

export interface Options {
  readonly values: ReadonlyMap<string, string | number | boolean>;
  readonly channels: ReadonlyMap<string, Channel>;
}

const snowflake = z.string().regex(/^\d{1,20}$/);
const permissionBits = z
  .string()
  .regex(/^\d{1,30}$/)
  .transform(BigInt);
const text = z.string().max(6_000);

const channelShape = z.object({ id: snowflake, type: z.int() });
const base = z.object({
  id: snowflake,
  application_id: snowflake,
  token: z.string().min(1).max(2_000),
  guild_id: snowflake.optional(),
  channel: channelShape,
  context: z.int().optional(),
  authorizing_integration_owners: z.record(z.string(), z.string()).default({}),
  member: z.object({ user: z.object({ id: snowflake }), permissions: permissionBits }).optional(),
  user: z.object({ id: snowflake }).optional(),
  locale: z.string().max(20).default("en-US"),
  app_permissions: permissionBits.optional(),
});

const option = z.object({
  name: z.string(),
  value: z.union([text, z.number(), z.boolean()]).optional(),
  focused: z.boolean().optional(),
});
const resolvedChannel = channelShape.extend({ app_permissions: permissionBits.optional() });
const commandData = z.object({
  name: z.string(),
  options: z.array(option).max(25).default([]),
  resolved: z
    .object({ channels: z.record(snowflake, resolvedChannel).default({}) })
    .default({ channels: {} }),
});
const pressData = z.object({ custom_id: z.string().max(100), values: z.array(text).max(25).default([]) });
const field = z.object({
  custom_id: z.string().max(100),
  value: text.optional(),
  values: z.array(text).optional(),
});
/** Fields stand in rows of their own or under labels; text between them has neither. */
const holder = z.object({ components: z.array(field).optional(), component: field.optional() });
const modalData = z.object({ custom_id: z.string().max(100), components: z.array(holder).max(5) });

const payload = z.discriminatedUnion("type", [
  base.extend({ type: z.literal(InteractionType.ApplicationCommand), data: commandData }),
  base.extend({ type: z.literal(InteractionType.ApplicationCommandAutocomplete), data: commandData }),
  base.extend({
    type: z.literal(InteractionType.MessageComponent),
    data: pressData,
    message: z.object({ id: snowflake, flags: z.int().default(0) }),
  }),
  base.extend({
    type: z.literal(InteractionType.ModalSubmit),
    data: modalData,
    message: z.object({ id: snowflake, flags: z.int().default(0) }).optional(),
  }),
]);
type Payload = z.infer<typeof payload>;

const ephemeral = 1 << 6; // discord-api-docs, resources/message#message-object-message-flags

/** An interaction as the gateway or an HTTP request brings it; undefined where it is none that we know. */
export function readInteraction(raw: unknown): Interaction | undefined {
  const parsed = payload.safeParse(raw);
  if (!parsed.success) return undefined;
  const given = parsed.data;
  const user = given.member?.user.id ?? given.user?.id;
  const place = placeOf(given);
  if (user === undefined || place === undefined) return undefined;
  const { id, token, application_id: application, locale } = given;
  const rights = given.app_permissions;
  const channel = { ...given.channel, ...(rights !== undefined && { rights }) };
  return { id, token, application, user, locale, place, channel, ...useOf(given) };
}

const botDirect = 1; // discord-api-docs, interactions: interaction context types

function placeOf(given: Payload): Place | undefined {
  const owners = given.authorizing_integration_owners;
  if (given.guild_id === undefined) return { kind: "direct", isOwn: given.context === botDirect };
  if (given.member === undefined) return undefined;
  const isInstalled = owners["0"] === given.guild_id;
  return { kind: "guild", guild: given.guild_id, isInstalled, member: given.member.permissions };
}

type Use =
  | Omit<CommandUse, keyof Common>
  | Omit<Typing, keyof Common>
  | Omit<PressUse, keyof Common>
  | Omit<ModalUse, keyof Common>;

function useOf(given: Payload): Use {
  switch (given.type) {
    case InteractionType.ApplicationCommand:
      return { kind: "command", name: given.data.name, options: optionsOf(given.data) };
    case InteractionType.ApplicationCommandAutocomplete: {
      const focused = given.data.options.find((each) => each.focused === true);
      const typed = String(focused?.value ?? "");
      return { kind: "typing", name: given.data.name, option: focused?.name ?? "", typed };
    }
    case InteractionType.MessageComponent: {
      const message = { id: given.message.id, isEphemeral: (given.message.flags & ephemeral) !== 0 };
      return { kind: "press", customId: given.data.custom_id, message, values: given.data.values };
    }
    case InteractionType.ModalSubmit: {
      const isFromMessage = given.message !== undefined && (given.message.flags & ephemeral) !== 0;
      return { kind: "modal", customId: given.data.custom_id, fields: fieldsOf(given.data), isFromMessage };
    }
  }
}

function optionsOf(data: z.infer<typeof commandData>): Options {
  const values = new Map<string, string | number | boolean>();
  const channels = new Map<string, Channel>();
  for (const { name, value } of data.options) {
    if (value === undefined) continue;
    values.set(name, value);
    const resolved = data.resolved.channels[String(value)];
    if (resolved === undefined) continue;
    const { id, type, app_permissions: rights } = resolved;
    channels.set(name, { id, type, ...(rights !== undefined && { rights }) });
  }
  return { values, channels };
}

function fieldsOf(data: z.infer<typeof modalData>): ReadonlyMap<string, string> {
  const fields = data.components.flatMap(({ components = [], component }) => [
    ...components,
    ...(component === undefined ? [] : [component]),
  ]);
  return new Map(fields.map((each) => [each.custom_id, each.value ?? each.values?.[0] ?? ""]));
}
