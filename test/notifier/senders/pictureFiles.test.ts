import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Picture } from "../../../src/charts/contracts.ts";
import { createConsoleSender } from "../../../src/notifier/senders/console.ts";
import { createPictureFiles } from "../../../src/notifier/senders/pictureFiles.ts";
import { alert, endOfAlert } from "./sender.contract.ts";

const picture: Picture = {
  kind: "picture",
  png: Buffer.from("png"),
  width: 1280,
  height: 720,
  key: "map:BTC:1",
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lopside-pictures-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

test("an alert's picture is kept under its symbol and time", async () => {
  const path = await createPictureFiles(join(folder, "new"))(picture, alert);
  expect(path).toBe(join(folder, "new", "BTC-2026-11-22T1240Z.png"));
  expect(await readFile(path ?? "", "utf8")).toBe("png");
});

test("the oldest make room, and other people's files stay", async () => {
  await writeFile(join(folder, "holiday.png"), "");
  for (const day of [1, 2, 3]) {
    const path = join(folder, `ETH-2026-10-0${day}T0000Z.png`);
    await writeFile(path, "");
    await utimes(path, day, day);
  }
  await createPictureFiles(folder, 2)(picture, alert);
  expect(await readdir(folder)).toEqual([
    "BTC-2026-11-22T1240Z.png",
    "ETH-2026-10-03T0000Z.png",
    "holiday.png",
  ]);
});

test("where it can't be kept, the words go on without it", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const written: string[] = [];
  const savePicture = createPictureFiles(join(file, "below"));
  const sender = createConsoleSender((text) => void written.push(text), { savePicture });
  const common = { destination: "console", possibleRepeat: false, idempotencyKey: "1", picture };
  expect(await sender.send({ ...common, message: alert })).toMatchObject({ kind: "sent" });
  expect(written.join("")).not.toContain("Picture:");
});

test("what can't be finished leaves nothing behind", async () => {
  await mkdir(join(folder, "BTC-2026-11-22T1240Z.png"));
  expect(await createPictureFiles(folder)(picture, alert)).toBeUndefined();
  expect(await readdir(folder)).toEqual(["BTC-2026-11-22T1240Z.png"]);
});

test("the console says where the picture is", async () => {
  const written: string[] = [];
  const sender = createConsoleSender((text) => void written.push(text), {
    savePicture: createPictureFiles(folder),
  });
  const common = { destination: "console", possibleRepeat: false, idempotencyKey: "1" };
  await sender.send({ ...common, message: alert, picture });
  await sender.send({ ...common, message: endOfAlert });
  expect(written[0]).toContain(`Picture: ${join(folder, "BTC-2026-11-22T1240Z.png")}`);
  expect(written[1]).not.toContain("Picture:");
});
