import { randomBytes } from "node:crypto";
import type { FoundComponent } from "./components.ts";
import type { Gateway } from "./gateway.ts";
import type { Interaction, InteractionKind, Interactions } from "./interactions.ts";
import { channelJson, guildJson, memberJson, messageJson, userJson, type Json } from "./json.ts";
import { checkChoices, fillModal, findComponent } from "./parts.ts";
import { fillCommand, resolvedChannel, type OptionValues } from "./options.ts";
import type { RegisteredCommand, Registry } from "./registration.ts";
import { createScene, type Scene } from "./scene.ts";
import {
  defaultPermissions,
  everyPermission,
  isInGuild,
  type DiscordChannel,
  type DiscordGuild,
  type DiscordMessage,
  type DiscordUser,
  type DiscordWorld,
} from "./world.ts";

interface CommandUse {
  readonly user: DiscordUser;
  readonly channel: DiscordChannel;
  /** "subscribe", or with subcommands "rules add". */
  readonly name: string;
  readonly options?: OptionValues;
  readonly locale?: string;
  /** Sends it past the client's own checks, as a command from an older registration would come. */
  readonly isForced?: boolean;
}

/** What people and guild owners do; it reaches the bot through the gateway, or by HTTP where that is set. */
export interface DiscordDriver extends Scene {
  readonly slashCommand: (use: CommandUse) => Interaction;
  readonly autocomplete: (use: CommandUse, focused: string) => Interaction;
  /** Presses the button with this label or custom id. */
  readonly press: (user: DiscordUser, message: DiscordMessage, button: string) => Interaction;
  readonly forgePress: (user: DiscordUser, message: DiscordMessage, customId: string) => Interaction;
  readonly select: (
    user: DiscordUser,
    message: DiscordMessage,
    customId: string,
    values: readonly string[],
  ) => Interaction;
  readonly submitModal: (
    user: DiscordUser,
    opened: Interaction,
    values: Readonly<Record<string, string>>,
  ) => Interaction;
  readonly removeBot: (guild: DiscordGuild) => void;
  readonly addBot: (guild: DiscordGuild) => void;
  readonly announceGuild: (guild: DiscordGuild) => void;
  readonly outage: (guild: DiscordGuild, isUnavailable: boolean) => void;
  readonly deleteChannel: (channel: DiscordChannel) => void;
  readonly setBotPermissions: (channel: DiscordChannel, permissions: bigint) => void;
  readonly deleteMessage: (message: DiscordMessage) => void;
  /** From now on a first answer comes too late. */
  readonly expire: (interaction: Interaction) => void;
}

export interface DriverParts {
  readonly world: DiscordWorld;
  readonly gateway: Gateway;
  readonly registry: Registry;
  readonly interactions: Interactions;
  /** How interactions travel: through the gateway, or POSTed. */
  readonly deliver: (payload: Json, guildId: string | undefined) => void;
}

const interactionTypes: Readonly<Record<InteractionKind, number>> = {
  command: 2,
  component: 3,
  autocomplete: 4,
  modal: 5,
};
const attachmentSizeLimit = 10 * 1024 * 1024;

export function createDriver(parts: DriverParts): DiscordDriver {
  const { world, gateway, registry } = parts;
  const scene = createScene(world);

  const start = (setting: Setting, data: Json): Interaction => {
    const { kind, channel, source } = setting;
    const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
    const isOutside = guild !== undefined && !isInGuild(world, guild.id);
    const token = randomBytes(24).toString("base64url");
    const interaction = parts.interactions.open({
      id: world.nextId(),
      token,
      kind,
      type: interactionTypes[kind],
      channelId: channel.id,
      source,
      isOutside,
      dispatchedAt: world.now(),
    });
    parts.deliver(
      {
        id: interaction.id,
        application_id: world.applicationId,
        type: interaction.type,
        token,
        version: 1,
        data,
        ...placeJson(world, setting, guild, isOutside),
        ...(source === undefined ? {} : { message: messageJson(world, source) }),
        locale: setting.locale ?? "en-US",
        app_permissions: channel.botPermissions.toString(),
        entitlements: [],
        attachment_size_limit: attachmentSizeLimit,
      },
      isOutside ? undefined : channel.guildId,
    );
    return interaction;
  };

  const use = (kind: "command" | "autocomplete", given: CommandUse, focused?: string): Interaction => {
    const [name = "", ...path] = given.name.split(" ");
    const command = registry.find(given.channel.guildId, name);
    if (command === undefined) throw new Error(`/${name} is not registered`);
    if (given.isForced !== true) checkVisible(world, command, given);
    const filled = fillCommand(world, command, { path, values: given.options ?? {}, focused });
    const locale = given.locale === undefined ? {} : { locale: given.locale };
    return start(
      { kind, user: given.user, channel: given.channel, source: undefined, ...locale },
      {
        id: command.id,
        name,
        type: 1,
        ...filled,
        ...(command.guildId === undefined ? {} : { guild_id: command.guildId }),
      },
    );
  };

  const component = (user: DiscordUser, message: DiscordMessage, data: Json): Interaction =>
    start({ kind: "component", user, channel: channelOf(world, message.channelId), source: message }, data);

  const selectValues: DiscordDriver["select"] = (user, message, customId, values) => {
    const found = findComponent(message, (node) => node["custom_id"] === customId);
    const type = Number(found.node["type"]);
    checkChoices(found.node, values);
    const channels = values.flatMap((id) => world.channels.get(id) ?? []);
    const resolved = {
      channels: Object.fromEntries(channels.map((each) => [each.id, resolvedChannel(world, each)])),
    };
    return component(user, message, {
      custom_id: customId,
      component_type: type,
      values,
      ...(type === 8 ? { resolved } : {}),
    });
  };

  const announce = (event: string, guild: DiscordGuild, data: Json): void => {
    gateway.dispatch(event, data, guild.id);
  };

  return {
    ...scene,
    slashCommand: (given) => use("command", given),
    autocomplete: (given, focused) => use("autocomplete", given, focused),
    press: (user, message, button) => {
      const isWanted = (node: FoundComponent["node"]): boolean =>
        node["type"] === 2 && (node["label"] === button || node["custom_id"] === button);
      const { node } = findComponent(message, isWanted);
      if (node["disabled"] === true) throw new Error(`button ${button} is disabled`);
      return component(user, message, { custom_id: node["custom_id"], component_type: 2, id: node["id"] });
    },
    forgePress: (user, message, customId) =>
      component(user, message, { custom_id: customId, component_type: 2 }),
    select: selectValues,
    submitModal: (user, opened, values) => {
      if (opened.modal === undefined) throw new Error("that interaction opened no modal");
      const channel = channelOf(world, opened.channelId);
      const data = {
        custom_id: opened.modal.custom_id,
        components: fillModal(opened.modal.components, values),
      };
      return start({ kind: "modal", user, channel, source: opened.source }, data);
    },
    removeBot: (guild) => {
      guild.members.delete(world.bot.id);
      announce("GUILD_DELETE", guild, { id: guild.id });
    },
    addBot: (guild) => {
      scene.addMember(guild, world.bot, defaultPermissions);
      announce("GUILD_CREATE", guild, guildJson(world, guild));
    },
    announceGuild: (guild) => announce("GUILD_CREATE", guild, guildJson(world, guild)),
    outage: (guild, isUnavailable) => {
      if (isUnavailable) announce("GUILD_DELETE", guild, { id: guild.id, unavailable: true });
      else announce("GUILD_CREATE", guild, guildJson(world, guild));
    },
    deleteChannel: (channel) => {
      world.channels.delete(channel.id);
      gateway.dispatch("CHANNEL_DELETE", channelJson(world, channel), channel.guildId);
    },
    setBotPermissions: (channel, permissions) => {
      channel.botPermissions = permissions;
      gateway.dispatch("CHANNEL_UPDATE", channelJson(world, channel), channel.guildId);
    },
    deleteMessage: (message) => {
      message.isDeleted = true;
    },
    expire: (interaction) => {
      interaction.isExpired = true;
    },
  };
}

interface Setting {
  readonly kind: InteractionKind;
  readonly user: DiscordUser;
  readonly channel: DiscordChannel;
  readonly source: DiscordMessage | undefined;
  readonly locale?: string;
}

/** Where it happened, who did it and in whose name the app is there. */
function placeJson(
  world: DiscordWorld,
  setting: Setting,
  guild: DiscordGuild | undefined,
  isOutside: boolean,
): Json {
  const channel = { ...channelJson(world, setting.channel), permissions: everyPermission.toString() };
  const base = { channel, channel_id: setting.channel.id };
  if (guild === undefined) {
    const owners = { "0": "0", "1": setting.user.id };
    return { ...base, user: userJson(setting.user), context: 1, authorizing_integration_owners: owners };
  }
  const member = guild.members.get(setting.user.id);
  if (member === undefined) throw new Error(`${setting.user.username} is not in ${guild.name}`);
  const owners = isOutside ? { "1": setting.user.id } : { "0": guild.id };
  return {
    ...base,
    guild_id: guild.id,
    guild: { id: guild.id, locale: "en-US", features: [] },
    guild_locale: "en-US",
    member: { ...memberJson(member), permissions: member.permissions.toString() },
    context: 0,
    authorizing_integration_owners: owners,
  };
}

function channelOf(world: DiscordWorld, id: string): DiscordChannel {
  const channel = world.channels.get(id);
  if (channel === undefined) throw new Error(`channel ${id} is gone`);
  return channel;
}

/** The client shows a command only where it may be used, to those who may use it. */
function checkVisible(world: DiscordWorld, command: RegisteredCommand, use: CommandUse): void {
  const { guildId } = use.channel;
  const context = guildId === undefined ? 1 : 0;
  const contexts = command.contexts ?? [0, 1, 2];
  if (!contexts.includes(context)) throw new Error(`/${command.name} is not offered here`);
  if (guildId === undefined) return;
  const isUserInstalled = command.integration_types?.includes(1) ?? false;
  if (!isInGuild(world, guildId) && !isUserInstalled)
    throw new Error(`/${command.name} is not installed here`);
  const needed = command.default_member_permissions;
  if (needed === null || needed === undefined) return;
  const granted = world.guilds.get(guildId)?.members.get(use.user.id)?.permissions ?? 0n;
  if ((granted & BigInt(needed)) !== BigInt(needed))
    throw new Error(`/${command.name} is hidden from ${use.user.username}`);
}
