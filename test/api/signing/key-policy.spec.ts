import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Client, type ProblemBody } from '../../support/client.ts';
import { type MintedKey, newKey, newPerson, type Person } from '../../support/people.ts';
import { messageSignature, signedHeaders } from '../../support/signing.ts';
import { until } from '../../support/until.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const STATS = '/api/compression/stats';
let person: Person;
beforeAll(async () => {
  person = await newPerson();
});

const get = (headers: Record<string, string>, path = STATS): Promise<Answer<ProblemBody>> =>
  new Client(baseUrl).get(path, { headers });
const unsigned = ({ key }: MintedKey): Promise<Answer<ProblemBody>> => get({ 'X-API-Key': key });
const withHeaders = (key: MintedKey): Promise<Answer<ProblemBody>> =>
  get(signedHeaders(key, { method: 'GET', target: STATS }));
const withMessageSignature = (key: MintedKey): Promise<Answer<ProblemBody>> =>
  get(messageSignature(key, { method: 'GET', authority: new URL(baseUrl).host, target: STATS }));

describe('a key that demands signatures', () => {
  it('is refused unsigned, and accepted signed in either way', async () => {
    const key = await newKey(person.client, { require_signature: true });
    expect((await unsigned(key)).body).toMatchObject({
      code: 'AUTH_011',
      detail: expect.stringContaining('demands that its requests are signed'),
    });
    expect((await withHeaders(key)).status).toBe(200);
    expect((await withMessageSignature(key)).status).toBe(200);
  });

  it('is heeded from the moment on in which it begins to', async () => {
    const key = await newKey(person.client);
    expect((await unsigned(key)).status).toBe(200);
    await person.client.patch(`/api/keys/${key.id}`, { require_signature: true });
    await until(async () => (await unsigned(key)).body.code === 'AUTH_011', 1_000);
    expect((await withHeaders(key)).status).toBe(200);
  });

  it('may demand message signatures: the four headers are refused then', async () => {
    const key = await newKey(person.client, { require_signature: true, min_signature: 'rfc9421' });
    expect((await withHeaders(key)).body).toMatchObject({
      code: 'AUTH_011',
      detail: expect.stringContaining('RFC 9421'),
    });
    expect((await withMessageSignature(key)).status).toBe(200);
  });

  it('hands its demand on when it is rotated, and the new key signs with a secret of its own after a rotation', async () => {
    const key = await newKey(person.client, { require_signature: true });
    const rotated = await person.client.post<MintedKey>(`/api/keys/${key.id}/rotate`, {});
    expect(rotated.status).toBe(201);
    expect((await unsigned(rotated.body)).body.code).toBe('AUTH_011');
    expect((await withHeaders(rotated.body)).status).toBe(200);
    expect((await withHeaders(key)).status).toBe(200);
    expect((await withHeaders({ ...rotated.body, api_secret: key.api_secret })).body.code).toBe('AUTH_011');
  });

  it('is not served after it is revoked, however well it signs', async () => {
    const key = await newKey(person.client);
    expect((await withHeaders(key)).status).toBe(200);
    await person.client.delete(`/api/keys/${key.id}`);
    await until(async () => (await withHeaders(key)).body.code === 'AUTH_004', 1_000);
  });
});
