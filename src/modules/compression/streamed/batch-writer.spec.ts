import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { BatchWriter, pieceBytesFor } from './batch-writer.js';
import { ByteCounter } from './byte-counter.js';

const KIB = 1024;

/** A codec that is done with a piece when it is told to. */
class HeldCodec extends Writable {
  readonly pieces: string[] = [];
  isEnded = false;
  private done: (() => void) | undefined;

  override _write(piece: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.pieces.push(piece.toString());
    this.done = done;
  }

  override _final(done: () => void): void {
    this.isEnded = true;
    done();
  }

  /** Lets go of the piece at hand; whoever waits for that has run when this settles. */
  async finishPiece(): Promise<void> {
    this.done?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function start() {
  const [codec, tally] = [new HeldCodec(), new ByteCounter()];
  const state = { roomCalls: 0, pieceBytes: 64 * KIB };
  const writer = new BatchWriter(
    codec,
    tally,
    () => state.pieceBytes,
    () => {
      state.roomCalls += 1;
    },
  );
  return { codec, tally, state, writer };
}

describe('BatchWriter', () => {
  it('hands a chunk to an idle codec at once', async () => {
    const { codec, writer } = start();
    expect(writer.add(Buffer.from('a'))).toBe(true);
    expect(codec.pieces).toEqual(['a']);
    await codec.finishPiece();
    writer.add(Buffer.from('b'));
    expect(codec.pieces).toEqual(['a', 'b']);
  });

  it('hands over in one piece what came while the codec was busy, and counts every byte once', async () => {
    const { codec, tally, writer } = start();
    for (const chunk of ['a', 'b', 'c']) writer.add(Buffer.from(chunk));
    await codec.finishPiece();
    for (const chunk of ['d', 'e']) writer.add(Buffer.from(chunk));
    await codec.finishPiece();
    expect(codec.pieces).toEqual(['a', 'bc', 'de']);
    expect(tally.sizeBytes).toBe(5);
  });

  it('asks to wait once enough is waiting, and says when it may go on', async () => {
    const { codec, state, writer } = start();
    writer.add(Buffer.from('a'));
    const answers = Array.from({ length: 4 }, () => writer.add(Buffer.alloc(16 * KIB)));
    expect(answers).toEqual([true, true, true, false]);
    expect(state.roomCalls).toBe(0);
    await codec.finishPiece();
    expect(state.roomCalls).toBe(1);
    expect(codec.pieces.map((piece) => piece.length)).toEqual([1, 64 * KIB]);
  });

  it('keeps the order of chunks that are too large for one piece', async () => {
    const { codec, writer } = start();
    const chunks = [Buffer.alloc(1, 'a'), Buffer.alloc(50 * KIB, 'b'), Buffer.alloc(75 * KIB, 'c'), Buffer.from('d')];
    for (const chunk of chunks) writer.add(chunk);
    writer.end();
    for (let step = 0; step < chunks.length; step += 1) await codec.finishPiece();
    expect(codec.pieces.join('') === Buffer.concat(chunks).toString()).toBe(true);
    expect(codec.isEnded).toBe(true);
  });

  it('goes by the size that pieces have now, and loses nothing when it changes', async () => {
    const { codec, state, tally, writer } = start();
    for (const letter of 'abcdef') writer.add(Buffer.alloc(30 * KIB, letter));
    await codec.finishPiece();
    state.pieceBytes = 128 * KIB;
    await codec.finishPiece();
    state.pieceBytes = 64 * KIB;
    writer.end();
    for (let step = 0; step < 3; step += 1) await codec.finishPiece();
    expect(codec.pieces.map((piece) => piece.length / KIB)).toEqual([30, 60, 90]);
    expect(codec.pieces.join('').replaceAll(/(.)\1+/g, '$1')).toBe('abcdef');
    expect(tally.sizeBytes).toBe(180 * KIB);
    expect(codec.isEnded).toBe(true);
  });

  it('ends the codec after the last piece, not before', async () => {
    const { codec, writer } = start();
    for (const chunk of ['a', 'b']) writer.add(Buffer.from(chunk));
    writer.end();
    await codec.finishPiece();
    expect(codec.isEnded).toBe(false);
    await codec.finishPiece();
    expect(codec.isEnded).toBe(true);
  });

  it('drops what comes after the codec has failed, and never asks to wait for it', async () => {
    const { codec, state, writer } = start();
    codec.on('error', () => undefined);
    writer.add(Buffer.from('a'));
    codec.destroy(new Error('damaged'));
    for (let step = 0; step < 10; step += 1) expect(writer.add(Buffer.alloc(64 * KIB))).toBe(true);
    writer.end();
    await codec.finishPiece();
    expect(codec.pieces).toEqual(['a']);
    expect(state.roomCalls).toBe(0);
  });
});

describe('the pieces of a stream', () => {
  it.each([
    [1, 256],
    [2, 256],
    [4, 128],
    [8, 64],
    [1_000, 64],
  ])('beside %d open streams are of %d KiB', (openStreams, kib) => {
    expect(pieceBytesFor(openStreams)).toBe(kib * 1024);
  });
});
