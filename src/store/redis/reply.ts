/** What a script answers is `unknown`; these say what it must be, and throw where a script and its caller disagree. */

export function asList(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw unexpected("a list", reply);
  const list: readonly unknown[] = reply;
  return list;
}

export function asText(reply: unknown): string {
  if (typeof reply === "string") return reply;
  return asBytes(reply).toString("utf8");
}

export function asBytes(reply: unknown): Buffer {
  if (!Buffer.isBuffer(reply)) throw unexpected("bytes", reply);
  return reply;
}

export function asNumber(reply: unknown): number {
  const value = typeof reply === "number" ? reply : Number(asText(reply));
  if (Number.isNaN(value)) throw unexpected("a number", reply);
  return value;
}

/** A flat list [a, b, a, b, …] as pairs. */
export function asPairs(reply: unknown): readonly (readonly [unknown, unknown])[] {
  const list = asList(reply);
  return Array.from({ length: Math.floor(list.length / 2) }, (_, pair) => [
    list[2 * pair],
    list[2 * pair + 1],
  ]);
}

/** What comes as each text with how many in a row have it; undefined where there is none. */
export function asRuns(reply: unknown): readonly (string | undefined)[] {
  const texts: (string | undefined)[] = [];
  for (const [one, count] of asPairs(reply)) {
    const text = one === null ? undefined : asText(one);
    for (let left = asNumber(count); left > 0; left -= 1) texts.push(text);
  }
  return texts;
}

function unexpected(wanted: string, reply: unknown): Error {
  return new Error(`Redis answered ${typeof reply} where ${wanted} was expected`);
}
