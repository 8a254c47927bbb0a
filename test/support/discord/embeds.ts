import { z } from "zod";
import type { FieldError } from "./errors.ts";

/** Limits: discord-api-docs, resources/message#embed-object-embed-limits. */
const embedTotalLimit = 6000;

const image = z.strictObject({ url: z.string() });

const embed = z.strictObject({
  title: z.string().max(256).optional(),
  type: z.literal("rich").optional(),
  description: z.string().max(4096).optional(),
  url: z.string().optional(),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  color: z.int().min(0).max(0xffffff).optional(),
  footer: z.strictObject({ text: z.string().min(1).max(2048), icon_url: z.string().optional() }).optional(),
  image: image.optional(),
  thumbnail: image.optional(),
  author: z
    .strictObject({
      name: z.string().min(1).max(256),
      url: z.string().optional(),
      icon_url: z.string().optional(),
    })
    .optional(),
  fields: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(256),
        value: z.string().min(1).max(1024),
        inline: z.boolean().optional(),
      }),
    )
    .max(25)
    .optional(),
});
export const embeds = z.array(embed).max(10);
type Embed = z.infer<typeof embed>;

export function checkEmbeds(given: readonly Embed[], filenames: ReadonlySet<string>): readonly FieldError[] {
  const found: FieldError[] = [];
  if (given.reduce((sum, each) => sum + lengthOf(each), 0) > embedTotalLimit) {
    const message = `Embed size exceeds maximum size of ${embedTotalLimit}`;
    found.push({ path: ["embeds"], code: "MAX_EMBED_SIZE_EXCEEDED", message });
  }
  given.forEach((each, index) => {
    for (const [key, url] of pictureUrls(each)) {
      if (!url.startsWith("attachment://") || filenames.has(url.slice("attachment://".length))) continue;
      const message = "The referenced attachment was not found";
      found.push({ path: ["embeds", index, key, "url"], code: "STAND_IN_ATTACHMENT_NOT_FOUND", message });
    }
  });
  return found;
}

function lengthOf(each: Embed): number {
  const fields = each.fields ?? [];
  const texts = [each.title, each.description, each.footer?.text, each.author?.name];
  return [...texts, ...fields.flatMap((field) => [field.name, field.value])].reduce(
    (sum, text) => sum + (text?.length ?? 0),
    0,
  );
}

function pictureUrls(each: Embed): readonly [string, string][] {
  const image = each.image?.url;
  const thumbnail = each.thumbnail?.url;
  return [
    ...(image === undefined ? [] : [["image", image] satisfies [string, string]]),
    ...(thumbnail === undefined ? [] : [["thumbnail", thumbnail] satisfies [string, string]]),
  ];
}
