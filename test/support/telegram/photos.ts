import { createHash } from "node:crypto";
import type { UploadedFile } from "../multipart.ts";
import { badRequest } from "./errors.ts";
import type { PhotoRecord } from "./world.ts";

/** Bot API, sendPhoto. */
const photoBytesLimit = 10 * 1024 * 1024;
const photoSidesLimit = 10_000;
const photoRatioLimit = 20;

/** Photos a bot may use again by file_id: only those it sent itself. */
export interface Photos {
  readonly resolve: (botId: number, reference: string, files: readonly UploadedFile[]) => PhotoRecord;
  /** How many files were uploaded, over all bots. */
  readonly uploads: () => number;
}

export function createPhotos(): Photos {
  const known = new Map<string, PhotoRecord>();
  let uploads = 0;
  const upload = (botId: number, file: UploadedFile): PhotoRecord => {
    uploads += 1;
    const size = checkPhoto(file.bytes);
    const uniqueId = createHash("sha256").update(file.bytes).digest("base64url").slice(0, 14);
    const fileIds = ["s", "x"].map((scale) => `AgACAgQAA${botId}-${uploads}${scale}`);
    const photo = { ...size, bytes: file.bytes, uniqueId, fileIds };
    for (const fileId of fileIds) known.set(`${botId}:${fileId}`, photo);
    return photo;
  };
  const resolve: Photos["resolve"] = (botId, reference, files) => {
    const attached = /^attach:\/\/(.+)$/.exec(reference)?.[1];
    if (attached !== undefined || reference === "") {
      const file = files.find((each) => each.field === (attached ?? "photo"));
      if (file === undefined) throw badRequest("there is no photo in the request");
      return upload(botId, file);
    }
    if (/^https?:/.test(reference)) throw badRequest("failed to get HTTP URL content");
    const photo = known.get(`${botId}:${reference}`);
    if (photo === undefined) throw badRequest("wrong file identifier/HTTP URL specified");
    return photo;
  };
  return { resolve, uploads: () => uploads };
}

function checkPhoto(bytes: Buffer): { width: number; height: number } {
  if (bytes.length === 0) throw badRequest("file must be non-empty");
  if (bytes.length > photoBytesLimit) throw badRequest("PHOTO_SAVE_FILE_INVALID");
  const size = pngSize(bytes) ?? jpegSize(bytes);
  if (size === undefined) throw badRequest("IMAGE_PROCESS_FAILED");
  const ratio = Math.max(size.width / size.height, size.height / size.width);
  if (size.width + size.height > photoSidesLimit || ratio > photoRatioLimit) {
    throw badRequest("PHOTO_INVALID_DIMENSIONS");
  }
  return size;
}

const pngSignature = Buffer.from("89504e470d0a1a0a", "hex");

function pngSize(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.length < 24 || !bytes.subarray(0, 8).equals(pngSignature)) return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function jpegSize(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 9 < bytes.length) {
    const marker = bytes.readUInt16BE(at);
    // start-of-frame markers, without the tables that share their range
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
