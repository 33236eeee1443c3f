import { createHash } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from '@jest/globals';
import { digestChecked } from './digest-checked.js';

const CHUNKS = ['a stream ', 'in three ', 'chunks'].map((text) => Buffer.from(text));
const DIGEST = createHash('sha256').update(Buffer.concat(CHUNKS)).digest();

describe('a stream whose digest was announced', () => {
  it('passes every byte on and ends', async () => {
    const passed = (await digestChecked(Readable.from(CHUNKS), DIGEST).toArray()) as Buffer[];
    expect(Buffer.concat(passed).equals(Buffer.concat(CHUNKS))).toBe(true);
  });

  it.each([
    ['a byte more', [...CHUNKS, Buffer.from('!')]],
    ['a byte less', [...CHUNKS.slice(0, 2), Buffer.from('chunk')]],
    ['nothing', []],
  ])('aborts at the end after %s, so that its reader cannot finish', async (_name, chunks) => {
    let isFinished = false;
    const sink = new Writable({
      write: (_chunk, _encoding, done) => done(),
      final: (done) => {
        isFinished = true;
        done();
      },
    });
    const checked = digestChecked(Readable.from(chunks), DIGEST);
    await expect(pipeline(checked, sink)).rejects.toMatchObject({ code: 'AUTH_011' });
    expect(isFinished).toBe(false);
  });

  it('fails as its source fails', async () => {
    const source = new Readable({ read: () => undefined });
    const reading = digestChecked(source, DIGEST).toArray();
    source.destroy(new Error('the connection was cut'));
    await expect(reading).rejects.toThrow('the connection was cut');
  });
});
