import { describe, expect, it } from '@jest/globals';
import { pieceBytesFor } from './piece-bytes.js';

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
