import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../../support/people.ts';
import { sendRaw } from '../../support/raw.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const { host } = new URL(baseUrl);
let person: Person;
beforeAll(async () => {
  person = await newPerson();
});

const CLOSED = "default-src 'none'; frame-ancestors 'none'";

/** The values of a header of an answer, by its lower-case name. */
function headersIn(head: string): Map<string, string[]> {
  const lines = head.split('\r\n').slice(1);
  const pairs = lines.map((line): [string, string] => {
    const [name = '', value = ''] = line.split(/: (.*)/s);
    return [name.toLowerCase(), value];
  });
  const byName = Map.groupBy(pairs, ([name]) => name);
  return new Map([...byName].map(([name, found]) => [name, found.map(([, value]) => value)]));
}

async function ask(line: string, ...headers: string[]): Promise<Map<string, string[]>> {
  const lines = [`${line} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', ''];
  return headersIn((await sendRaw(baseUrl, lines.join('\r\n'))).head);
}

/** Each stands once: two policies hold together, and a page's own is wider. */
function expectGuarded(headers: Map<string, string[]>, policy: string | RegExp = CLOSED): void {
  expect(headers.get('content-security-policy')).toEqual([
    typeof policy === 'string' ? policy : expect.stringMatching(policy),
  ]);
  expect(headers.get('content-security-policy')?.[0]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(headers.get('x-content-type-options')).toEqual(['nosniff']);
  expect(headers.get('referrer-policy')).toHaveLength(1);
  expect(headers.get('cross-origin-resource-policy')).toHaveLength(1);
}

describe('an answer', () => {
  it.each([
    ['of JSON', 'GET /health/live'],
    ['that refuses a stranger', 'GET /api/keys'],
    ['that refuses a method', 'PUT /api/keys'],
    ['of a path that does not exist', 'GET /api/nothing'],
    ['that leads elsewhere', 'GET /'],
    ['with an icon', 'GET /favicon.ico'],
    ['with metrics', 'GET /metrics'],
    ['with the document', 'GET /openapi.json'],
    ['to OPTIONS', 'OPTIONS /api/keys'],
    ['of OAuth', 'POST /oauth/token'],
  ])('%s loads nothing, stands in no frame and is shut off from other origins', async (_what, line) => {
    const headers = await ask(line);
    expectGuarded(headers);
    expect(headers.get('cross-origin-opener-policy')).toEqual(['same-origin']);
    expect(headers.get('cross-origin-resource-policy')).toEqual(['same-origin']);
  });

  it('to a caller, with content or without, is no exception', async () => {
    const bearer = `Authorization: Bearer ${person.session.access_token}`;
    expectGuarded(await ask('GET /api/auth/me', bearer));
    expectGuarded(await ask('POST /api/auth/logout', bearer));
  });

  it.each([
    ['that is no HTTP', 'nonsense\r\n\r\n', 400],
    ['with more headers than may be', `GET / HTTP/1.1\r\nHost: ${host}\r\nX-A: ${'a'.repeat(70_000)}\r\n\r\n`, 431],
    ['with two lengths', `GET / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
    ['without a host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ])('to a request %s is guarded like all others', async (_what, request, status) => {
    const answer = await sendRaw(baseUrl, request);
    expect(answer.status).toBe(status);
    const headers = headersIn(answer.head);
    expectGuarded(headers);
    expect(headers.get('cross-origin-opener-policy')).toEqual(['same-origin']);
    expect(headers.get('cache-control')).toEqual(['no-store']);
  });

  it.each([
    ['/docs', /script-src 'self'/],
    ['/docs/errors', /style-src 'unsafe-inline'/],
    ['/status', /style-src 'unsafe-inline'/],
    ['/oauth/authorize', /style-src 'nonce-/],
  ])('with a page (%s) has the one policy of that page', async (path, policy) => {
    expectGuarded(await ask(`GET ${path}`, 'Accept: text/html'), policy);
  });

  it('of the pages that clients open in a window of their own leaves them that window', async () => {
    expect((await ask('GET /oauth/authorize')).get('cross-origin-opener-policy')).toBeUndefined();
  });

  it.each([['/.well-known/openid-configuration'], ['/.well-known/oauth-authorization-server'], ['/oauth/jwks']])(
    'with what is published for all (%s) may be embedded by every origin',
    async (path) => {
      const headers = await ask(`GET ${path}`);
      expectGuarded(headers);
      expect(headers.get('cross-origin-resource-policy')).toEqual(['cross-origin']);
    },
  );
});
