import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInContainer,
  type APIComponentInMessageActionRow,
  type APIMessageTopLevelComponent,
} from "discord-api-types/v10";
import { escapeMarkdown } from "../../texts/discordMarkdown.ts";
import { encodeAction } from "../shared/actions.ts";
import type { Button, Paragraph, Piece, Reply } from "../shared/reply.ts";
import { seal, type Seal } from "../shared/signature.ts";
import { commands } from "../shared/vocabulary.ts";
import {
  buttonLabelLimit,
  buttonsPerRow,
  cut,
  messageComponentLimit,
  messageTextLimit,
  pictureDescriptionLimit,
  selectOptionLimit,
  selectTextLimit,
} from "./limits.ts";

export interface RenderOptions {
  readonly seal: Seal;
  /** The name of the attached picture, and what it shows for those who don't see it. */
  readonly picture?: { readonly filename: string; readonly description: string };
}

/** A reply as one container: the words, the picture, the buttons. */
export function renderReply(reply: Reply, options: RenderOptions): readonly APIMessageTopLevelComponent[] {
  const { picture } = options;
  const rows = rowsOf(reply.rows ?? [], options.seal);
  const parts: APIComponentInContainer[] = [
    { type: ComponentType.TextDisplay, content: markdown(reply.paragraphs) },
    ...(picture === undefined ? [] : [gallery(picture)]),
  ];
  return [{ type: ComponentType.Container, components: [...parts, ...within(rows, parts.length + 1)] }];
}

function gallery(picture: { filename: string; description: string }): APIComponentInContainer {
  const description = cut(picture.description, pictureDescriptionLimit);
  return {
    type: ComponentType.MediaGallery,
    items: [{ media: { url: `attachment://${picture.filename}` }, description }],
  };
}

const cutMark = "…";

/** Whole paragraphs, as many as Discord takes. */
export function markdown(paragraphs: readonly Paragraph[]): string {
  const texts = paragraphs.map((pieces) => pieces.map(pieceMarkdown).join("")).filter((text) => text !== "");
  let kept = texts[0] ?? cutMark;
  for (const text of texts.slice(1)) {
    if (kept.length + text.length + 2 > messageTextLimit - 2 - cutMark.length) return `${kept}\n\n${cutMark}`;
    kept += `\n\n${text}`;
  }
  return cut(kept, messageTextLimit);
}

/** Marks stand close to what they mark: spaces and line breaks go outside. */
function pieceMarkdown({ text, style, url, at }: Piece): string {
  if (at !== undefined) return `<t:${Math.floor(at / 1_000)}:f>`;
  const [, before = "", core = "", after = ""] = /^(\s*)([\s\S]*?)(\s*)$/u.exec(text) ?? [];
  if (core === "") return text;
  const marked = mark(core, style);
  return `${before}${url === undefined ? marked : `[${marked}](${url})`}${after}`;
}

function mark(text: string, style: Piece["style"]): string {
  switch (style) {
    case "bold":
      return `**${withChannels(escapeMarkdown(text))}**`;
    case "italic":
      return `*${escapeMarkdown(text)}*`;
    case "code":
      return `\`${asTyped(text).replaceAll("`", "'")}\``;
    case "fold":
      // Discord folds nothing but spoilers, which would hide it from those who read aloud
      return escapeMarkdown(text).replaceAll(/^/gmu, "> ");
    case undefined:
      return withChannels(escapeMarkdown(text));
  }
}

/** A line as it is typed here: `/subscribe symbol:BTC ratio:2.5`, where elsewhere it is `/subscribe BTC 2.5`. */
function asTyped(text: string): string {
  const [, name = "", rest = ""] = /^\/(\w+)(?: (.+))?$/u.exec(text) ?? [];
  const spec = commands.find((command) => command.name === name);
  if (spec === undefined || rest === "") return text;
  const words = rest.split(" ");
  if (words.length > spec.arguments.length) return text;
  return `/${name} ${words.map((word, index) => `${spec.arguments[index]?.name ?? ""}:${word}`).join(" ")}`;
}

/** Channels are named by their mention, which every reader sees by its name; it pings nobody. */
export function channelName(id: string): string {
  return `<#${id}>`;
}

function withChannels(escaped: string): string {
  return escaped.replaceAll(/\\<(#\d{15,20}>)/gu, "<$1");
}

type Row = APIActionRowComponent<APIComponentInMessageActionRow>;

/** More buttons than this are a wall: the like of them become a menu. */
const mostButtons = 15;
const fewForAMenu = 4;

function rowsOf(given: readonly (readonly Button[])[], sealing: Seal): readonly Row[] {
  const rows = distinct(given);
  const all = rows.flat();
  const menus = all.length <= mostButtons ? [] : menuGroups(all);
  const inMenus = new Set<Button>(menus.flat());
  const isBeside = (row: readonly Button[]): boolean => row.some((button) => inMenus.has(button));
  // what stood beside an entry of a menu is offered again once the entry was chosen
  const left = rows.filter((row) => !isBeside(row)).flatMap((row) => chunks(row, buttonsPerRow));
  return [
    ...menus.map((menu, index) => menuRow(menu, index, sealing)),
    ...left.map((row): Row => ({
      type: ComponentType.ActionRow,
      components: row.map((button) => renderButton(button, sealing)),
    })),
  ];
}

/** Discord refuses what is there twice. */
function distinct(rows: readonly (readonly Button[])[]): readonly (readonly Button[])[] {
  const seen = new Set<string>();
  return rows.map((row) =>
    row.filter((button) => {
      if (button.kind === "link") return true;
      const same = `${encodeAction(button.action)} ${button.target ?? ""}`;
      return !seen.has(same) && seen.add(same);
    }),
  );
}

type Pressable = Extract<Button, { kind: "press" }>;

/** Buttons that do the same to different things, such as editing each alert. */
function menuGroups(all: readonly Button[]): readonly (readonly Pressable[])[] {
  const groups = new Map<string, Pressable[]>();
  for (const button of all) {
    if (button.kind !== "press") continue;
    const group = groups.get(button.action.do) ?? [];
    groups.set(button.action.do, [...group, button]);
  }
  const first = [...groups.values()].find(({ length }) => length >= fewForAMenu);
  return first === undefined ? [] : chunks(first, selectOptionLimit);
}

function menuRow(menu: readonly Pressable[], index: number, sealing: Seal): Row {
  const options = menu.map(({ label, ...pressed }) => ({
    label: cut(label, selectTextLimit),
    value: seal(pressed, sealing),
  }));
  // the id says nothing: each entry is signed
  return {
    type: ComponentType.ActionRow,
    components: [{ type: ComponentType.StringSelect, custom_id: `menu-${index}`, options }],
  };
}

function renderButton(button: Button, sealing: Seal): APIButtonComponent {
  const label = cut(button.label, buttonLabelLimit);
  if (button.kind === "link") {
    return { type: ComponentType.Button, style: ButtonStyle.Link, label, url: button.url };
  }
  const { action, target } = button;
  const customId = seal({ action, ...(target !== undefined && { target }) }, sealing);
  return { type: ComponentType.Button, style: styleOf(button), label, custom_id: customId };
}

function styleOf({ action }: Pressable): Exclude<ButtonStyle, ButtonStyle.Link | ButtonStyle.Premium> {
  if (action.do === "delete" || action.do === "forget-now") return ButtonStyle.Danger;
  const isInvitation = action.do === "subscribe" || action.do === "choose-ratio";
  return isInvitation ? ButtonStyle.Primary : ButtonStyle.Secondary;
}

/** Rows as long as the message has room for components, its container counted. */
function within(rows: readonly Row[], used: number): readonly Row[] {
  let count = used;
  return rows.filter((row) => {
    const size = 1 + row.components.length;
    if (count + size > messageComponentLimit) return false;
    count += size;
    return true;
  });
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
