import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { tryStartLock } from './start-lock.js';

describe('tryStartLock', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lock-'));
    file = join(directory, 'postgres.lock');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('has one holder at a time, within one process too, and is free after release', () => {
    const held = tryStartLock(file);
    expect(held).toBeDefined();
    expect(tryStartLock(file)).toBeUndefined();
    expect(tryStartLock(file)).toBeUndefined(); // a failed try must not drop the holder's lock
    held?.release();
    held?.release();
    const next = tryStartLock(file);
    expect(next).toBeDefined();
    next?.release();
  });

  it('writes nothing and lets nobody else read', () => {
    tryStartLock(file)?.release();
    expect(statSync(file).size).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('names a file it cannot lock', () => {
    writeFileSync(file, 'this is no lock file of ours, and longer than the header of a database'.repeat(20));
    expect(() => tryStartLock(file)).toThrow(EmbeddedPostgresError);
    expect(() => tryStartLock(directory)).toThrow(`${directory} cannot be opened`);
  });
});
