import { types } from 'node:util';

/** Whether the view is all of its memory, and the memory is neither shared nor the pool that small Buffers come from. */
export function isMovable(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return types.isArrayBuffer(bytes.buffer) && bytes.byteLength === bytes.buffer.byteLength;
}

/** A copy in memory of its own, which can move to another thread: posting a view would copy all that it is a view of. */
export function ownCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
