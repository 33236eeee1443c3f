import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { openApiDocument } from '../../support/documented.ts';
import { newKey, newPerson, type MintedKey, type Person } from '../../support/people.ts';
import { sendRaw } from '../../support/raw.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const { host } = new URL(baseUrl);
let owner: Person;
let key: MintedKey;
beforeAll(async () => {
  owner = await newPerson();
  key = await newKey(owner.client);
});

async function stranger(method: string, target: string) {
  const answer = await sendRaw(baseUrl, `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return answer.status;
}

describe('a path', () => {
  // the guards are bound to the handler, so no spelling of a path gets around them
  it.each([
    ['//api/keys'],
    ['/api//keys'],
    ['/API/KEYS'],
    ['/api/keys/'],
    ['/%61pi/keys'],
    ['/./api/keys'],
    ['/x/../api/keys'],
    ['/api/keys;x'],
    ['/api%2fkeys'],
    ['/api/keys%00'],
    ['/api/keys/%zz'],
    ['/api/keys/..%2f'],
    [`http://${host}/api/keys`],
    ['/api/keys?_method=GET'],
  ])('%s lets no stranger in and fails nothing', async (target) => {
    expect([400, 401, 404]).toContain(await stranger('GET', target));
    expect([400, 401, 404, 405]).toContain(await stranger('HEAD', target));
  });

  it.each([['/API/keys'], ['/api/Keys'], ['/api/keys/'], ['/API/KEYS/']])(
    '%s is none, in whoever’s hands: a path has one spelling',
    async (target) => {
      expect((await owner.client.get(target)).status).toBe(404);
      expect((await owner.client.get('/api/keys')).status).toBe(200);
    },
  );

  it('that exists with another method is 405 with the methods it has', async () => {
    const answer = await owner.client.request('PUT', '/api/keys');
    expect(answer.status).toBe(405);
    expect(answer.body.code).toBe('REQ_009');
    expect(answer.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(['GET', 'HEAD', 'POST']));
  });

  it('with a trailing slash too many is 404, and told so', async () => {
    for (const target of ['/api/keys/', `/api/keys/${key.id}/`, '/health/live//', '/openapi.json/']) {
      const answer = await owner.client.get(target, { isDocumented: false });
      const detail = 'There is no such path; it exists without the trailing slash.';
      expect(answer).toMatchObject({ status: 404, body: { code: 'REQ_005', detail } });
    }
    expect((await owner.client.get('/api/nothing/')).body.detail).toBe('There is no such path.');
  });

  // the path of an id must not answer for one that is written out beside it
  it('has the methods that the document gives it, and no others', async () => {
    const { paths } = await openApiDocument(baseUrl);
    for (const [template, item] of Object.entries(paths)) {
      const has = Object.keys(item).map((method) => method.toUpperCase());
      const allow = [...has, ...(has.includes('GET') ? ['HEAD'] : [])].toSorted().join(', ');
      const path = template.replaceAll(/\{[^}]+\}/g, key.id);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((name) => !has.includes(name))) {
        const { status, headers } = await owner.client.request(method, path, { isDocumented: false });
        expect({ method, path, status, allow: headers.get('allow') }).toEqual({ method, path, status: 405, allow });
      }
    }
  });

  it('of the root leads people to the documentation', async () => {
    const { status, headers } = await new Client(baseUrl).get('/', { isDocumented: false });
    expect({ status, location: headers.get('location') }).toEqual({ status: 302, location: '/docs' });
  });

  it('of the icon, which browsers ask for by themselves, shows one that may be kept', async () => {
    const { status, headers, text } = await new Client(baseUrl).get('/favicon.ico', { isDocumented: false });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(headers.get('cache-control')).toBe('public, max-age=86400');
    expect(text).toMatch(/^<svg [^>]*>[^]*<\/svg>\s*$/);
  });

  it('that does not exist is 404 with a problem and a request id', async () => {
    const answer = await owner.client.get('/api/nothing');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
  });

  it('names an id that cannot exist, or that is somebody else’s: the same answer as for an unknown one', async () => {
    const neighbour = await newPerson();
    const ids = [key.id, '018cf2b8-3c00-7000-8000-000000000000', 'x', "' or 1=1", '%00', '../keys', '1'.repeat(5_000)];
    const answers = await Promise.all(ids.map((id) => neighbour.client.get(`/api/keys/${encodeURIComponent(id)}`)));
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.body.code).toBe('REQ_005');
    }
    expect((await owner.client.get<MintedKey>(`/api/keys/${key.id}`)).body.status).toBe('active');
  });

  it('makes its own request id: the client’s is not taken over', async () => {
    const answer = await owner.client.get('/api/keys', { headers: { 'x-request-id': 'mine' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers without naming the software, and with answers kept out of caches', async () => {
    const answer = await owner.client.get('/api/keys');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-encoding')).toBeNull();
  });
});
