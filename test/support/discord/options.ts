import { channelJson, userJson, type Json } from "./json.ts";
import type { RegisteredCommand, ValueOption } from "./registration.ts";
import type { DiscordChannel, DiscordUser, DiscordWorld } from "./world.ts";

/** What a person fills in: plain values, channels and users as themselves. */
type OptionValue = string | number | boolean | DiscordChannel | DiscordUser;
export type OptionValues = Readonly<Record<string, OptionValue>>;

export interface FilledCommand {
  readonly options: readonly Json[];
  readonly resolved: Json;
}

interface Filling {
  readonly path: readonly string[];
  readonly values: OptionValues;
  /** The option being typed, for autocomplete. */
  readonly focused: string | undefined;
}

/** Fills a registered command as Discord's client would, and refuses what that client would not send. */
export function fillCommand(
  world: DiscordWorld,
  command: RegisteredCommand,
  filling: Filling,
): FilledCommand {
  const [next, ...rest] = filling.path;
  const options =
    next === undefined
      ? fillLeaves(leavesOf(command.options, command.name), filling)
      : descend(command.options, next, rest, filling);
  return { options, resolved: resolveValues(world, filling.values) };
}

type Options = RegisteredCommand["options"];

function descend(options: Options, name: string, rest: readonly string[], filling: Filling): readonly Json[] {
  const branch = options.find((option) => option.name === name && (option.type === 1 || option.type === 2));
  if (branch === undefined) throw new Error(`no subcommand ${name} is registered`);
  const below: Options = "options" in branch && branch.options !== undefined ? branch.options : [];
  const [next, ...further] = rest;
  const filled =
    next === undefined ? fillLeaves(leavesOf(below, name), filling) : descend(below, next, further, filling);
  return [{ name, type: branch.type, options: filled }];
}

function leavesOf(options: Options, name: string): readonly ValueOption[] {
  const leaves = options.filter((option): option is ValueOption => option.type > 2);
  if (leaves.length < options.length) throw new Error(`${name} needs a subcommand`);
  return leaves;
}

function fillLeaves(leaves: readonly ValueOption[], { values, focused }: Filling): readonly Json[] {
  const names = new Set(leaves.map((leaf) => leaf.name));
  const stray = Object.keys(values).find((name) => !names.has(name));
  if (stray !== undefined) throw new Error(`no option ${stray} is registered`);
  for (const leaf of leaves) checkLeaf(leaf, values[leaf.name], focused !== undefined);
  return leaves.flatMap((leaf) => {
    const value = values[leaf.name];
    if (value === undefined) return [];
    const filled = { name: leaf.name, type: leaf.type, value: typeof value === "object" ? value.id : value };
    return [leaf.name === focused ? { ...filled, focused: true } : filled];
  });
}

const valueTypes: Readonly<Record<number, string>> = { 3: "string", 4: "number", 5: "boolean", 10: "number" };

function checkLeaf(leaf: ValueOption, value: OptionValue | undefined, isTyping: boolean): void {
  if (value === undefined) {
    if (leaf.required === true && !isTyping) throw new Error(`option ${leaf.name} is required`);
    return;
  }
  if (isTyping) return;
  const problem = problemOf(leaf, value);
  if (problem !== undefined) throw new Error(`option ${leaf.name}: ${problem}`);
}

function problemOf(leaf: ValueOption, value: OptionValue): string | undefined {
  if (typeof value !== (valueTypes[leaf.type] ?? "object"))
    return `${typeof value} where type ${leaf.type} is asked`;
  if (typeof value === "number" && value < (leaf.min_value ?? value)) return `below ${leaf.min_value}`;
  if (typeof value === "number" && value > (leaf.max_value ?? value)) return `above ${leaf.max_value}`;
  if (typeof value === "string" && value.length > (leaf.max_length ?? value.length)) return "too long";
  if (typeof value === "string" && value.length < (leaf.min_length ?? 0)) return "too short";
  if (leaf.choices !== undefined && !leaf.choices.some((choice) => choice.value === value))
    return "not among the choices";
  const types = leaf.channel_types;
  if (types !== undefined && isChannel(value) && !types.includes(value.type))
    return "not one of the channel types";
  return undefined;
}

function isChannel(value: OptionValue): value is DiscordChannel {
  return typeof value === "object" && "botPermissions" in value;
}

function resolveValues(world: DiscordWorld, values: OptionValues): Json {
  const channels = Object.values(values).filter((value) => isChannel(value));
  const users = Object.values(values).filter(
    (value): value is DiscordUser => typeof value === "object" && !isChannel(value),
  );
  return {
    ...(channels.length === 0
      ? {}
      : {
          channels: Object.fromEntries(
            channels.map((channel) => [channel.id, resolvedChannel(world, channel)]),
          ),
        }),
    ...(users.length === 0
      ? {}
      : { users: Object.fromEntries(users.map((user) => [user.id, userJson(user)])) }),
  };
}

/** Since July 2026 resolved channels say what the app may do in them. */
export function resolvedChannel(world: DiscordWorld, channel: DiscordChannel): Json {
  const { id, type, name, parent_id, thread_metadata } = {
    parent_id: undefined,
    thread_metadata: undefined,
    ...channelJson(world, channel),
    id: channel.id,
    type: channel.type,
    name: channel.name,
  };
  const permissions = channel.botPermissions.toString();
  return { id, type, name, parent_id, thread_metadata, permissions, app_permissions: permissions };
}
