import { Buffer } from 'node:buffer';

const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
const TILDE = 0x7e;
const LETTER_U = 0x75;
/** A code unit takes at most `\uXXXX`. */
const UNIT_SIZE_BYTES_MAX = 6;
const LOOP_COPY_SIZE_BYTES_MAX = 64;

/** The letter after the backslash for the units that Python writes as a short escape, by code unit; 0 for the others. */
const SHORT_ESCAPES = new Uint8Array(0x80);
for (const pair of ['""', '\\\\', '\nn', '\rr', '\tt', '\ff', '\bb']) {
  SHORT_ESCAPES[pair.charCodeAt(0)] = pair.charCodeAt(1);
}

/**
 * Collects canonical text as ASCII bytes in one growing buffer.
 *
 * Bytes, not string concatenation: a rope of millions of small pieces would cost some 30 bytes of memory a piece.
 */
export class CanonicalWriter {
  private bytes: Buffer;
  private end = 0;
  /** Holds an object's members while they change places. */
  private scratch = Buffer.alloc(0);

  constructor(sizeBytesExpected: number) {
    this.bytes = Buffer.allocUnsafe(sizeBytesExpected + 64);
  }

  /** Bytes written so far: where the next one goes. */
  get size(): number {
    return this.end;
  }

  writeByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.end++] = byte;
  }

  /** `", "` between members and elements. */
  writeItemSeparator(): void {
    this.writePair(COMMA, SPACE);
  }

  /** `": "` between a name and its value. */
  writeNameSeparator(): void {
    this.writePair(COLON, SPACE);
  }

  /** Copies `source[from, to)`, which must be ASCII. Most spans are shorter than a call into native code is worth. */
  writeBytes(source: Buffer, from: number, to: number): void {
    this.reserve(to - from);
    const { bytes } = this;
    let { end } = this;
    if (to - from > LOOP_COPY_SIZE_BYTES_MAX) end += source.copy(bytes, end, from, to);
    else for (let index = from; index < to; index += 1) bytes[end++] = source[index] ?? 0;
    this.end = end;
  }

  /** Writes a string as Python's `json.dumps` with `ensure_ascii` does, quotes included. */
  writeString(value: string): void {
    this.reserve(value.length * UNIT_SIZE_BYTES_MAX + 2);
    this.bytes[this.end++] = QUOTE;
    for (let index = 0; index < value.length; index += 1) this.writeUnit(value.charCodeAt(index));
    this.bytes[this.end++] = QUOTE;
  }

  /**
   * Puts the members that start at `starts` (two bytes of separator before all but the first; the last ends where
   * writing stands) into the given order.
   */
  reorderMembers(starts: readonly number[], order: readonly number[]): void {
    const first = starts[0] ?? this.end;
    const sizeBytes = this.end - first;
    if (sizeBytes > this.scratch.length) this.scratch = Buffer.allocUnsafe(sizeBytes * 2);
    this.bytes.copy(this.scratch, 0, first, this.end);
    this.end = first;
    for (let rank = 0; rank < order.length; rank += 1) {
      if (rank > 0) this.writeItemSeparator();
      const member = order[rank] ?? 0;
      const next = starts[member + 1];
      this.writeBytes(
        this.scratch,
        (starts[member] ?? first) - first,
        next === undefined ? sizeBytes : next - 2 - first,
      );
    }
  }

  toString(): string {
    return this.bytes.toString('latin1', 0, this.end);
  }

  private writePair(first: number, second: number): void {
    this.reserve(2);
    this.bytes[this.end++] = first;
    this.bytes[this.end++] = second;
  }

  private writeUnit(unit: number): void {
    const letter = unit < SHORT_ESCAPES.length ? (SHORT_ESCAPES[unit] ?? 0) : 0;
    if (letter !== 0) {
      this.bytes[this.end++] = BACKSLASH;
      this.bytes[this.end++] = letter;
    } else if (unit >= SPACE && unit <= TILDE) {
      this.bytes[this.end++] = unit;
    } else {
      this.writeUnicodeEscape(unit);
    }
  }

  private writeUnicodeEscape(unit: number): void {
    const { bytes, end } = this;
    bytes[end] = BACKSLASH;
    bytes[end + 1] = LETTER_U;
    bytes[end + 2] = HEX_DIGITS[unit >> 12] ?? 0;
    bytes[end + 3] = HEX_DIGITS[(unit >> 8) & 15] ?? 0;
    bytes[end + 4] = HEX_DIGITS[(unit >> 4) & 15] ?? 0;
    bytes[end + 5] = HEX_DIGITS[unit & 15] ?? 0;
    this.end = end + 6;
  }

  private reserve(sizeBytes: number): void {
    const needed = this.end + sizeBytes;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}
