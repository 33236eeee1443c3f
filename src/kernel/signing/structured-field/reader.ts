import { Buffer } from 'node:buffer';
import type { BareItem, Dictionary, InnerList, Item, Parameters } from './structured-field.js';
import { Token } from './structured-field.js';

const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const INTEGER = /-?[0-9]{1,15}(?![0-9.])/y;
const STRING = /"(?:[ !#-[\]-~]|\\["\\])*"/y;
const TOKEN = /[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*/y;
const BYTES = /:[A-Za-z0-9+/]*={0,2}:/y;
const BOOLEAN = /\?[01]/y;
const SPACES = / */y;
const OPTIONAL_WHITE_SPACE = /[ \t]*/y;

/** Ends the reading of a malformed field; `parseDictionary` turns it into a fault. */
export class StructuredFieldError extends Error {
  override readonly name = 'StructuredFieldError';
}

/** Reads one structured field value from left to right (RFC 9651 §4.2); every method throws StructuredFieldError. */
export class StructuredFieldReader {
  private position = 0;

  constructor(private readonly text: string) {}

  /** RFC 9651 §4.2.2, save that a repeated key is refused rather than overwritten: two readers might choose differently. */
  readDictionary(): Dictionary {
    const members = new Map<string, Item | InnerList>();
    this.take(SPACES);
    while (this.position < this.text.length) {
      const key = this.readKey(members);
      members.set(key, this.takeLiteral('=') ? this.readMember() : { value: true, parameters: this.readParameters() });
      this.take(OPTIONAL_WHITE_SPACE);
      if (this.position === this.text.length) break;
      this.requireLiteral(',');
      this.take(OPTIONAL_WHITE_SPACE);
      if (this.position === this.text.length) throw new StructuredFieldError('trailing comma');
    }
    return members;
  }

  private readMember(): Item | InnerList {
    return this.takeLiteral('(') ? this.readInnerList() : this.readItem();
  }

  /** RFC 9651 §4.2.1.2, after the opening parenthesis. */
  private readInnerList(): InnerList {
    const value: Item[] = [];
    this.take(SPACES);
    while (!this.takeLiteral(')')) {
      value.push(this.readItem());
      if (this.require(SPACES) === '' && this.text.charAt(this.position) !== ')') {
        throw new StructuredFieldError('space or parenthesis expected');
      }
    }
    return { value, parameters: this.readParameters() };
  }

  private readItem(): Item {
    return { value: this.readBareItem(), parameters: this.readParameters() };
  }

  private readParameters(): Parameters {
    const parameters = new Map<string, BareItem>();
    while (this.takeLiteral(';')) {
      this.take(SPACES);
      const key = this.readKey(parameters);
      parameters.set(key, this.takeLiteral('=') ? this.readBareItem() : true);
    }
    return parameters;
  }

  private readKey(known: ReadonlyMap<string, unknown>): string {
    const key = this.require(KEY);
    if (known.has(key)) throw new StructuredFieldError('repeated key');
    return key;
  }

  private readBareItem(): BareItem {
    const string = this.take(STRING);
    if (string !== null) return string.slice(1, -1).replaceAll(/\\(.)/g, '$1');
    const integer = this.take(INTEGER);
    if (integer !== null) return Number(integer);
    const bytes = this.take(BYTES);
    if (bytes !== null) return decodeBase64(bytes.slice(1, -1));
    const boolean = this.take(BOOLEAN);
    if (boolean !== null) return boolean === '?1';
    return new Token(this.require(TOKEN));
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match === null) return null;
    this.position = pattern.lastIndex;
    return match[0];
  }

  private require(pattern: RegExp): string {
    const taken = this.take(pattern);
    if (taken === null) throw new StructuredFieldError('unexpected character');
    return taken;
  }

  private takeLiteral(character: string): boolean {
    const found = this.text.charAt(this.position) === character;
    if (found) this.position += 1;
    return found;
  }

  private requireLiteral(character: string): void {
    if (!this.takeLiteral(character)) throw new StructuredFieldError(`${character} expected`);
  }
}

/** Only the one canonical spelling: padded, with no stray bits, so that no signature has two spellings. */
function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new StructuredFieldError('not canonical base64');
  return bytes;
}
