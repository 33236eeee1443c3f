import { type ChildProcess, fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contentDigest, messageSignature, signedHeaders } from '../../support/signing.ts';
import { until } from '../../support/until.ts';

const SIGNER = { key: 'kapi_test_key', api_secret: 'a secret of the streamed route' };
const CHUNKS = Array.from({ length: 20 }, () => randomBytes(16_384));
const BODY = Buffer.concat(CHUNKS);
const DIGEST = contentDigest(BODY);
let child: ChildProcess;
let port: number;
let taken: string[] = [];

beforeAll(async () => {
  child = fork(join(import.meta.dirname, 'fixtures/streamed-route.mjs'), {
    env: { PATH: process.env.PATH, API_SECRET: SIGNER.api_secret },
  });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  port = message.port;
  child.on('message', ({ taken: sha256 }: { taken: string }) => taken.push(sha256));
});
afterAll(() => {
  child.kill();
});
beforeEach(() => {
  taken = [];
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const ofDigest = (digest: string): string =>
  `<${Buffer.from(digest.replace(/^sha-256=:|:$/g, ''), 'base64').toString('hex')}>`;

function fourHeaders(digest = DIGEST): Record<string, string> {
  const signed = signedHeaders(SIGNER, { method: 'POST', target: '/stream', text: ofDigest(digest) });
  return { ...signed, 'Content-Digest': digest };
}

/** Sends chunks with a pause between them, so that the body is still on its way when the route runs. */
async function send(headers: Record<string, string>, chunks = CHUNKS): Promise<{ status: number; code: unknown }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; code: unknown }>();
  const outgoing = request({ port, host: '127.0.0.1', path: '/stream', method: 'POST', headers });
  outgoing.setHeader('Content-Type', 'application/octet-stream');
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as { code?: string; sha256?: string };
      resolve({ status: response.statusCode ?? 0, code: body.code ?? body.sha256 });
    });
  });
  for (const chunk of chunks) {
    outgoing.write(chunk);
    await new Promise((resume) => setImmediate(resume));
  }
  outgoing.end();
  return promise;
}

describe('a signed stream', () => {
  it('is taken whole, far beyond what a body in memory may have, when it is what was signed', async () => {
    expect(await send(fourHeaders())).toEqual({ status: 201, code: sha256(BODY) });
    await until(() => taken.includes(sha256(BODY)), 1_000);
  });

  it.each([
    ['a bit changed', [...CHUNKS.slice(0, -1), Buffer.alloc(16_384)]],
    ['its end cut off', CHUNKS.slice(0, -1)],
    ['something behind it', [...CHUNKS, Buffer.from('!')]],
    ['two chunks in each other’s place', [...CHUNKS.slice(2), ...CHUNKS.slice(0, 2)]],
  ])('is aborted at its end with %s, and the route does not get to its own', async (_name, chunks) => {
    expect(await send(fourHeaders(), chunks)).toEqual({ status: 401, code: 'AUTH_011' });
    expect(taken).toEqual([]);
  });

  it('is refused before it is read without a digest, with a wrong one, or with that of another signature', async () => {
    const { 'Content-Digest': _digest, ...without } = fourHeaders();
    const other = contentDigest('something else');
    for (const headers of [
      without,
      { ...fourHeaders(), 'Content-Digest': other },
      { ...fourHeaders(), 'Content-Digest': DIGEST.replace('sha-256', 'sha-512') },
      { ...fourHeaders(), 'Content-Digest': 'sha-256=:AAAA:' },
    ]) {
      expect(await send(headers)).toEqual({ status: 401, code: 'AUTH_011' });
    }
    expect(taken).toEqual([]);
  });

  it('is good once', async () => {
    const headers = fourHeaders();
    expect((await send(headers)).status).toBe(201);
    expect(await send(headers)).toEqual({ status: 401, code: 'AUTH_012' });
  });

  it('is checked likewise under a message signature', async () => {
    const headers = (body: string): Record<string, string> => ({
      ...messageSignature(SIGNER, { method: 'POST', authority: `127.0.0.1:${port}`, target: '/stream', body }),
    });
    const text = 'a small stream';
    expect(await send(headers(text), [Buffer.from(text)])).toEqual({ status: 201, code: sha256(Buffer.from(text)) });
    expect(await send(headers(text), [Buffer.from('another small stream')])).toEqual({ status: 401, code: 'AUTH_011' });
  });
});
