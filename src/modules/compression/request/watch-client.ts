import type { Socket } from 'node:net';

/** The slowest that a connection may be: so many bytes, either way, in every window. */
export interface Pace {
  readonly bytesMin: number;
  readonly windowMs: number;
}

/** A sender of one byte now and then, or a client that never reads, must not keep a place. */
export const SLOWEST_PACE: Pace = { bytesMin: 1024, windowMs: 60_000 };

/** Calls `onStall` once when the connection is slower than `pace` allows. @returns what ends the watch */
export function watchForStall(
  socket: Pick<Socket, 'bytesRead' | 'bytesWritten'>,
  onStall: () => void,
  pace: Pace = SLOWEST_PACE,
): () => void {
  let before = socket.bytesRead + socket.bytesWritten;
  const timer = setInterval(() => {
    const now = socket.bytesRead + socket.bytesWritten;
    const isTooSlow = now - before < pace.bytesMin;
    before = now;
    if (!isTooSlow) return;
    clearInterval(timer);
    onStall();
  }, pace.windowMs).unref();
  return () => clearInterval(timer);
}
