import { everyComponent, type FoundComponent } from "./components.ts";
import type { Json } from "./json.ts";
import type { DiscordMessage } from "./world.ts";

/** How people use the components of a message and the fields of a modal. */

export function findComponent(
  message: DiscordMessage,
  isWanted: (node: FoundComponent["node"]) => boolean,
): FoundComponent {
  const found = everyComponent(message.body.components).find(({ node }) => isWanted(node));
  if (found === undefined) throw new Error(`message ${message.id} has no such component`);
  return found;
}

export function checkChoices(node: FoundComponent["node"], values: readonly string[]): void {
  const options: unknown = node["options"];
  if (!Array.isArray(options)) return;
  const offered = new Set(options.map((option: unknown) => textField(option, "value")));
  const stray = values.find((value) => !offered.has(value));
  if (stray !== undefined) throw new Error(`the menu has no option ${stray}`);
}

function textField(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof found === "string" ? found : undefined;
}

/** What a menu shows before anybody touched it. */
function preselected(node: FoundComponent["node"]): string | undefined {
  const options: unknown[] = Array.isArray(node["options"]) ? node["options"] : [];
  const isDefault = (option: unknown): boolean =>
    typeof option === "object" && option !== null && "default" in option && option.default === true;
  return textField(options.find(isDefault), "value");
}

export function fillModal(
  components: readonly object[],
  values: Readonly<Record<string, string>>,
): readonly Json[] {
  const filled = everyComponent(components).flatMap(({ path, node }) => {
    const customId = textField(node, "custom_id");
    if (customId === undefined) return [];
    const value = values[customId] ?? textField(node, "value") ?? preselected(node) ?? "";
    if (node["required"] !== false && value === "") throw new Error(`the field ${customId} is required`);
    const answer = node["type"] === 4 ? { value } : { values: [value] };
    const input = { type: node["type"], id: node["id"] ?? 1, custom_id: customId, ...answer };
    // fields stand in a row of their own, or under a label
    return [
      path.at(-1) === "component"
        ? { type: 18, id: 1, component: input }
        : { type: 1, id: 1, components: [input] },
    ];
  });
  const known = new Set(everyComponent(components).map(({ node }) => textField(node, "custom_id")));
  const stray = Object.keys(values).find((key) => !known.has(key));
  if (stray !== undefined) throw new Error(`the modal has no field ${stray}`);
  return filled;
}
