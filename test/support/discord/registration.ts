import { z } from "zod";
import { failures, invalidForm, parseBody, type FieldError } from "./errors.ts";

/** Limits: discord-api-docs, interactions/application-commands. */
const commandCharacters = 8000;
const commandLimit = 100;
const optionLimit = 25;
const choiceLimit = 25;

const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const name = z.string().refine((value) => namePattern.test(value) && value === value.toLowerCase(), {
  message: "String value did not match validation regex.",
  params: { code: "STRING_TYPE_REGEX" },
});
const description = z.string().min(1).max(100);

/** discord-api-docs, reference#locales. */
const locales = new Set(
  "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko".split(
    " ",
  ),
);
function localized(value: z.ZodString): z.ZodType<Record<string, string> | null | undefined> {
  return z
    .record(
      z.string().refine((locale) => locales.has(locale), { message: "Unknown locale" }),
      value,
    )
    .nullish();
}

const choice = z.strictObject({
  name: z.string().min(1).max(100),
  name_localizations: localized(z.string().min(1).max(100)),
  value: z.union([z.string().max(100), z.number()]),
});

const optionBase = {
  name,
  name_localizations: localized(name),
  description,
  description_localizations: localized(description),
  required: z.boolean().optional(),
};
const valueOption = z
  .strictObject({
    ...optionBase,
    type: z.int().min(3).max(11),
    choices: z.array(choice).max(choiceLimit).optional(),
    channel_types: z.array(z.int()).optional(),
    min_value: z.number().optional(),
    max_value: z.number().optional(),
    min_length: z.int().min(0).max(6000).optional(),
    max_length: z.int().min(1).max(6000).optional(),
    autocomplete: z.boolean().optional(),
  })
  .superRefine(checkOption);
export type ValueOption = z.infer<typeof valueOption>;

function checkOption(
  option: Readonly<Record<string, unknown>> & { type: number },
  context: z.RefinementCtx,
): void {
  const rules: readonly [boolean, string][] = [
    [
      option["autocomplete"] === true && option["choices"] !== undefined,
      "autocomplete and choices exclude each other",
    ],
    [
      option["autocomplete"] === true && ![3, 4, 10].includes(option.type),
      "autocomplete is for text and numbers",
    ],
    [
      hasAny(option, ["min_value", "max_value"]) && ![4, 10].includes(option.type),
      "min and max are for numbers",
    ],
    [hasAny(option, ["min_length", "max_length"]) && option.type !== 3, "lengths are for text"],
    [option["channel_types"] !== undefined && option.type !== 7, "channel types are for channels"],
  ];
  for (const [isBroken, message] of rules) if (isBroken) context.addIssue({ code: "custom", message });
}

function hasAny(option: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  return keys.some((key) => option[key] !== undefined);
}

const optionList = z
  .array(valueOption)
  .max(optionLimit)
  .superRefine((options, context) => {
    const firstOptional = options.findIndex((option) => option.required !== true);
    options.forEach((option, index) => {
      if (option.required !== true || firstOptional === -1 || index < firstOptional) return;
      const message = "Required options must be placed before non-required options";
      context.addIssue({
        code: "custom",
        path: [index],
        message,
        params: { code: "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID" },
      });
    });
    refuseRepeated(options, context, "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED");
  });

function refuseRepeated(named: readonly { name: string }[], context: z.RefinementCtx, code: string): void {
  named.forEach((each, index) => {
    if (named.findIndex((other) => other.name === each.name) === index) return;
    context.addIssue({
      code: "custom",
      path: [index, "name"],
      message: "Names must be unique",
      params: { code },
    });
  });
}

const subcommand = z.strictObject({ ...optionBase, type: z.literal(1), options: optionList.optional() });
const group = z.strictObject({
  ...optionBase,
  type: z.literal(2),
  options: z.array(subcommand).min(1).max(optionLimit),
});
const branches = z.array(z.discriminatedUnion("type", [subcommand, group])).max(optionLimit);

const command = z.strictObject({
  id: z.string().optional(),
  name,
  name_localizations: localized(name),
  description,
  description_localizations: localized(description),
  type: z.literal(1).default(1),
  // leaves or branches, never both
  options: z.union([optionList, branches]).default([]),
  default_member_permissions: z.string().regex(/^\d+$/).nullish(),
  nsfw: z.boolean().optional(),
  contexts: z.array(z.union([z.literal(0), z.literal(1), z.literal(2)])).nullish(),
  integration_types: z.array(z.union([z.literal(0), z.literal(1)])).nullish(),
  handler: z.int().optional(),
});
type CommandInput = z.infer<typeof command>;

export interface RegisteredCommand extends CommandInput {
  readonly id: string;
  readonly guildId: string | undefined;
}

/** Which list was written, how, and whether anything in it is different from before. */
interface Registration {
  readonly at: number;
  readonly guildId: string | undefined;
  readonly names: readonly string[];
}

export interface Registry {
  readonly overwrite: (guildId: string | undefined, given: unknown) => readonly RegisteredCommand[];
  readonly upsert: (guildId: string | undefined, given: unknown) => RegisteredCommand;
  readonly remove: (guildId: string | undefined, id: string) => void;
  readonly list: (guildId: string | undefined) => readonly RegisteredCommand[];
  /** The command people see: the guild's own before the global one. */
  readonly find: (guildId: string | undefined, name: string) => RegisteredCommand | undefined;
  /** Everything people of that guild see: doubles show as doubles. */
  readonly visible: (guildId: string | undefined) => readonly RegisteredCommand[];
  readonly registrations: readonly Registration[];
}

export function createRegistry(now: () => number, nextId: () => string): Registry {
  const lists = new Map<string | undefined, readonly RegisteredCommand[]>();
  const registrations: Registration[] = [];
  const list = (guildId: string | undefined): readonly RegisteredCommand[] => lists.get(guildId) ?? [];
  const keep = (guildId: string | undefined, commands: readonly RegisteredCommand[]): void => {
    lists.set(guildId, commands);
    registrations.push({ at: now(), guildId, names: commands.map((each) => each.name) });
  };
  const admit = (guildId: string | undefined, input: CommandInput): RegisteredCommand => {
    const known = list(guildId).find((each) => each.name === input.name);
    return { ...input, id: known?.id ?? nextId(), guildId };
  };
  return {
    list,
    registrations,
    overwrite: (guildId, given) => {
      const commands = parseBody(z.array(command).max(commandLimit), given).map((input) =>
        admit(guildId, input),
      );
      checkList(commands);
      keep(guildId, commands);
      return commands;
    },
    upsert: (guildId, given) => {
      const one = admit(guildId, parseBody(command, given));
      checkList([one]);
      keep(guildId, [...list(guildId).filter((each) => each.name !== one.name), one]);
      return one;
    },
    remove: (guildId, id) => {
      if (!list(guildId).some((each) => each.id === id)) throw failures.unknownCommand();
      keep(
        guildId,
        list(guildId).filter((each) => each.id !== id),
      );
    },
    find: (guildId, wanted) => [...list(guildId), ...list(undefined)].find((each) => each.name === wanted),
    visible: (guildId) => (guildId === undefined ? list(undefined) : [...list(undefined), ...list(guildId)]),
  };
}

function checkList(commands: readonly RegisteredCommand[]): void {
  const found: FieldError[] = [];
  commands.forEach((each, index) => {
    if (commands.findIndex((other) => other.name === each.name) !== index) {
      const message = "Application command names must be unique";
      found.push({ path: [index], code: "APPLICATION_COMMANDS_DUPLICATE_NAME", message });
    }
    if (charactersOf(each) > commandCharacters) {
      const message = "Command exceeds maximum size (8000)";
      found.push({ path: [index], code: "APPLICATION_COMMAND_TOO_LARGE", message });
    }
  });
  if (found.length > 0) throw invalidForm(found);
}

/** Name, description and value of the command, its options and choices; of localisations the longest counts. */
function charactersOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each: unknown) => sum + charactersOf(each), 0);
  if (typeof value !== "object" || value === null) return 0;
  const fields = new Map<string, unknown>(Object.entries(value));
  const longest = (key: string): number => {
    const translations = Object.values(fields.get(`${key}_localizations`) ?? {});
    return Math.max(
      ...[fields.get(key), ...translations].map((text) => (typeof text === "string" ? text.length : 0)),
    );
  };
  const own = longest("name") + longest("description") + longest("value");
  return own + charactersOf(fields.get("options")) + charactersOf(fields.get("choices"));
}

export function commandJson(applicationId: string, each: RegisteredCommand): object {
  const { guildId, ...rest } = each;
  return {
    ...rest,
    application_id: applicationId,
    version: each.id,
    ...(guildId === undefined ? {} : { guild_id: guildId }),
    default_member_permissions: each.default_member_permissions ?? null,
    dm_permission: true,
    nsfw: each.nsfw ?? false,
  };
}
