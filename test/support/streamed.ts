import { type IncomingHttpHeaders, type IncomingMessage, request, type ClientRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { assertDocumented } from './documented.ts';

/** A streamed request: plain bytes in the body, everything else in path and headers. */
export interface StreamedRequest {
  readonly baseUrl: string;
  readonly path: string;
  readonly apiKey: string;
  readonly headers?: Record<string, string>;
}

/** An answer that is not JSON. */
export interface StreamedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: NodeJS.Dict<string>;
  readonly body: Buffer;
}

/** Opens a streamed request and leaves writing to the caller. */
export function openStream({ baseUrl, path, apiKey, headers }: StreamedRequest): ClientRequest {
  return request(new URL(path, baseUrl), {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/octet-stream', 'x-api-key': apiKey, ...headers },
  });
}

/** The head of the answer; the body is still to be read. */
export function headOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
}

/** Sends a body (chunked if it is a stream) while it reads the answer; rejects if the transfer breaks. */
export async function sendStream(target: StreamedRequest, body: Uint8Array | Readable): Promise<StreamedAnswer> {
  const outgoing = openStream(target);
  const head = headOf(outgoing);
  if (body instanceof Uint8Array) outgoing.setHeader('content-length', body.length).end(body);
  else body.pipe(outgoing);
  const incoming = await head;
  const answer = {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body: await buffer(incoming),
    trailers: incoming.trailers,
  };
  const isJson = answer.headers['content-type']?.includes('json') ?? false;
  await assertDocumented(target.baseUrl, 'POST', target.path, {
    status: answer.status,
    headers: new Headers({ 'content-type': answer.headers['content-type'] ?? '' }),
    body: isJson ? JSON.parse(answer.body.toString()) : null,
  });
  return answer;
}

/** The problem in an answer that is one. */
export function problemIn(answer: StreamedAnswer): { code: string; detail: string; errors?: { field: string }[] } {
  return JSON.parse(answer.body.toString()) as { code: string; detail: string };
}
