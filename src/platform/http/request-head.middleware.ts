import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../../kernel/errors/app-error.js';
import { countHeaders } from './count-headers.js';
import { isHost } from './is-host.js';
import type { ProblemFilter } from './problem/index.js';

/**
 * Refuses a request whose head leaves open what it asks for or where it ends, and closes its connection: whoever sends
 * such a thing, or a proxy in between, may see the next request at another byte than this server does.
 */
export function requestHead(refuse: ProblemFilter['answer']) {
  const refused = new WeakSet<Socket>();
  return (request: Request, response: Response, next: NextFunction): void => {
    // what was pipelined behind a refused request is neither answered nor done
    if (refused.has(request.socket)) return;
    const fault = faultOf(request);
    if (fault === null) {
      next();
      return;
    }
    refused.add(request.socket);
    response.setHeader('Connection', 'close');
    void refuse(fault, request, response);
  };
}

function faultOf(request: IncomingMessage): AppError | null {
  const detail = hostFault(request) ?? mediaTypeFault(request) ?? codingFault(request);
  return detail === null ? expectationFault(request) : new AppError('REQ_001', { detail });
}

/** RFC 9112 §3.2: one host, and a valid one. Of two, Node takes the first, and a proxy may have taken the other. */
function hostFault({ rawHeaders, headers: { host }, httpVersion }: IncomingMessage): string | null {
  if (host === undefined) return httpVersion === '1.0' ? null : 'The Host header is missing.';
  if (countHeaders(rawHeaders, 'host') > 1) return 'Send one Host header, and only one.';
  return isHost(host) ? null : 'The Host header must be a host name or an address, with a port or without.';
}

/** RFC 9110 §5.3: a field that is no list stands once. */
function mediaTypeFault({ rawHeaders, headers }: IncomingMessage): string | null {
  const isRepeated = headers['content-type'] !== undefined && countHeaders(rawHeaders, 'content-type') > 1;
  return isRepeated ? 'Send one Content-Type header, and only one.' : null;
}

/** RFC 9112 §6.1: HTTP/1.0 has no transfer codings, so one there is faulty framing; and of HTTP/1.1's only chunks are read. */
function codingFault({ headers, httpVersion }: IncomingMessage): string | null {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return null;
  if (httpVersion === '1.0') return 'An HTTP/1.0 request must not have a Transfer-Encoding; send its Content-Length.';
  return coding.toLowerCase() === 'chunked' ? null : 'The only Transfer-Encoding that is understood is chunked.';
}

/** RFC 9110 §10.1.1: one expectation is defined; in HTTP/1.0 there are none. */
function expectationFault({ headers: { expect }, httpVersion }: IncomingMessage): AppError | null {
  if (expect === undefined || httpVersion === '1.0' || expect.toLowerCase() === '100-continue') return null;
  return new AppError('REQ_012', { detail: 'The only expectation that is understood is 100-continue.' });
}
