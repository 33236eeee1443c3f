import { randomUUID } from 'node:crypto';
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../../kernel/errors/app-error.js';
import { PROBLEM_MEDIA_TYPE, toProblem } from './problem/index.js';

/** How long a connection may stay idle between requests, in milliseconds; longer than load balancers keep theirs. */
const KEEP_ALIVE_MS = 65_000;

/** Statuses of what Node's parser refuses by itself, before there is a request to answer. */
const STATUS_OF_PARSER_ERROR: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers what is not even HTTP with a problem as well, and bounds how long a slow sender may take. What Node would
 * refuse with an empty answer goes on to our own: a request without a host, and one that expects what nobody knows.
 */
export function refuseBrokenRequests(server: Server, headers: ReadonlyMap<string, string>): void {
  Object.assign(server, { requireHostHeader: false });
  server.on('checkExpectation', (...exchange) => server.emit('request', ...exchange));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = 30_000;
  // bodies have deadlines of their own: bodyDeadline(), cutStalledConnections(), and the watch of each stream
  server.requestTimeout = 0;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    socket.end(rawAnswer(STATUS_OF_PARSER_ERROR[error.code ?? ''] ?? 400, headers));
  });
}

/** Whether an answer has begun on a connection: another one in its midst would be read as part of it. Node's own test. */
function isAnswering({ _httpMessage: response }: Socket & { _httpMessage?: ServerResponse | null }): boolean {
  return response?.headersSent === true;
}

function rawAnswer(status: number, headers: ReadonlyMap<string, string>): string {
  const requestId = randomUUID();
  const detail = `The request could not be read as HTTP (${STATUS_CODES[status]}).`;
  const body = JSON.stringify({ ...toProblem(new AppError('REQ_001', { detail }), requestId), status });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...[...headers].map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
