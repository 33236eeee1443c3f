import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../../../kernel/errors/app-error.js';

/** A signal that is aborted when the client goes away before it has its answer. */
export function watchForLeave(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new AppError('REQ_002', { detail: 'The client went away.' }));
  });
  return gone.signal;
}

/** The slowest that a connection may be: so many bytes, either way, in every window. */
export interface Pace {
  readonly bytesMin: number;
  readonly windowMs: number;
}

/** A sender of one byte now and then, or a client that never reads, must not keep a stream open. */
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
