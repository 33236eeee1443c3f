const PREFIX_BYTES = 4;

/**
 * Encodes a list of parts (strings as UTF-8) so that different lists give different bytes: each part follows its
 * length in bytes as a big-endian unsigned 32-bit integer. Plain concatenation would make `a,bc` and `ab,c` equal.
 */
export function lengthPrefixed(parts: readonly (string | Buffer)[]): Buffer {
  const chunks: Buffer[] = [];
  for (const part of parts) {
    const bytes = Buffer.from(part);
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(bytes.length);
    chunks.push(prefix, bytes);
  }
  return Buffer.concat(chunks);
}
