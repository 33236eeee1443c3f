/** Where the value of a top-level member stands in the text: `text.slice(start, end)`. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

/** What {@link inspectJson} finds out about a text. */
export interface JsonInspection {
  /** The spans of the values of the top-level members, by name. */
  readonly members: ReadonlyMap<string, JsonSpan>;
  /** Whether a member's name is written with a backslash. */
  readonly hasEscapedName: boolean;
}

/** What is wrong with a well-formed JSON text beyond its grammar; a public sentence. */
export interface JsonFault {
  readonly fault: string;
}

interface Container {
  readonly isObject: boolean;
  readonly names: Set<string>;
  /** Name of the current member, for the path in a message. */
  name: string;
  index: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Looks through a text that `JSON.parse` has accepted for what that function lets pass: members named twice (RFC 8259
 * §4 leaves their meaning open) and nesting beyond `depthMax`. Iterative, so that depth cannot exhaust the stack.
 * Returns the spans of the top-level members, for callers that need the exact characters received.
 */
export function inspectJson(text: string, depthMax: number): JsonInspection | JsonFault {
  const members = new Map<string, JsonSpan>();
  const open: Container[] = [];
  let current: Container | undefined;
  let expectsName = false;
  let hasEscapedName = false;
  let valueStart = -1;

  const endMember = (end: number): void => {
    if (open.length !== 1 || !current?.isObject || valueStart === -1) return;
    members.set(current.name, trimmedSpan(text, valueStart, end));
    valueStart = -1;
  };

  for (let position = 0; position < text.length; position++) {
    switch (text.charCodeAt(position)) {
      case QUOTE: {
        const end = endOfString(text, position);
        if (expectsName && current) {
          const raw = text.slice(position + 1, end);
          const isEscaped = raw.includes('\\');
          const name = isEscaped ? (JSON.parse(`"${raw}"`) as string) : raw;
          hasEscapedName ||= isEscaped;
          if (current.names.has(name)) return { fault: `The member ${pathOf(open, name)} is named twice.` };
          current.names.add(name);
          current.name = name;
          expectsName = false;
        }
        position = end;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_ARRAY: {
        if (open.length >= depthMax) return { fault: `The body is nested more than ${depthMax} levels deep.` };
        const isObject = text.charCodeAt(position) === OPEN_OBJECT;
        current = { isObject, names: new Set(), name: '', index: 0 };
        open.push(current);
        expectsName = isObject;
        break;
      }
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        endMember(position);
        open.pop();
        current = open.at(-1);
        expectsName = false;
        break;
      case COMMA:
        endMember(position);
        if (current) current.index++;
        expectsName = current?.isObject ?? false;
        break;
      case COLON:
        if (open.length === 1) valueStart = position + 1;
        break;
    }
  }
  return { members, hasEscapedName };
}

/** Position of the quote that ends the string which starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function trimmedSpan(text: string, start: number, end: number): JsonSpan {
  let first = start;
  let last = end;
  while (isWhiteSpace(text.charCodeAt(first))) first++;
  while (isWhiteSpace(text.charCodeAt(last - 1))) last--;
  return { start: first, end: last };
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** The path of a member as validation errors spell it, shortened so that a message stays readable. */
function pathOf(open: readonly Container[], name: string): string {
  const steps = open
    .slice(0, -1)
    .map((container) => (container.isObject ? `.${container.name}` : `[${container.index}]`));
  const path = `${steps.join('')}.${name}`.replace(/^\./, '');
  return path.length > 120 ? `${path.slice(0, 120)}…` : path;
}
