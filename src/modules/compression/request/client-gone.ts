import type { ServerResponse } from 'node:http';
import { AppError } from '../../../kernel/errors/app-error.js';

/** A signal that is aborted when the client goes away before it has its answer. */
export function watchForLeave(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new AppError('REQ_002', { detail: 'The client went away.' }));
  });
  return gone.signal;
}
