import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** A directory that goes away with the spec file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'kindly-spec-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
