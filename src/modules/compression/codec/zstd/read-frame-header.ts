/** The bytes of a frame header (RFC 8878, 3.1.1.1), of which `descriptor` is the first. */
export function frameHeaderBytes(descriptor: number): number {
  const windowDescriptorBytes = isSingleSegment(descriptor) ? 0 : 1;
  return 1 + windowDescriptorBytes + dictionaryIdBytes(descriptor) + contentSizeBytes(descriptor);
}

/** Whether the content of a frame with this descriptor is followed by a checksum. */
export function hasContentChecksum(descriptor: number): boolean {
  return (descriptor & 0b100) !== 0;
}

/** The bytes of the window that a frame needs; `header` begins with all of its header. */
export function readWindowBytes(header: Buffer): number {
  const descriptor = header.readUInt8(0);
  return isSingleSegment(descriptor)
    ? contentSize(header, 1 + dictionaryIdBytes(descriptor), contentSizeBytes(descriptor))
    : windowSize(header.readUInt8(1));
}

function isSingleSegment(descriptor: number): boolean {
  return (descriptor & 0b10_0000) !== 0;
}

/** 0, 1, 2 or 4 (RFC 8878, 3.1.1.1.1.6). */
function dictionaryIdBytes(descriptor: number): number {
  return (1 << (descriptor & 0b11)) >> 1;
}

/** 0, 1, 2, 4 or 8 (RFC 8878, 3.1.1.1.1.1). */
function contentSizeBytes(descriptor: number): number {
  const flag = descriptor >> 6;
  return flag === 0 && !isSingleSegment(descriptor) ? 0 : 1 << flag;
}

/** RFC 8878, 3.1.1.1.4. */
function contentSize(header: Buffer, at: number, bytes: number): number {
  return bytes === 8 ? Number(header.readBigUInt64LE(at)) : header.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0);
}

/** RFC 8878, 3.1.1.1.2. */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 0b111);
}
