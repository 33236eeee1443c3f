import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The first build of a machine compiles the standard library's TLS as well. */
export const GO_DEADLINE_MS = 180_000;

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/local/go/bin` };

/** Why the Go program in a directory cannot be built here; null: it can. */
export function obstacleToGo(directory: string): string | null {
  try {
    execFileSync('go', ['version'], { env, stdio: 'ignore' });
  } catch {
    return 'left out: there is no Go here';
  }
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
