import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

/** The names of the settings that the configuration reads. */
function settingsRead(): string[] {
  const source = readFileSync(join(ROOT, 'src/platform/config/config.ts'), 'utf8');
  const schema = source.slice(source.indexOf('const environmentSchema'), source.indexOf('type Environment'));
  return [...schema.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map((match) => match[1] ?? '').toSorted(byName);
}

/** The names in the table of settings of a page. */
function settingsDocumented(page: string): string[] {
  return [...page.matchAll(/^\| `([A-Z][A-Z_]+)`/gm)].map((match) => match[1] ?? '').toSorted(byName);
}

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}

describe('the table of settings', () => {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');

  it('lists exactly the settings that are read', () => {
    expect(settingsRead().length).toBeGreaterThan(20);
    expect(settingsDocumented(page)).toEqual(settingsRead());
  });

  it('would be found out if it lacked one', () => {
    expect(settingsDocumented(page.replace(/^\| `REDIS_URL`.*\n/m, ''))).not.toEqual(settingsRead());
  });
});
