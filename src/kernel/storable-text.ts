/** What stands for a character that cannot be stored. */
const REPLACEMENT = '\u{FFFD}';

/** An escape sequence of JSON (RFC 8259 §7); `JSON.stringify` escapes NUL and halves of surrogate pairs, never whole pairs. */
const ESCAPE = /\\(?:u([0-9a-f]{4})|.)/g;

/** Whether PostgreSQL's `text` and `jsonb` can hold a text: they take neither NUL nor half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** A value as JSON that `jsonb` can hold, names of members included: U+FFFD stands for what it cannot. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!json.includes('\\u0000') && !json.includes('\\ud')) return json;
  return json.replaceAll(ESCAPE, (sequence, unit: string | undefined) =>
    unit === '0000' || unit?.startsWith('d') ? REPLACEMENT : sequence,
  );
}
