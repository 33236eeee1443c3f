/** How much of an answer is read, in bytes; the connection of a longer one is given up. */
const READ_BYTES_MAX = 64 * 1024;
/** How much of it is kept, in characters. */
const EXCERPT_LENGTH_MAX = 1_000;

/** The beginning of an answer's body, kept as text. */
export class Excerpt {
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private readBytes = 0;

  /** Takes the next bytes. @returns whether more may be read */
  add(chunk: Buffer): boolean {
    this.readBytes += chunk.length;
    if (this.keptBytes < EXCERPT_LENGTH_MAX * 4) {
      this.kept.push(chunk);
      this.keptBytes += chunk.length;
    }
    return this.readBytes <= READ_BYTES_MAX;
  }

  /** Null: nothing came. */
  get text(): string | null {
    return this.keptBytes === 0 ? null : printable(Buffer.concat(this.kept));
  }
}

/** Text that a database and a log can hold: well-formed, without control characters but for line ends and tabs. */
function printable(bytes: Buffer): string {
  const text = bytes.toString('utf8').slice(0, EXCERPT_LENGTH_MAX).toWellFormed();
  // the rule takes control characters in a pattern for an accident; here they are what is looked for
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '\uFFFD');
}
