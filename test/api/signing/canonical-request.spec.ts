import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type ProblemBody } from '../../support/client.ts';
import { newKey, newPerson, type MintedKey, type Person } from '../../support/people.ts';
import { messageSignature, signedHeaders } from '../../support/signing.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const authority = new URL(baseUrl).host;
const target = '/api/compression/compress';
let person: Person;
let key: MintedKey;
beforeAll(async () => {
  person = await newPerson();
  key = await newKey(person.client);
});

type Mismatch = ProblemBody & { readonly canonical_request?: string };

async function post(raw: string, headers: Record<string, string>) {
  const client = new Client(baseUrl);
  const { status, body, text } = await client.post<Mismatch>(target, undefined, { raw, headers });
  expect(status).toBe(401);
  expect(body.code).toBe('AUTH_011');
  return { shown: body.canonical_request, text };
}

describe('the refusal of a signature over something else shows what the server expected to be signed', () => {
  it('by the four headers: method, target, time, nonce and the canonical body', async () => {
    const nonce = '0123456789abcdef'.repeat(2);
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = signedHeaders(key, { method: 'POST', target, text: '{"data":"é"}', nonce, timestamp });
    const { shown } = await post('{"data":"é", "algorithm":"gzip"}', headers);
    expect(shown).toBe(String.raw`POST${target}${timestamp}${nonce}{"algorithm": "gzip", "data": "\u00e9"}`);
    const again = signedHeaders(key, { method: 'POST', target, text: shown?.slice(shown.indexOf('{')) ?? '' });
    const answer = await new Client(baseUrl).post(target, undefined, {
      raw: '{"data":"é", "algorithm":"gzip"}',
      headers: again,
    });
    expect(answer.status).toBe(200);
  });

  it('by RFC 9421: the signature base', async () => {
    const raw = '{"data":1}';
    const headers = messageSignature(key, { method: 'PUT', authority, target, body: raw });
    const { shown } = await post(raw, headers);
    expect(shown).toContain('"@method": POST\n');
    expect(shown).toContain(`"@path": ${target}\n`);
    expect(shown).toMatch(/\n"@signature-params": \(/);
  });

  it('its first 1,024 characters', async () => {
    const { shown } = await post(`{"data":"${'x'.repeat(5_000)}"}`, signedHeaders(key, { method: 'POST', target }));
    expect(shown).toHaveLength(1_024);
    expect(shown).toMatch(/^POST.*\{"data": "x+$/);
  });

  it('without the secrets in it, and without its own', async () => {
    const other = await newKey(person.client);
    const raw = JSON.stringify({ data: { password: 'hunter22', key: other.key, token: person.session.access_token } });
    const { shown, text } = await post(raw, signedHeaders(key, { method: 'POST', target }));
    expect(shown).toContain('"password": "[redacted]"');
    const secrets = [key.key, key.api_secret, other.key, 'hunter22', person.session.access_token];
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('without the key of a signature base that covers its header', async () => {
    const covering = messageSignature(key, { method: 'POST', authority, target, body: '{}' });
    const headers = {
      ...covering,
      'Signature-Input': covering['Signature-Input']?.replace('("@method"', '("x-api-key" "@method"') ?? '',
    };
    const { shown, text } = await post('{}', headers);
    expect(shown).toMatch(/^"x-api-key": \[redacted\]\n"@method": POST\n/);
    expect(text).not.toContain(key.key);
  });

  it('and only then: not where the form or the time is wrong, or the key is unknown', async () => {
    const signed = signedHeaders(key, { method: 'POST', target, timestamp: 1_600_000_000 });
    expect((await post('{"data":1}', signed)).shown).toBeUndefined();
    expect((await post('{"data":1}', { ...signed, 'X-Nonce': 'short' })).shown).toBeUndefined();
  });
});
