import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { socketDirectoryOf } from './socket-directory.js';

const socketLength = (dataDirectory: string): number =>
  Buffer.byteLength(`${socketDirectoryOf(dataDirectory)}/.s.PGSQL.5432`);

describe('socketDirectoryOf', () => {
  it('is beside the data while the socket fits into 103 bytes, and not one byte longer', () => {
    const longest = `/${'d'.repeat(83)}`;
    expect(socketDirectoryOf(longest)).toBe(`${longest}.sock`);
    expect(socketLength(longest)).toBe(103);
    expect(socketDirectoryOf(`${longest}d`)).not.toContain('ddd');
  });

  it('counts bytes, not characters', () => {
    expect(socketDirectoryOf(`/${'é'.repeat(60)}`)).not.toContain('é');
  });

  it('always fits, has no separator of directories, and differs between data directories', () => {
    const path = fc.string({ maxLength: 200 }).map((name) => `/${name}`);
    fc.assert(
      fc.property(path, path, (one, other) => {
        expect(socketLength(one)).toBeLessThanOrEqual(103);
        expect(socketDirectoryOf(one)).not.toMatch(/[,"]/);
        expect(socketDirectoryOf(one) === socketDirectoryOf(other)).toBe(one === other);
      }),
    );
  });
});
