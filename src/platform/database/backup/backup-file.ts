import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { z } from 'zod';
import { codeOf } from '../../../kernel/errors/code-of.js';
import { StoredSecrets } from '../../config/index.js';
import { BackupError } from './backup-error.js';

/*
 * A backup is one file: a line of JSON, which says what it is; the data directory as a tar archive, compressed with
 * zstd; and the SHA-256 of all that. docs/embedded-postgres.md describes it for those who have to open one by hand.
 */
const FORMAT = 'kindly-backup';
const FORMAT_VERSION = 1;
const HEADER_BYTES_MAX = 1024 * 1024;
const DIGEST_BYTES = 32;
const NEWLINE = 0x0a;

const headerSchema = z.object({
  format: z.literal(FORMAT),
  version: z.int(),
  created_at: z.iso.datetime(),
  postgres_version: z.string(),
  migrations: z.array(z.string()),
  secrets: StoredSecrets.nullable(),
});

/** What a backup says of itself. */
export type BackupHeader = z.infer<typeof headerSchema>;

/** A backup that is whole and was not altered. */
export interface BackupFile {
  readonly header: BackupHeader;
  /** The archive of the data directory. */
  archive(): Readable;
}

/** Writes a backup; the file appears whole, with mode 0600, or not at all. @throws BackupError if it exists */
export async function writeBackup(
  path: string,
  header: Omit<BackupHeader, 'format' | 'version'>,
  archive: Readable,
): Promise<void> {
  const draft = `${path}.${process.pid}.partial`;
  const output = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true });
  try {
    await pipeline(archive, createZstdCompress(), (body) => framed(header, body), output);
    await link(draft, path);
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? new BackupError(`${path} exists, and is not overwritten.`) : error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function* framed(header: object, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  const line = Buffer.from(`${JSON.stringify({ format: FORMAT, version: FORMAT_VERSION, ...header })}\n`);
  digest.update(line);
  yield line;
  for await (const chunk of body) {
    digest.update(chunk);
    yield chunk;
  }
  yield digest.digest();
}

/** Opens a backup, after reading all of it once. @throws BackupError if it is none, not whole, or altered */
export async function openBackup(path: string): Promise<BackupFile> {
  const { sizeBytes, start, digest } = await readEnds(path);
  const header = parseHeader(path, start);
  const bodyEnd = sizeBytes - DIGEST_BYTES - 1;
  const hash = createHash('sha256');
  if (bodyEnd > 0) for await (const chunk of createReadStream(path, { end: bodyEnd })) hash.update(chunk as Buffer);
  if (!hash.digest().equals(digest)) throw new BackupError(`${path} is truncated, or was altered.`);
  const bodyStart = start.indexOf(NEWLINE) + 1;
  return {
    header,
    archive: () => {
      const decompress = createZstdDecompress();
      createReadStream(path, { start: bodyStart, end: bodyEnd })
        .on('error', (error) => decompress.destroy(error))
        .pipe(decompress);
      return decompress;
    },
  };
}

async function readEnds(path: string): Promise<{ sizeBytes: number; start: Buffer; digest: Buffer }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = async (position: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const digest = await read(Math.max(size - DIGEST_BYTES, 0), DIGEST_BYTES);
    return { sizeBytes: size, start: await read(0, Math.min(size, HEADER_BYTES_MAX)), digest };
  } finally {
    await file.close();
  }
}

function parseHeader(path: string, start: Buffer): BackupHeader {
  const parsed = headerSchema.safeParse(parseJson(start.subarray(0, Math.max(start.indexOf(NEWLINE), 0)).toString()));
  if (!parsed.success)
    throw new BackupError(`${path} is not a backup of this application, or its beginning is damaged.`);
  if (parsed.data.version === FORMAT_VERSION) return parsed.data;
  throw new BackupError(`${path} has the format ${parsed.data.version} of another release, which restores it.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
