import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The code block of a documentation page that stands behind the comment `<!-- test: name -->`. */
export function documentedCode(page: string, name: string): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
  const [, after] = text.split(`<!-- test: ${name} -->`);
  const code = /```\w+\n([\s\S]*?)```/.exec(after ?? '')?.[1];
  if (code === undefined) throw new Error(`${page} has no code named ${name}`);
  return code;
}
