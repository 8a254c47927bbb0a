import { badRequest } from "./errors.ts";
import type { Entity } from "./fields.ts";

/** Bot API, sendMessage and sendPhoto: after entity parsing; counted in UTF-16 units like offsets. */
const textLimit = 4096;
const captionLimit = 1024;

/** Bot API, MessageEntity. */
const entityTypes = new Set([
  "mention",
  "hashtag",
  "cashtag",
  "bot_command",
  "url",
  "email",
  "phone_number",
  "bold",
  "italic",
  "underline",
  "strikethrough",
  "spoiler",
  "blockquote",
  "expandable_blockquote",
  "code",
  "pre",
  "text_link",
  "text_mention",
  "custom_emoji",
  "date_time",
]);

export interface FormattedText {
  readonly text: string;
  readonly entities: readonly Entity[];
}

export function checkText(text: string, entities: readonly Entity[]): FormattedText {
  const checked = trimText(text, checkEntities(text, entities));
  if (checked.text.length === 0) throw badRequest("message text is empty");
  if (checked.text.length > textLimit) throw badRequest("message is too long");
  return checked;
}

export function checkCaption(caption: string, entities: readonly Entity[]): FormattedText {
  const checked = trimText(caption, checkEntities(caption, entities));
  if (checked.text.length > captionLimit) throw badRequest("message caption is too long");
  return checked;
}

function checkEntities(text: string, entities: readonly Entity[]): readonly Entity[] {
  const ordered = entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  const open: Entity[] = [];
  for (const entity of ordered) {
    checkEntity(text, entity);
    while (open.length > 0 && endOf(open.at(-1)) <= entity.offset) open.pop();
    const around = open.at(-1);
    // entities nest; one that reaches out of the one around it is refused
    if (around !== undefined && endOf(entity) > endOf(around)) throw outOfRange(entity);
    if (around !== undefined && isQuote(around) && isQuote(entity))
      throw badRequest("blockquotes can't be nested");
    open.push(entity);
  }
  return ordered;
}

function checkEntity(text: string, entity: Entity): void {
  if (!entityTypes.has(entity.type))
    throw badRequest("can't parse MessageEntity: Unsupported type specified");
  if (entity.offset < 0 || entity.length <= 0)
    throw badRequest("receive an entity with incorrect offset or length");
  if (endOf(entity) > text.length) throw outOfRange(entity);
  if (splitsPair(text, entity.offset) || splitsPair(text, endOf(entity))) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${entity.offset} ends in a middle of a UTF-16 symbol`,
    );
  }
  if (entity.type === "text_link" && entity.url === undefined) {
    throw badRequest("can't parse MessageEntity: Can't find field \"url\"");
  }
}

function outOfRange(entity: Entity): Error {
  return badRequest(
    `entity beginning at UTF-16 offset ${entity.offset} ends after the end of the text at UTF-16 offset ${endOf(entity)}`,
  );
}

function endOf(entity: Entity | undefined): number {
  return entity === undefined ? 0 : entity.offset + entity.length;
}

function isQuote(entity: Entity): boolean {
  return entity.type === "blockquote" || entity.type === "expandable_blockquote";
}

function splitsPair(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}

/** The server cuts white space at both ends, and entities with it. */
function trimText(text: string, entities: readonly Entity[]): FormattedText {
  const start = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const moved = entities
    .map((entity) => clip(entity, start, trimmed.length))
    .filter((entity) => entity.length > 0);
  return { text: trimmed, entities: moved };
}

function clip(entity: Entity, start: number, length: number): Entity {
  const from = Math.max(0, entity.offset - start);
  const to = Math.min(length, endOf(entity) - start);
  return { ...entity, offset: from, length: to - from };
}
