import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Where to send a stream. */
export interface StreamTarget {
  readonly url: string;
  readonly key?: string;
}

const CHUNK_BYTES = 65_536;

/** The first `bytes` of `input` and its repetitions. */
export function* chunksOf(input: Buffer, bytes = input.length): Generator<Buffer> {
  for (let at = 0; at < bytes; at += CHUNK_BYTES) {
    const from = at % input.length;
    yield input.subarray(from, from + Math.min(CHUNK_BYTES, bytes - at));
  }
}

/** Sends chunks as they are taken, and gives the answer as it comes. @throws Error for another status than 200 */
export async function exchange(target: StreamTarget, chunks: Iterable<Buffer> | Readable): Promise<IncomingMessage> {
  const outgoing = request(target.url, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/octet-stream', ...(target.key && { 'x-api-key': target.key }) },
  });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  outgoing.once('response', resolve).once('error', reject);
  const sent = pipeline(chunks instanceof Readable ? chunks : Readable.from(chunks), outgoing);
  sent.catch(reject);
  const answer = await promise;
  if (answer.statusCode !== 200) throw new Error(`${target.url}: ${answer.statusCode}`);
  return answer;
}

/** Reads an answer to its end; `pauseMs` after each mebibyte makes a slow reader. @returns its size in bytes */
export async function drain(answer: Readable, pauseMs = 0): Promise<number> {
  let bytes = 0;
  let sincePause = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    sincePause += chunk.length;
    if (pauseMs === 0 || sincePause < 1024 * 1024) continue;
    sincePause = 0;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return bytes;
}
