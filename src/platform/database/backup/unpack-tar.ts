import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BackupError } from './backup-error.js';
import { ByteReader } from './byte-reader.js';

const BLOCK_BYTES = 512;
const FILE = '0';
const DIRECTORY = '5';

/** Modes of a data directory: closed to others, as PostgreSQL demands. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** One entry of an archive (POSIX.1-2017, pax, "ustar Interchange Format"). */
interface Entry {
  readonly path: string;
  readonly type: string;
  readonly sizeBytes: number;
}

/**
 * Unpacks a tar archive of files and directories into a directory, in constant memory. Nothing is written outside of it.
 * @throws BackupError for an archive that is damaged, or has links or other entries that a data directory does not have
 */
export async function unpackTar(source: AsyncIterable<Buffer>, directory: string): Promise<void> {
  const reader = new ByteReader(source);
  for (let entry = await nextEntry(reader); entry; entry = await nextEntry(reader)) {
    const path = join(directory, entry.path);
    if (entry.type === DIRECTORY) await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
    else await unpackFile(reader, path, entry.sizeBytes);
  }
  // the blocks after the end of the archive; a stream that is not read to its end would not tell of its faults
  while (await reader.some(BLOCK_BYTES));
}

async function unpackFile(reader: ByteReader, path: string, sizeBytes: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await reader.forward(sizeBytes, (bytes) => file.writeFile(bytes));
  } finally {
    await file.close();
  }
  await reader.forward((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES, () => undefined);
}

/** Null: a block of zeroes, or nothing more. */
async function nextEntry(reader: ByteReader): Promise<Entry | null> {
  const first = await reader.some(BLOCK_BYTES);
  if (!first) return null;
  const parts = [first];
  await reader.forward(BLOCK_BYTES - first.length, (bytes) => parts.push(bytes));
  const header = Buffer.concat(parts);
  return header.every((byte) => byte === 0) ? null : parseHeader(header);
}

function parseHeader(header: Buffer): Entry {
  const text = (start: number, length: number): string => {
    const field = header.subarray(start, start + length);
    const end = field.indexOf(0);
    return field.subarray(0, end === -1 ? length : end).toString('utf8');
  };
  const number = (start: number, length: number): number => Number.parseInt(text(start, length).trim(), 8);
  if (text(257, 5) !== 'ustar' || number(148, 8) !== checksumOf(header)) {
    throw new BackupError('The archive is damaged.');
  }
  const [name, prefix, type] = [text(0, 100), text(345, 155), text(156, 1)];
  const path = prefix === '' ? name : `${prefix}/${name}`;
  const sizeBytes = number(124, 12);
  const isInside = !path.startsWith('/') && !path.split('/').includes('..');
  if (!isInside || ![FILE, DIRECTORY].includes(type) || !Number.isSafeInteger(sizeBytes)) {
    throw new BackupError('The archive has an entry that no data directory has.');
  }
  return { path, type, sizeBytes: type === FILE ? sizeBytes : 0 };
}

/** The sum of the header's bytes, its own field taken for spaces. */
function checksumOf(header: Buffer): number {
  return header.reduce((sum, byte, position) => sum + (position >= 148 && position < 156 ? 0x20 : byte), 0);
}
