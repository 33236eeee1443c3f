import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { locateBinaries, programPath } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

describe('locateBinaries', () => {
  it('finds initdb and postgres for this platform, and their version', () => {
    const binaries = locateBinaries();
    expect(binaries.majorVersion).toBe('18');
    for (const program of ['initdb', 'postgres'] as const)
      expect(existsSync(programPath(binaries, program))).toBe(true);
  });

  it.each(['sunos-x64', 'linux-s390x', 'win32-x64'])('asks for DATABASE_URL on %s', (platform) => {
    const locate = (): unknown => locateBinaries(platform);
    expect(locate).toThrow(EmbeddedPostgresError);
    expect(locate).toThrow(/DATABASE_URL/);
  });
});
