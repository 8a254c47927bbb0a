/** FNV-1a over words, the checksum's own place left out. */
export function checksumOf(words: Uint32Array, ownPlace: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i += 1) {
    if (i !== ownPlace) hash = Math.imul(hash ^ (words[i] ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
