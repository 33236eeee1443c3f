import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const FIXTURE = join(import.meta.dirname, 'fixtures/declared-routes.mjs');

async function run(kind: 'declared' | 'undeclared'): Promise<{ code: number; output: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [FIXTURE, kind]);
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, output: stderr };
  }
}

describe('a route', () => {
  it('that declares who may call it lets the application start', async () => {
    expect(await run('declared')).toMatchObject({ code: 0 });
  });

  it('that declares nothing keeps the application from starting, and is named', async () => {
    const { code, output } = await run('undeclared');
    expect(code).toBe(1);
    expect(output).toContain('PlantedController.open');
  });
});
