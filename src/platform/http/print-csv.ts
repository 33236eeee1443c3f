/** A cell of a table; null and undefined are empty. */
export type CsvCell = string | number | null | undefined;

/** What a spreadsheet would take for the beginning of a formula, or skip on the way to one. */
const FORMULA = /^[\s\uFEFF]*[=+\-@＝＋－＠]|^[\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * Prints rows as CSV (RFC 4180). Text that a spreadsheet would run as a formula gets an apostrophe before it, as OWASP
 * advises against CSV injection; numbers are printed as they are.
 */
export function printCsv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(printCell).join(',')}\r\n`).join('');
}

function printCell(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
