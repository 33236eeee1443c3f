import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { API_KEY_ENVIRONMENTS, generateApiKey } from '../../src/kernel/crypto/api-key-format.ts';
import { describeWith } from '../support/installed.ts';
import { newKey, newPerson } from '../support/people.ts';
import { documentedCode } from './documented-code.ts';

const PYTHON = `${documentedCode('api-keys.md', 'check.py')}
import json, sys
print(json.dumps([is_kindly_key(text) for text in json.load(sys.stdin)]))`;
const JAVASCRIPT = `${documentedCode('api-keys.md', 'check.mjs')}
import { readFileSync } from 'node:fs';
console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(isKindlyKey)));`;

const directory = mkdtempSync(join(tmpdir(), 'kindly-check-'));
const programs = [
  { language: 'Python', program: 'python3', file: 'check.py', code: PYTHON },
  { language: 'JavaScript', program: process.execPath, file: 'check.mjs', code: JAVASCRIPT },
];
let printed: string;

beforeAll(async () => {
  for (const { file, code } of programs) writeFileSync(join(directory, file), code);
  const person = await newPerson();
  printed = (await newKey(person.client)).key;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Every way to mistype a key by one character at some place. */
function typos(key: string): string[] {
  const swapped = Array.from({ length: key.length - 1 }, (_, at) =>
    [key.slice(0, at), key[at + 1], key[at], key.slice(at + 2)].join(''),
  );
  const replaced = Array.from(
    { length: key.length },
    (_, at) => key.slice(0, at) + (key[at] === 'x' ? 'y' : 'x') + key.slice(at + 1),
  );
  return [...swapped, ...replaced].filter((text) => text !== key);
}

for (const { language, program, file } of programs) {
  describeWith([program], `the checker of the documentation in ${language}`, () => {
    it('knows the keys of the server and no mistyped one', () => {
      const real = [
        printed,
        ...Array.from({ length: 100 }, (_, n) => generateApiKey(API_KEY_ENVIRONMENTS[n % 3] ?? 'prod')),
      ];
      const other = [
        ...typos(printed),
        `${printed}\n`,
        ` ${printed}`,
        printed.toLowerCase(),
        '',
        'kapi_prod_',
        // the example that the guide prints has the shape of a key, and no checksum
        'kapi_prod_7f3d9a2b5c1e4890abcdef1234567890',
      ].filter((text) => text !== printed);
      const output = execFileSync(program, [join(directory, file)], { input: JSON.stringify([...real, ...other]) });
      const verdicts = JSON.parse(output.toString()) as boolean[];
      expect(verdicts.slice(0, real.length)).toEqual(real.map(() => true));
      expect(verdicts.slice(real.length)).toEqual(other.map(() => false));
    });
  });
}
