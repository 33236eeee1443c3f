import type { Buffer } from 'node:buffer';
import type { ByteSpan, SignedBody } from './signed-body.js';
import { CanonicalWriter } from './canonical-writer.js';
import type { Frame } from './frame.js';
import { ArrayFrame, ObjectFrame } from './frame.js';
import { JsonFault } from './json-fault.js';
import { scanNumber } from './scan-number.js';
import { scanPlain, scanToClosingQuote } from './scan-string.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;

const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/** One reading of one JSON text: a loop over an explicit stack, so depth costs no call stack. */
export class Tokenizer {
  private readonly writer: CanonicalWriter;
  private readonly stack: Frame[] = [];
  private readonly members = new Map<string, ByteSpan>();
  private memberStart = 0;
  /** The bytes as Latin-1, so that an index means the same in both; right for ASCII, and cheap to slice. */
  private readonly latin1: string;
  private position = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly depthMax: number,
    private readonly keepsProto: boolean,
  ) {
    this.latin1 = bytes.toString('latin1');
    this.writer = new CanonicalWriter(bytes.length + (bytes.length >> 2));
  }

  /** @throws JsonFault at the first offence. */
  read(): SignedBody {
    const first = this.peek();
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) throw this.fault('a body must be an object or an array');
    const root = this.open(first);
    let frame: Frame | undefined = root;
    while (frame !== undefined) {
      this.step(frame);
      if (this.stack.length === 1) this.endMember(root);
      frame = this.stack.at(-1);
    }
    this.peek();
    if (this.position < this.bytes.length) throw this.fault('something follows the end of the value');
    return {
      value: root.container,
      canonical: this.writer.toString(),
      isEmpty: root.count === 0,
      members: this.members,
    };
  }

  /** Closes the innermost container or reads one more member or element of it. */
  private step(frame: Frame): void {
    const next = this.peek();
    if (next === frame.closer) {
      frame.close(this.writer, this.position);
      this.writer.writeByte(next);
      this.position += 1;
      this.stack.pop();
      return;
    }
    if (frame.count > 0) {
      this.expect(next, COMMA, 'a comma or a closing bracket is missing');
      this.writer.writeItemSeparator();
    }
    frame.count += 1;
    if (frame instanceof ObjectFrame) this.readName(frame);
    if (this.stack.length === 1) this.beginMember();
    this.readValue(frame);
  }

  private beginMember(): void {
    this.peek();
    this.memberStart = this.position;
  }

  private endMember(root: Frame): void {
    if (root instanceof ObjectFrame) this.members.set(root.name, { start: this.memberStart, end: this.position });
  }

  private open(bracket: number): Frame {
    if (this.stack.length >= this.depthMax) throw this.fault(`more than ${this.depthMax} levels are nested`);
    const frame = bracket === OPEN_OBJECT ? new ObjectFrame() : new ArrayFrame();
    this.stack.push(frame);
    this.writer.writeByte(bracket);
    this.position += 1;
    return frame;
  }

  private readName(frame: ObjectFrame): void {
    if (this.peek() !== QUOTE) throw this.fault('a member name in double quotes is missing');
    const start = this.writer.size;
    const at = this.position;
    const name = this.readString();
    if (name === '__proto__' && !this.keepsProto) throw new JsonFault('a member may not be named __proto__', at);
    frame.begin(name, start);
    this.expect(this.peek(), COLON, 'a colon is missing');
    this.writer.writeNameSeparator();
  }

  private readValue(frame: Frame): void {
    const first = this.peek();
    if (first === QUOTE) frame.add(this.readString());
    else if (first === OPEN_OBJECT || first === OPEN_ARRAY) frame.add(this.open(first).container);
    else if (first === MINUS || (first >= 0x30 && first <= 0x39)) frame.add(this.readNumber());
    else frame.add(this.readLiteral());
  }

  private readString(): string {
    const { bytes } = this;
    const start = this.position + 1;
    const plainEnd = scanPlain(bytes, start);
    if (bytes[plainEnd] === QUOTE) {
      this.writer.writeBytes(bytes, start - 1, plainEnd + 1);
      this.position = plainEnd + 1;
      return this.latin1.slice(start, plainEnd);
    }
    const { end, escaped } = scanToClosingQuote(bytes, plainEnd);
    this.position = end + 1;
    // The canonical text is made from the value that the handler gets, so the two cannot differ.
    const value = escaped
      ? String(JSON.parse(bytes.toString('utf8', start - 1, end + 1)))
      : bytes.toString('utf8', start, end);
    this.writer.writeString(value);
    return value;
  }

  private readNumber(): number {
    const start = this.position;
    const end = scanNumber(this.bytes, start);
    if (end === -1) throw this.fault('a number is malformed');
    this.writer.writeBytes(this.bytes, start, end);
    this.position = end;
    return Number(this.latin1.slice(start, end));
  }

  private readLiteral(): boolean | null {
    for (const [text, value] of LITERALS) {
      if (!this.latin1.startsWith(text, this.position)) continue;
      this.writer.writeBytes(this.bytes, this.position, this.position + text.length);
      this.position += text.length;
      return value;
    }
    throw this.fault('a value is missing or is none of JSON (NaN and Infinity are not)');
  }

  private expect(byte: number, expected: number, sentence: string): void {
    if (byte !== expected) throw this.fault(sentence);
    this.position += 1;
  }

  /** The byte after any white space (RFC 8259 §2), or -1 at the end. */
  private peek(): number {
    const { bytes } = this;
    while (this.position < bytes.length) {
      const byte = bytes[this.position] ?? 0;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.position += 1;
    }
    return -1;
  }

  private fault(sentence: string): JsonFault {
    return new JsonFault(sentence, this.position);
  }
}
