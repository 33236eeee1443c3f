import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';

/** The environment for other languages' programs; Go is often installed beside the path. */
export const TOOL_ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH}:/usr/local/go/bin` };

/** Those of some programs that are not on this machine. */
export function absentOf(programs: readonly string[]): string[] {
  return programs.filter(
    (program) => spawnSync(program, ['--version'], { env: TOOL_ENVIRONMENT, stdio: 'ignore' }).error,
  );
}

/** `describe` where all the programs are installed; elsewhere its tests are left out, and its name says for want of what. */
export function describeWith(programs: readonly string[], name: string, specs: () => void): void {
  const absent = absentOf(programs);
  if (absent.length === 0) describe(name, specs);
  else describe.skip(`${name} (left out: no ${absent.join(', ')} here)`, specs);
}
