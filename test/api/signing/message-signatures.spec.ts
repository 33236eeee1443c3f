import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Client, type ProblemBody } from '../../support/client.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { contentDigest, messageSignature, type MessageToSign } from '../../support/signing.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const authority = new URL(baseUrl).host;
const COMPRESS = '/api/compression/compress';
const STATS = '/api/compression/stats';
const BODY = '{"data": {"é": 1.0}}';
const anonymous = new Client(baseUrl);
let person: Person;
let key: MintedKey;
beforeAll(async () => {
  person = await newPerson();
  key = await newKey(person.client);
});

const now = (): number => Math.floor(Date.now() / 1000);

function post(
  signed: Partial<MessageToSign> = {},
  sent: { raw?: string; target?: string; headers?: Record<string, string> } = {},
): Promise<Answer<ProblemBody>> {
  const headers = messageSignature(key, { method: 'POST', authority, target: COMPRESS, body: BODY, ...signed });
  return anonymous.post(sent.target ?? COMPRESS, undefined, {
    raw: sent.raw ?? BODY,
    headers: { ...headers, ...sent.headers },
  });
}

async function expectRefused(answer: Promise<Answer<ProblemBody>>, detail: string | RegExp): Promise<void> {
  const operations = async (): Promise<string> => (await person.client.get(STATS)).text;
  const before = await operations();
  const { status, body } = await answer;
  expect({ status, code: body.code }).toEqual({ status: 401, code: 'AUTH_011' });
  expect(body.detail).toMatch(detail);
  expect(await operations()).toBe(before);
}

describe('a request signed by RFC 9421', () => {
  it('is accepted, with and without a body, a query, a keyid and an alg', async () => {
    expect((await post()).status).toBe(200);
    expect((await post({ parameters: `;keyid="${key.id}";alg="hmac-sha256"` })).status).toBe(200);
    for (const target of ['/api/keys', '/api/keys?limit=5']) {
      const headers = messageSignature(key, { method: 'GET', authority, target });
      expect((await anonymous.get(target, { headers })).status).toBe(200);
    }
  });

  it.each([
    ['another body', { raw: '{"data": 2}' }, 'does not match its Content-Digest'],
    [
      'another body and its digest',
      { raw: '1', headers: { 'Content-Digest': contentDigest('1') } },
      'does not match the request',
    ],
    ['another query', { target: `${COMPRESS}?x=1` }, 'must cover @query'],
    ['another path', { target: '/api/compression/decompress' }, 'does not match the request'],
    ['a signature that is no byte sequence', { headers: { Signature: 'sig1="x"' } }, 'byte sequence'],
    ['a label of its own', { headers: { Signature: 'sig2=:AA==:' } }, 'byte sequence'],
    ['a signature of another length', { headers: { Signature: 'sig1=:AA==:' } }, 'does not match the request'],
  ])('is refused with %s, and its handler does not run', async (_name, sent, detail) => {
    await expectRefused(post({}, sent), detail);
  });

  it.each([
    ['the method left out', { omit: ['@method'] }, 'must cover @method'],
    ['the authority left out', { omit: ['@authority'] }, 'must cover @authority'],
    ['the path left out', { omit: ['@path'] }, 'must cover @path'],
    ['the body left out', { omit: ['content-digest'] }, 'must cover content-digest'],
    ['another algorithm', { parameters: ';alg="ed25519"' }, 'must be hmac-sha256'],
    [
      'the id of another key',
      { parameters: ';keyid="550e8400-e29b-41d4-a716-446655440000"' },
      'must be the id of the API key',
    ],
    ['a short nonce', { nonce: 'short' }, 'nonce'],
    ['an end that has passed', { parameters: `;expires=${now() - 1}` }, 'has expired'],
    ['a time too long ago', { created: now() - 400 }, "behind the server's clock"],
    ['a time in the future', { created: now() + 400 }, "ahead of the server's clock"],
  ])('is refused with %s', async (_name, signed, detail) => {
    await expectRefused(post(signed), detail);
  });

  it('for another host is refused', async () => {
    await expectRefused(post({ authority: 'api.example.com' }), 'does not match the request');
  });

  it('twice is refused the second time', async () => {
    const headers = messageSignature(key, { method: 'POST', authority, target: COMPRESS, body: BODY });
    const send = (): Promise<Answer<ProblemBody>> => anonymous.post(COMPRESS, undefined, { raw: BODY, headers });
    expect((await send()).status).toBe(200);
    const again = await send();
    expect({ status: again.status, code: again.body.code }).toEqual({ status: 401, code: 'AUTH_012' });
  });

  it('may carry the signature of a proxy beside its own, if that names another key', async () => {
    const headers = messageSignature(key, {
      method: 'GET',
      authority,
      target: STATS,
      parameters: `;keyid="${key.id}"`,
    });
    const both = (keyid: string): Record<string, string> => ({
      ...headers,
      'Signature-Input': `${headers['Signature-Input']}, proxy=("@method");created=${now()}${keyid}`,
      Signature: `${headers.Signature}, proxy=:AAAA:`,
    });
    expect((await anonymous.get(STATS, { headers: both('') })).body.detail).toContain('More than one signature');
    expect((await anonymous.get(STATS, { headers: both(';keyid="proxy"') })).status).toBe(200);
  });
});
