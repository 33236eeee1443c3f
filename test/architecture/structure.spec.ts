import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { plantTree, removeTrees } from './plant-tree.ts';
import { type SourceFile, sourceFiles } from './source-tree.ts';
import {
  countDifferences,
  crowdedFolders,
  filesWithSql,
  greedyConstructors,
  mutualFolders,
  namelessFiles,
  readVocabulary,
} from './structure.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILES = sourceFiles(ROOT);
const VOCABULARY = readVocabulary(readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8'));

/** How many files of a folder do not yet have a role or the name of what they export. A number only falls. */
const NAMELESS: Readonly<Record<string, number>> = {
  'src/commands': 1,
  'src/kernel': 23,
  'src/modules/analytics': 1,
  'src/modules/api-keys': 21,
  'src/modules/audit': 1,
  'src/modules/auth': 14,
  'src/modules/compression': 15,
  'src/modules/mfa': 13,
  'src/modules/oauth': 33,
  'src/modules/service-accounts': 8,
  'src/modules/users': 13,
  'src/modules/webhooks': 5,
  'src/platform/access': 15,
  'src/platform/audit': 8,
  'src/platform/config': 7,
  'src/platform/context': 2,
  'src/platform/csrf': 4,
  'src/platform/database': 30,
  'src/platform/events': 5,
  'src/platform/http': 20,
  'src/platform/idempotency': 4,
  'src/platform/limits': 7,
  'src/platform/log': 1,
  'src/platform/metering': 4,
  'src/platform/minting': 1,
  'src/platform/openapi': 6,
  'src/platform/sealing': 5,
  'src/platform/signing': 3,
  'src/platform/status': 7,
  'src/platform/telemetry': 2,
  'src/platform/threads': 3,
  'src/platform/work': 3,
};

/** How many files of a folder still hold SQL and are not called `*.queries.ts`. A number only falls. */
const SQL: Readonly<Record<string, number>> = {
  'src/modules/api-keys': 7,
  'src/modules/audit': 4,
  'src/modules/auth': 4,
  'src/modules/mfa': 2,
  'src/modules/oauth': 7,
  'src/modules/service-accounts': 4,
  'src/modules/users': 4,
  'src/platform/access': 1,
  'src/platform/audit': 1,
  'src/platform/events': 2,
  'src/platform/idempotency': 2,
  'src/platform/metering': 3,
  'src/platform/sealing': 1,
  'src/platform/signing': 1,
  'src/platform/status': 2,
};

/** How many files of a folder still have a constructor that takes more than four things. A number only falls. */
const GREEDY: Readonly<Record<string, number>> = {
  'src/modules/api-keys': 7,
  'src/modules/audit': 2,
  'src/modules/auth': 5,
  'src/modules/mfa': 4,
  'src/modules/oauth': 8,
  'src/modules/service-accounts': 3,
  'src/modules/users': 1,
  'src/platform/access': 1,
  'src/platform/events': 1,
  'src/platform/idempotency': 1,
  'src/platform/signing': 1,
};

/** Folders that are still to be split. */
const CROWDED: readonly string[] = [
  'src/modules/api-keys',
  'src/modules/auth',
  'src/modules/mfa',
  'src/modules/oauth/authorize',
  'src/modules/oauth/clients',
  'src/modules/oauth/tokens',
  'src/modules/service-accounts',
  'src/modules/users',
  'src/platform/access',
  'src/platform/database',
  'src/platform/database/embedded',
  'src/platform/http',
  'src/platform/http/body',
  'src/platform/limits',
  'src/platform/metering',
  'src/platform/status',
];

/** Folders that still import each other. */
const MUTUAL: readonly string[] = [
  'src/modules/api-keys <-> src/modules/api-keys/leaks',
  'src/modules/api-keys <-> src/modules/api-keys/protection',
  'src/modules/compression <-> src/modules/compression/streamed',
  'src/modules/oauth/clients <-> src/modules/oauth/consent',
  'src/modules/oauth/clients <-> src/modules/oauth/tokens',
  'src/modules/oauth/consent <-> src/modules/oauth/tokens',
  'src/modules/users <-> src/modules/users/lockout',
];

/** SQL outside of `*.queries.ts` for good, each with its reason. */
const SQL_ELSEWHERE: Readonly<Record<string, string>> = {
  'src/commands/back-up.ts': 'asks a database of any version which migrations it has had',
  'src/platform/database/connections.ts': 'makes the roles and the database of development',
  'src/platform/schema/prepare-database.ts': 'makes roles and grants, no rows',
  'src/platform/sealing/resealing.ts': 'walks over the sealed columns of all tables, by their names',
  'src/platform/sealing/sealed-rows.ts': 'the table is a parameter',
};

function planted(files: Readonly<Record<string, string>>): SourceFile[] {
  return sourceFiles(plantTree(files));
}

/** A tree of one file. */
function plantedFile(path: string, text: string): SourceFile[] {
  return planted({ [path]: text });
}

afterAll(removeTrees);

describe('the vocabulary', () => {
  it('is what docs/architecture.md lists', () => {
    expect([...VOCABULARY.roles]).toEqual(expect.arrayContaining(['service', 'queries', 'grant']));
    expect([...VOCABULARY.nouns]).toEqual(expect.arrayContaining(['pool', 'ledger', 'rules']));
    expect(VOCABULARY.nouns.has('service')).toBe(false);
  });
});

describe('a file', () => {
  it('has a role or is called as the one thing that it exports', () => {
    expect(countDifferences(namelessFiles(FILES, VOCABULARY), NAMELESS)).toEqual([]);
  });

  it.each([
    ['src/modules/a/create-a.helper.ts', 'export class CreateAHelper {}'],
    ['src/modules/a/things.ts', 'export function doThis() {}'],
    ['src/modules/a/do-this.ts', 'export function doThis() {}\nexport function doThat() {}'],
    ['src/modules/a/codec-drawer.ts', 'export class CodecDrawer {}'],
    ['src/modules/a/codec-pool.ts', 'export class Codecs {}'],
    ['src/modules/a/principal.ts', 'export interface Principal {}'],
  ])('%s that has neither is found', (path, text) => {
    expect(namelessFiles(plantedFile(path, text), VOCABULARY)).toEqual([path]);
  });

  it.each([
    ['src/modules/a/create-a.service.ts', 'export class CreateA {}'],
    ['src/modules/a/do-this.ts', 'export const AT_MOST = 3;\nexport interface A {}\nexport function doThis() {}'],
    ['src/modules/a/codec-pool.ts', 'export class CodecPool {}'],
    ['src/kernel/a/principal.ts', 'export interface Principal {}'],
    ['src/modules/a/index.ts', "export { A } from './a.service.js';"],
  ])('%s that has one is not', (path, text) => {
    expect(namelessFiles(plantedFile(path, text), VOCABULARY)).toEqual([]);
  });

  it('holds SQL only where its name ends with .queries', () => {
    const found = filesWithSql(FILES);
    expect(found).toEqual(expect.arrayContaining(Object.keys(SQL_ELSEWHERE)));
    const others = found.filter((path) => !(path in SQL_ELSEWHERE));
    expect(countDifferences(others, SQL)).toEqual([]);
  });

  it.each([
    'const a = `\n  select * from users where id = ${id}`;',
    "const a = 'delete from users';",
    "em.execute('with a as (select 1) update users set b = 1');",
    'const a = `insert into users (id) values (1)`;',
  ])('that holds %j elsewhere is found', (text) => {
    expect(filesWithSql(plantedFile('src/modules/a/a.service.ts', text))).toEqual(['src/modules/a/a.service.ts']);
    expect(filesWithSql(plantedFile('src/modules/a/a.queries.ts', text))).toEqual([]);
  });

  it('may lock, notify and write English anywhere', () => {
    const text = "const a = ['select pg_notify($1, $2)', 'select 1', 'Delete it from the list.'];";
    expect(filesWithSql(plantedFile('src/modules/a/a.service.ts', text))).toEqual([]);
  });

  it('has no constructor that takes more than four things', () => {
    expect(countDifferences(greedyConstructors(FILES), GREEDY)).toEqual([]);
  });

  it('with such a constructor is found', () => {
    const taking = (parameters: string) =>
      plantedFile('src/modules/a/a.service.ts', `class A { constructor(${parameters}) {} }`);
    expect(greedyConstructors(taking('a: A, b: B, c: C, d: D'))).toEqual([]);
    expect(greedyConstructors(taking('a: A, b: B, c: C, d: D, e: E'))).toEqual(['src/modules/a/a.service.ts']);
  });
});

describe('a folder', () => {
  it('holds thirteen files at most', () => {
    expect(crowdedFolders(FILES).toSorted()).toEqual(CROWDED);
  });

  it('that holds more is found, specs not counted', () => {
    const files = (count: number, end: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`src/modules/a/${index}${end}`, 'export {};']));
    expect(crowdedFolders(planted({ ...files(13, '.view.ts'), ...files(13, '.view.spec.ts') }))).toEqual([]);
    expect(crowdedFolders(planted(files(14, '.view.ts')))).toEqual(['src/modules/a']);
  });

  it('is not imported by one that it imports', () => {
    expect(mutualFolders(FILES).toSorted()).toEqual(MUTUAL);
  });

  it.each([
    [
      'a neighbour',
      {
        'src/modules/a/b/x.ts': "import type { Y } from '../c/y.js';",
        'src/modules/a/c/z.ts': "export { X } from '../b/x.js';",
      },
      ['src/modules/a/b <-> src/modules/a/c'],
    ],
    [
      'its parent',
      { 'src/modules/a/x.ts': "import './c/y.js';", 'src/modules/a/c/z.ts': "import { X } from '../x.js';" },
      ['src/modules/a <-> src/modules/a/c'],
    ],
    [
      'nobody',
      { 'src/modules/a/x.ts': "import './c/y.js';", 'src/modules/a/c/z.ts': "import '../../b/index.js';" },
      [],
    ],
  ])('that shares imports with %s is judged so', (_, files, pairs) => {
    expect(mutualFolders(planted(files as object as Record<string, string>))).toEqual(pairs);
  });
});

describe('a list of exceptions', () => {
  it('fails when a file is more than it says, and when it is no longer needed', () => {
    const paths = ['src/modules/a/x.ts', 'src/modules/a/b/y.ts'];
    expect(countDifferences(paths, { 'src/modules/a': 2 })).toEqual([]);
    expect(countDifferences(paths, { 'src/modules/a': 1 })).toHaveLength(1);
    expect(countDifferences([], { 'src/modules/a': 1 })).toEqual(['src/modules/a has 0, listed 1: ']);
  });
});
