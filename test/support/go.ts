import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { absentOf, TOOL_ENVIRONMENT as env } from './installed.ts';

/** The first build of a machine compiles the standard library's TLS as well. */
export const GO_DEADLINE_MS = 180_000;

/** Why the Go program in a directory cannot be built here, or wants other programs that are not here; null: it can. */
export function obstacleToGo(directory: string, ...others: string[]): string | null {
  const absent = absentOf(['go', ...others]);
  if (absent.length > 0) return `left out: no ${absent.join(', ')} here`;
  try {
    execFileSync('go', ['mod', 'download'], { cwd: directory, env, stdio: 'ignore', timeout: 30_000 });
  } catch {
    return 'left out: its module cannot be downloaded here';
  }
  return null;
}

/** Builds the Go program in a directory. @returns the path of the executable, in `target` */
export async function buildGo(directory: string, target: string): Promise<string> {
  const program = join(target, 'program');
  await promisify(execFile)('go', ['build', '-o', program, '.'], { cwd: directory, env });
  return program;
}
