/** A file that came with a form. */
export interface UploadedFile {
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface Form {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: readonly UploadedFile[];
}

/**
 * multipart/form-data as the clients really write it: header names in any case, a filename with or without
 * quotes. (The parser behind `Response.formData()` refuses what grammY sends.)
 */
export function parseMultipart(body: Buffer, contentType: string): Form {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error("multipart body without a boundary");
  const fields: Record<string, unknown> = {};
  const files: UploadedFile[] = [];
  for (const part of partsOf(body, boundary)) {
    const { name, filename, contentType: type, bytes } = readPart(part);
    if (filename === undefined) fields[name] = bytes.toString("utf8");
    else files.push({ field: name, filename, contentType: type, bytes });
  }
  return { fields, files };
}

function partsOf(body: Buffer, boundary: string): Buffer[] {
  const parts: Buffer[] = [];
  const marker = Buffer.from(`--${boundary}`);
  let at = body.indexOf(marker);
  while (at !== -1) {
    const start = at + marker.length;
    if (body.subarray(start, start + 2).toString() === "--") return parts;
    const next = body.indexOf(marker, start);
    if (next === -1) break;
    parts.push(body.subarray(start + 2, next - 2));
    at = next;
  }
  throw new Error("multipart body ends before its closing boundary");
}

function readPart(part: Buffer): { name: string; filename?: string; contentType: string; bytes: Buffer } {
  const headerEnd = part.indexOf("\r\n\r\n");
  if (headerEnd === -1) throw new Error("multipart part without headers");
  const headers = part.subarray(0, headerEnd).toString("utf8");
  const name = /[;\s]name="([^"]*)"/i.exec(headers)?.[1];
  if (name === undefined) throw new Error("multipart part without a name");
  const filename = /filename="?([^"\r\n;]*)"?/i.exec(headers)?.[1];
  const contentType = /content-type:\s*([^\r\n]+)/i.exec(headers)?.[1] ?? "text/plain";
  const bytes = part.subarray(headerEnd + 4);
  return filename === undefined ? { name, contentType, bytes } : { name, filename, contentType, bytes };
}
