import { beforeAll, describe, expect, it } from '@jest/globals';
import { allow, authorizePath, hiddenFields, type PageAnswer, PageBrowser } from '../../support/authorize.ts';
import { existingDatabase } from '../../support/database.ts';
import { HOSTILE_URIS, REGISTERED_URIS } from '../../support/hostile-redirect-uris.ts';
import { newOAuthClient, type OAuthClientBody } from '../../support/oauth.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { world } from '../../support/world.ts';

const [baseUrl] = world().servers;
const database = existingDatabase(world().sharedDatabase);
let person: Person;
let client: OAuthClientBody;
let browser: PageBrowser;

const path = (redirectUri: string, more = {}): string => authorizePath(client, { redirect_uri: redirectUri, ...more });

async function codes(): Promise<number> {
  const rows = await database.query(
    'select 1 from oauth_authorizations a join oauth_grants g on g.id = a.grant_id where g.client_id = $1',
    [client.id],
  );
  return rows.length;
}

// whoever is logged in and has consented gets a code without a question: what is taken for a registered URI shows
beforeAll(async () => {
  const developer = await newPerson();
  person = await newPerson();
  client = await newOAuthClient(developer.client, { redirect_uris: Object.values(REGISTERED_URIS) });
  browser = new PageBrowser(baseUrl);
  await allow(browser, path(REGISTERED_URIS.web), person);
});

function expectPage(uri: string, { status, location, headers, text }: PageAnswer): void {
  expect({ uri, status, location, refresh: headers.get('refresh') }).toEqual({
    uri,
    status: 400,
    location: null,
    refresh: null,
  });
  expect(text).toContain('redirect_uri');
  expect(text).not.toMatch(/<form|<a |http-equiv/);
}

describe('a redirect URI', () => {
  it.each([
    ...Object.values(REGISTERED_URIS),
    'http://127.0.0.1:51004/cb',
    'http://127.0.0.1:1/cb',
    'http://[::1]/cb',
    'http://[::1]:51004/cb',
  ])('that is registered gets a code, on loopback with any port: %s', async (uri) => {
    const { location } = await browser.open(path(uri));
    expect(location?.href.startsWith(`${uri}?code=koac_`)).toBe(true);
  });

  it.each(Object.entries(HOSTILE_URIS))('with %s gets a page, no redirect and no code', async (_mistake, uris) => {
    const before = await codes();
    for (const uri of uris) {
      expectPage(uri, await browser.open(path(uri)));
      expectPage(uri, await browser.open(path(uri, { prompt: 'none', response_type: 'nonsense' })));
    }
    expect(await codes()).toBe(before);
  });

  it('is tried in at least 240 wrong ways', () => {
    const all = Object.values(HOSTILE_URIS).flat();
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(240);
  });

  it('cannot be changed between the page and its form', async () => {
    const consent = await browser.open(path(REGISTERED_URIS.web, { prompt: 'consent' }));
    const { request = '' } = hiddenFields(consent);
    const before = await codes();
    for (const uri of Object.values(HOSTILE_URIS).flat()) {
      const changed = new URLSearchParams(request);
      changed.set('redirect_uri', uri);
      const sent = { decision: 'approve', request: changed.toString() };
      expectPage(uri, await browser.submit(consent, sent));
    }
    expect(await codes()).toBe(before);
  });

  it('that comes twice, encoded twice, or in another place than the query is none', async () => {
    const once = encodeURIComponent(REGISTERED_URIS.web);
    const rest = path(REGISTERED_URIS.web).replace(/redirect_uri=[^&]+&/, '');
    for (const query of [
      `redirect_uri=${once}&redirect_uri=${once}`,
      `redirect_uri=https://evil.example/&redirect_uri=${once}`,
      `redirect_uri=${once}&redirect_uri=https://evil.example/`,
      `redirect_uri=${encodeURIComponent(once)}`,
      `redirect_uri[]=${once}`,
      `redirect_uri%00=${once}`,
      `Redirect_Uri=${once}`,
      `redirect_uri=`,
      `#&redirect_uri=${once}`,
    ]) {
      expectPage(query, await browser.open(`${rest}&${query}`));
    }
  });
});
