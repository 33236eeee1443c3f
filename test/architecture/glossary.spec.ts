import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const ENTRY = /^- \*\*(?<term>.+)\*\*: .+ `(?<symbol>\w+)` in `(?<folder>src\/[\w/-]+)`$/;

const lines = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('- '));

/** Whether a file below the folder exports the symbol. */
function isExported(symbol: string, folder: string): boolean {
  const declaration = new RegExp(`^export (?:abstract )?(?:class|interface|type|const|function) ${symbol}\\b`, 'm');
  return globSync(`${folder}/**/*.ts`, { cwd: ROOT }).some((file) =>
    declaration.test(readFileSync(join(ROOT, file), 'utf8')),
  );
}

describe('the glossary', () => {
  it('has one entry a term', () => {
    const terms = lines.map((line) => ENTRY.exec(line)?.groups?.term ?? line);
    expect(terms.length).toBeGreaterThan(40);
    expect(new Set(terms).size).toBe(terms.length);
  });

  it.each(lines)('names where the term lives: %s', (line) => {
    const { symbol = '', folder = '' } = ENTRY.exec(line)?.groups ?? {};
    expect(isExported(symbol, folder)).toBe(true);
    expect(isExported(`${symbol}Misspelt`, folder)).toBe(false);
  });
});
