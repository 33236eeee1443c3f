import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/**
 * Lets requests with `Expect: 100-continue` (RFC 9110 §10.1.1) in without the 100 that Node would send before anything
 * is known of them: a client is asked for its body only once somebody is about to read it ({@link askForBody}). Where
 * the head alone decides, the final status is all that it gets, and Node closes the connection.
 */
export function holdContinue(server: Server): void {
  server.on('checkContinue', (request, response) => {
    waiting.set(request, response);
    server.emit('request', request, response);
  });
}

/** Tells a client that waits for it to send its body; to be called by whoever starts to read one. */
export function askForBody(request: IncomingMessage): void {
  const response = waiting.get(request);
  if (!response || response.headersSent) return;
  waiting.delete(request);
  response.writeContinue();
}
