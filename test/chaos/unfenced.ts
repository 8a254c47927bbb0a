import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** How long a claim may lie before its call, in the built program (notifier/courier.ts, `freshMs`). */
const fence = /\bfreshMs=[^,;]+/g;

/** The program without the fence right before each call: the control that must break promises. */
export async function buildUnfenced(): Promise<{ cli: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(root, "dist-unfenced-"));
  await cp(join(root, "dist"), dir, { recursive: true });
  let removed = 0;
  for (const name of (await readdir(dir)).filter((file) => file.endsWith(".js"))) {
    const text = await readFile(join(dir, name), "utf8");
    const without = text.replaceAll(fence, "freshMs=1e9");
    if (without === text) continue;
    await writeFile(join(dir, name), without);
    removed += 1;
  }
  if (removed === 0) throw new Error("there is no fence in the built program to remove");
  return { cli: join(dir, "cli.js"), remove: async () => rm(dir, { recursive: true, force: true }) };
}
