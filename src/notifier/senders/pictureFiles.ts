import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Picture } from "../../charts/contracts.ts";
import type { AlertMessage } from "../../alerts/message.ts";

/** Keeps a picture as a file and says where; undefined when it can't be written. */
export type SavePicture = (picture: Picture, message: AlertMessage) => Promise<string | undefined>;

/** The newest so many stay: 20 MB. */
const mostFiles = 200;

/** Pictures of alerts in a folder of their own, `BTC-2026-11-22T1305Z.png`; others' files in it are left alone. */
export function createPictureFiles(folder: string, most = mostFiles): SavePicture {
  return async ({ png }, { symbol, asOf }) => {
    const time = new Date(asOf.at).toISOString().slice(0, 16).replace(":", "");
    const path = join(folder, `${symbol}-${time}Z.png`);
    const unfinished = `${path}.part`;
    try {
      await mkdir(folder, { recursive: true });
      // whoever opens it must not see half of it
      await writeFile(unfinished, png);
      await rename(unfinished, path);
      await prune(folder, most);
      return path;
    } catch {
      // what fitted on a full disk would fill it up for good; where even that can't be taken away nothing is lost
      await rm(unfinished, { force: true }).catch(() => undefined);
      return undefined; // a full disk must not hold up the words
    }
  };
}

const ownFile = /^[A-Z0-9]{1,20}-\d{4}-\d\d-\d\dT\d{4}Z\.png$/;

async function prune(folder: string, most: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => ownFile.test(name));
  if (names.length <= most) return;
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), at: (await stat(join(folder, name))).mtimeMs })),
  );
  const oldest = files.toSorted((a, b) => a.at - b.at).slice(0, files.length - most);
  await Promise.all(oldest.map(async ({ path }) => rm(path, { force: true })));
}
