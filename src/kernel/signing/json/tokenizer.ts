import type { SignedBody } from '../signed-body.js';
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

const LITERALS = new Map<number, readonly [text: string, value: boolean | null]>([
  [0x74, ['true', true]],
  [0x66, ['false', false]],
  [0x6e, ['null', null]],
]);

/** One reading of one JSON text: a loop over an explicit stack, so depth costs no call stack. */
export class Tokenizer {
  private readonly writer: CanonicalWriter;
  private readonly stack: Frame[] = [];
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly depthMax: number,
  ) {
    this.writer = new CanonicalWriter(text.length + (text.length >> 2));
  }

  /** @throws JsonFault at the first offence. */
  read(): SignedBody {
    const first = this.peek();
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) throw this.fault('a body must be an object or an array');
    const root = this.open(first);
    let frame: Frame | undefined = root;
    while (frame !== undefined) {
      this.step(frame);
      frame = this.stack.at(-1);
    }
    this.peek();
    if (this.position < this.text.length) throw this.fault('something follows the end of the value');
    return { value: root.container, canonical: this.writer.toString(), isEmpty: root.count === 0 };
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
    this.readValue(frame);
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
    if (name === '__proto__') throw new JsonFault('a member may not be named __proto__', at);
    frame.begin(name, start);
    this.expect(this.peek(), COLON, 'a colon is missing');
    this.writer.writeNameSeparator();
  }

  private readValue(frame: Frame): void {
    const first = this.peek();
    if (first === QUOTE) frame.add(this.readString());
    else if (first === OPEN_OBJECT || first === OPEN_ARRAY) frame.add(this.open(first).container);
    else if (first === MINUS || (first >= 0x30 && first <= 0x39)) frame.add(this.readNumber());
    else frame.add(this.readLiteral(first));
  }

  private readString(): string {
    const { text } = this;
    const start = this.position + 1;
    const plainEnd = scanPlain(text, start);
    if (text.charCodeAt(plainEnd) === QUOTE) {
      this.writer.writeAscii(text, start - 1, plainEnd + 1);
      this.position = plainEnd + 1;
      return text.slice(start, plainEnd);
    }
    const { end, escaped } = scanToClosingQuote(text, plainEnd);
    this.position = end + 1;
    // The canonical text is made from the value that the handler gets, so the two cannot differ.
    const value = escaped ? String(JSON.parse(text.slice(start - 1, end + 1))) : text.slice(start, end);
    this.writer.writeString(value);
    return value;
  }

  private readNumber(): number {
    const end = scanNumber(this.text, this.position);
    if (end === -1) throw this.fault('a number is malformed');
    this.writer.writeAscii(this.text, this.position, end);
    const value = Number(this.text.slice(this.position, end));
    this.position = end;
    return value;
  }

  private readLiteral(first: number): boolean | null {
    const literal = LITERALS.get(first);
    if (literal === undefined || !this.text.startsWith(literal[0], this.position)) {
      throw this.fault('a value is missing or is none of JSON (NaN and Infinity are not)');
    }
    this.writer.writeAscii(literal[0], 0, literal[0].length);
    this.position += literal[0].length;
    return literal[1];
  }

  private expect(unit: number, expected: number, sentence: string): void {
    if (unit !== expected) throw this.fault(sentence);
    this.position += 1;
  }

  /** The code unit after any white space (RFC 8259 §2), NaN at the end of the text. */
  private peek(): number {
    let unit = this.text.charCodeAt(this.position);
    while (unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09) {
      this.position += 1;
      unit = this.text.charCodeAt(this.position);
    }
    return unit;
  }

  private fault(sentence: string): JsonFault {
    return new JsonFault(sentence, this.position);
  }
}
