import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { world } from '../support/world.ts';

const [baseUrl] = world().servers;
const MODULES = join(import.meta.dirname, '../../node_modules');
const PROGRAM = readFileSync(join(import.meta.dirname, 'generated-client/program.ts'), 'utf8');
const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2024',
  lib: ['es2024', 'dom', 'dom.iterable'],
  strict: true,
  types: ['node'],
  typeRoots: [join(MODULES, '@types')],
  outDir: 'out',
  rootDir: '.',
};
const directory = temporaryDirectory();

async function run(script: string, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...words], { cwd: directory });
  return stdout;
}

const compile = (): Promise<string> => run(join(MODULES, 'typescript-7/bin/tsc'), '-p', '.');

beforeAll(async () => {
  const response = await fetch(`${baseUrl}/openapi.json`);
  writeFileSync(join(directory, 'openapi.json'), await response.text());
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
  await run(join(MODULES, '@hey-api/openapi-ts/bin/run.js'), '-i', 'openapi.json', '-o', 'sdk');
}, 60_000);

describe('a TypeScript client generated from the OpenAPI document', () => {
  it('compiles under strict rules and does what its types say', async () => {
    writeFileSync(join(directory, 'program.ts'), PROGRAM);
    await compile();
    expect(JSON.parse(await run('out/program.js', baseUrl))).toEqual({
      ratio: expect.any(Number),
      names: ['generated'],
      forbidden: 'AUTH_009',
      revoked: 'AUTH_004',
    });
  });

  it.each([
    ['a field that does not exist', "name: 'generated',", "name: 'generated', colour: 'red',"],
    ['a permission that does not exist', "'write:compression'", "'write:everything'"],
    ['an answer that has no such field', 'packed.ratio', 'packed.ration'],
  ])('does not compile with %s', async (_name, right, wrong) => {
    expect(PROGRAM).toContain(right);
    writeFileSync(join(directory, 'program.ts'), PROGRAM.replace(right, wrong));
    await expect(compile()).rejects.toMatchObject({ stdout: expect.stringMatching(/program\.ts.*error TS/) });
  });
});
