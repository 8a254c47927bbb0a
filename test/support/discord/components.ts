import { z } from "zod";
import type { FieldError } from "./errors.ts";

/** Limits: discord-api-docs, components/reference. */
const customIdLimit = 100;
const labelLimit = 80;
const rowLimit = 5;
const buttonsPerRow = 5;
const componentLimit = 40;
const textLimit = 4000;
const galleryLimit = 10;
const selectOptionLimit = 25;

const id = z.int().optional();
const customId = z.string().min(1).max(customIdLimit);
const emoji = z.object({
  id: z.string().nullish(),
  name: z.string().nullish(),
  animated: z.boolean().optional(),
});
const media = z.object({ url: z.string().max(2048) });

const button = z
  .strictObject({
    type: z.literal(2),
    id,
    style: z.int().min(1).max(6),
    label: z.string().min(1).max(labelLimit).optional(),
    emoji: emoji.optional(),
    custom_id: customId.optional(),
    url: z.string().max(512).optional(),
    sku_id: z.string().optional(),
    disabled: z.boolean().optional(),
  })
  .superRefine((value, context) => {
    const isLink = value.style === 5;
    if (isLink === (value.url === undefined) && value.style !== 6) {
      context.addIssue(
        wrong("url", "BUTTON_COMPONENT_INVALID_URL", "A link button has a url, others do not"),
      );
    }
    if (value.style <= 4 && value.custom_id === undefined) {
      context.addIssue(wrong("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required"));
    }
    if (value.label === undefined && value.emoji === undefined) {
      context.addIssue(wrong("label", "BUTTON_COMPONENT_LABEL_REQUIRED", "A label or an emoji is required"));
    }
  });

function wrong(
  field: string,
  code: string,
  message: string,
): { code: "custom"; path: string[]; message: string; params: object } {
  return { code: "custom", path: [field], message, params: { code } };
}

const selectBase = {
  id,
  custom_id: customId,
  placeholder: z.string().max(150).optional(),
  min_values: z.int().min(0).max(25).optional(),
  max_values: z.int().min(1).max(25).optional(),
  disabled: z.boolean().optional(),
  required: z.boolean().optional(),
};
const selectOption = z.strictObject({
  label: z.string().min(1).max(100),
  value: z.string().min(1).max(100),
  description: z.string().max(100).optional(),
  emoji: emoji.optional(),
  default: z.boolean().optional(),
});
const stringSelect = z.strictObject({
  type: z.literal(3),
  ...selectBase,
  options: z.array(selectOption).min(1).max(selectOptionLimit).superRefine(refuseRepeatedValues),
});

function refuseRepeatedValues(options: readonly { value: string }[], context: z.RefinementCtx): void {
  options.forEach((option, index) => {
    if (options.findIndex((other) => other.value === option.value) === index) return;
    context.addIssue({
      code: "custom",
      path: [index],
      message: "The specified option value is already used",
      params: { code: "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED" },
    });
  });
}

const defaultValues = z.array(z.object({ id: z.string(), type: z.string() })).optional();
const userSelect = z.strictObject({ type: z.literal(5), ...selectBase, default_values: defaultValues });
const roleSelect = z.strictObject({ type: z.literal(6), ...selectBase, default_values: defaultValues });
const mentionableSelect = z.strictObject({
  type: z.literal(7),
  ...selectBase,
  default_values: defaultValues,
});
const channelSelect = z.strictObject({
  type: z.literal(8),
  ...selectBase,
  default_values: defaultValues,
  channel_types: z.array(z.int()).optional(),
});
const selects = [stringSelect, userSelect, roleSelect, mentionableSelect, channelSelect] as const;

const actionRow = z.strictObject({
  type: z.literal(1),
  id,
  components: z
    .array(z.discriminatedUnion("type", [button, ...selects]))
    .min(1)
    .max(buttonsPerRow)
    .refine((children) => children.length === 1 || children.every((each) => each.type === 2), {
      message: "A select menu fills its row",
      params: { code: "COMPONENT_LAYOUT_WIDTH_EXCEEDED" },
    }),
});

const textDisplay = z.strictObject({ type: z.literal(10), id, content: z.string().min(1).max(textLimit) });
const thumbnail = z.strictObject({
  type: z.literal(11),
  id,
  media,
  description: z.string().max(1024).nullish(),
  spoiler: z.boolean().optional(),
});
const section = z.strictObject({
  type: z.literal(9),
  id,
  components: z.array(textDisplay).min(1).max(3),
  accessory: z.discriminatedUnion("type", [button, thumbnail]),
});
const galleryItem = z.strictObject({
  media,
  description: z.string().max(1024).nullish(),
  spoiler: z.boolean().optional(),
});
const mediaGallery = z.strictObject({
  type: z.literal(12),
  id,
  items: z.array(galleryItem).min(1).max(galleryLimit),
});
const file = z.strictObject({ type: z.literal(13), id, file: media, spoiler: z.boolean().optional() });
const separator = z.strictObject({
  type: z.literal(14),
  id,
  divider: z.boolean().optional(),
  spacing: z.union([z.literal(1), z.literal(2)]).optional(),
});
const contents = [actionRow, section, textDisplay, mediaGallery, file, separator] as const;
const container = z.strictObject({
  type: z.literal(17),
  id,
  components: z.array(z.discriminatedUnion("type", contents)).min(1),
  accent_color: z.int().min(0).max(0xffffff).nullish(),
  spoiler: z.boolean().optional(),
});

export const legacyComponents = z.array(actionRow).max(rowLimit);
export const layoutComponents = z.array(z.discriminatedUnion("type", [...contents, container])).min(1);

const textInput = z.strictObject({
  type: z.literal(4),
  id,
  custom_id: customId,
  style: z.union([z.literal(1), z.literal(2)]),
  label: z.string().max(45).optional(),
  min_length: z.int().min(0).max(4000).optional(),
  max_length: z.int().min(1).max(4000).optional(),
  required: z.boolean().optional(),
  value: z.string().max(4000).optional(),
  placeholder: z.string().max(100).optional(),
});
const labelled = z.strictObject({
  type: z.literal(18),
  id,
  label: z.string().min(1).max(45),
  description: z.string().max(100).optional(),
  component: z.discriminatedUnion("type", [textInput, ...selects]),
});
const inputRow = z.strictObject({ type: z.literal(1), id, components: z.array(textInput).length(1) });

export const modal = z.strictObject({
  custom_id: customId,
  title: z.string().min(1).max(45),
  components: z
    .array(z.discriminatedUnion("type", [inputRow, labelled, textDisplay]))
    .min(1)
    .max(5),
});
export type Modal = z.infer<typeof modal>;

/** Any component, flattened, with its path in the message. */
export interface FoundComponent {
  readonly path: readonly PropertyKey[];
  readonly node: Readonly<Record<string, unknown>>;
}

export function everyComponent(
  value: unknown,
  path: readonly PropertyKey[] = ["components"],
): FoundComponent[] {
  if (Array.isArray(value))
    return value.flatMap((each: unknown, index) => everyComponent(each, [...path, index]));
  if (!isNode(value)) return [];
  const below = ["components", "accessory", "component"].flatMap((key) =>
    everyComponent(value[key], [...path, key]),
  );
  return [{ path, node: value }, ...below];
}

function isNode(value: unknown): value is Record<string, unknown> & { type: number } {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "number";
}

/** What no single component can see: ids that repeat, totals, and files that were not sent along. */
export function checkTogether(components: unknown, filenames: ReadonlySet<string>): readonly FieldError[] {
  const all = everyComponent(components);
  return [...repeatedIds(all), ...totals(all), ...missingFiles(all, filenames)];
}

function repeatedIds(all: readonly FoundComponent[]): readonly FieldError[] {
  const seen = new Set<unknown>();
  return all.flatMap(({ path, node }) => {
    const custom = node["custom_id"];
    if (custom === undefined) return [];
    if (!seen.has(custom)) {
      seen.add(custom);
      return [];
    }
    const message = "Component custom id cannot be duplicated";
    return [{ path: [...path, "custom_id"], code: "COMPONENT_CUSTOM_ID_DUPLICATED", message }];
  });
}

function totals(all: readonly FoundComponent[]): readonly FieldError[] {
  const characters = all.reduce(
    (sum, { node }) => sum + (node["type"] === 10 ? String(node["content"]).length : 0),
    0,
  );
  const found: FieldError[] = [];
  if (all.length > componentLimit) {
    const message = `The maximum number of components is ${componentLimit}`;
    found.push({ path: ["components"], code: "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message });
  }
  if (characters > textLimit) {
    const message = `The displayable text is longer than ${textLimit}`;
    found.push({ path: ["components"], code: "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message });
  }
  return found;
}

function missingFiles(all: readonly FoundComponent[], filenames: ReadonlySet<string>): readonly FieldError[] {
  return all.flatMap(({ path, node }) =>
    mediaUrls(node).flatMap((url) => {
      if (!url.startsWith("attachment://") || filenames.has(url.slice("attachment://".length))) return [];
      const message = "The referenced attachment was not found";
      return [{ path, code: "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message }];
    }),
  );
}

function mediaUrls(node: Readonly<Record<string, unknown>>): readonly string[] {
  const items: unknown[] = Array.isArray(node["items"]) ? node["items"] : [];
  const holders: unknown[] = [node["media"], node["file"], ...items.map((item) => readField(item, "media"))];
  return holders.map((holder) => readField(holder, "url")).filter((url) => typeof url === "string");
}

function readField(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
