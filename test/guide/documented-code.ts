import { execFileSync } from 'node:child_process';
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

/** What an expression in JavaScript comes to after a module's code, run where the project's packages are found. */
export function runDocumented<Result>(code: string, expression: string): Result {
  const program = `${code}\nconsole.log(JSON.stringify(await ${expression}));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-'], {
    cwd: join(import.meta.dirname, '../..'),
    input: program,
  });
  return JSON.parse(output.toString()) as Result;
}
