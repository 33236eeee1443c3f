import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unpackTar } from './unpack-tar.js';

interface Fields {
  readonly type?: string;
  readonly prefix?: string;
  readonly link?: string;
  /** Added to the checksum, to make it a wrong one. */
  readonly checksumError?: number;
}

/** One entry of a tar archive, written from the format's description so that it shares no code with the reader. */
function entry(
  name: string,
  content = '',
  { type = '0', prefix = '', link = '', checksumError = 0 }: Fields = {},
): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${body.length.toString(8).padStart(11, '0')} `, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write('ustar\u000000', 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, checksumError);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

const END = Buffer.alloc(1024);
let root: string;
let directory: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kindly-tar-'));
  directory = join(root, 'inside');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Hands the archive over in pieces of some bytes. */
function unpack(archive: Buffer, pieceBytes = archive.length): Promise<void> {
  const pieces = Array.from({ length: Math.ceil(archive.length / pieceBytes) }, (_, position) =>
    archive.subarray(position * pieceBytes, (position + 1) * pieceBytes),
  );
  return unpackTar(Readable.from(pieces), directory);
}

describe('unpackTar', () => {
  it.each([1, 7, 511, 512, 513, 100_000])(
    'writes what is in the archive, in pieces of %i bytes',
    async (pieceBytes) => {
      const large = 'x'.repeat(1025);
      const archive = Buffer.concat([
        entry('PG_VERSION', '18\n'),
        entry('base/', '', { type: '5' }),
        entry('base/1', large),
        entry('empty'),
        entry('deep', 'y', { prefix: 'far/away' }),
        END,
      ]);
      await unpack(archive, pieceBytes);
      const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
      expect([read('PG_VERSION'), read('base/1'), read('empty'), read('far/away/deep')]).toEqual([
        '18\n',
        large,
        '',
        'y',
      ]);
      expect(statSync(join(directory, 'base/1')).mode & 0o777).toBe(0o600);
      expect(statSync(join(directory, 'base')).mode & 0o777).toBe(0o700);
    },
  );

  it.each([
    ['climbs out', entry('../outside', 'x')],
    ['climbs out on the way', entry('base/../../outside', 'x')],
    ['begins at the root', entry('/outside', 'x')],
    ['climbs out by its prefix', entry('outside', 'x', { prefix: '..' })],
    ['is a symbolic link', entry('base', '', { type: '2', link: '..' })],
    ['is a hard link', entry('base', '', { type: '1', link: '/etc/passwd' })],
    ['is a device', entry('base', '', { type: '3' })],
  ])('refuses an entry that %s, and writes nothing of it', async (_what, hostile) => {
    await expect(unpack(Buffer.concat([hostile, END]))).rejects.toThrow('no data directory has');
    expect(readdirSync(root)).toEqual([]);
  });

  it('refuses a header that was altered', async () => {
    await expect(unpack(Buffer.concat([entry('a', 'x', { checksumError: 1 }), END]))).rejects.toThrow('damaged');
    expect(existsSync(join(directory, 'a'))).toBe(false);
  });

  it.each([100, 512, 700])('refuses an archive that ends after %i bytes', async (length) => {
    const archive = entry('a', 'x'.repeat(600)).subarray(0, length);
    await expect(unpack(archive)).rejects.toThrow('ends too early');
  });

  it('writes over nothing that is there', async () => {
    await expect(unpack(Buffer.concat([entry('a', 'first'), entry('a', 'second'), END]))).rejects.toThrow('EEXIST');
    expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('first');
  });
});
