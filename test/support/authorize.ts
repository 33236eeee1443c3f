import { Client } from './client.ts';
import { cookiesOf } from './cookies.ts';
import { type ClientTokenBody, credentialsOf, type OAuthClientBody, pkcePair, REDIRECT_URI } from './oauth.ts';
import { expectStatus, type Person } from './people.ts';
import { requestToken } from './service-accounts.ts';
import type { Answer } from './client.ts';

/** What a page answered. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it sends the browser; null: it shows itself. */
  readonly location: URL | null;
}

/** Opens pages and sends their forms as a browser would, with its cookies; it follows redirects only when told to. */
export class PageBrowser {
  private readonly cookies: Map<string, string>;
  private readonly baseUrl: string;

  /** `cookies` are there from the start, by name. */
  constructor(baseUrl: string, cookies: Readonly<Record<string, string>> = {}) {
    this.baseUrl = baseUrl;
    this.cookies = new Map(Object.entries(cookies));
  }

  /** The value of a cookie that the browser holds now. */
  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  open(path: string): Promise<PageAnswer> {
    return this.send(path, {});
  }

  /** Sends the form of a page with what the user types; hidden fields go along. */
  submit(page: PageAnswer, typed: Record<string, string>, headers: Record<string, string> = {}): Promise<PageAnswer> {
    const action = /<form method="post" action="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const body = new URLSearchParams({ ...hiddenFields(page), ...typed });
    return this.send(action, { method: 'POST', body, headers: { origin: this.baseUrl, ...headers } });
  }

  private async send(path: string, init: RequestInit): Promise<PageAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie !== '' && { cookie }) };
    const response = await fetch(new URL(path, this.baseUrl), { ...init, headers, redirect: 'manual' });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, body: null };
    for (const { name, value } of cookiesOf(answer)) this.cookies.set(name, value);
    const location = response.headers.get('location');
    return { ...answer, location: location === null ? null : new URL(location, this.baseUrl) };
  }
}

/** The hidden fields of a page's form. */
export function hiddenFields({ text }: PageAnswer): Record<string, string> {
  const fields = [...text.matchAll(/<input\s+type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, unescape(value)]));
}

function unescape(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

/** The address of a request for a code; an undefined parameter is left out. */
export function authorizePath(client: OAuthClientBody, more: Record<string, string | undefined> = {}): string {
  const parameters = {
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    state: 'st-1',
    ...more,
  };
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/oauth/authorize?${new URLSearchParams(given).toString()}`;
}

/** Logs somebody in on the page of a request. @returns the page after it */
export async function logInOnPage(browser: PageBrowser, path: string, person: Person): Promise<PageAnswer> {
  const sent = await browser.submit(await browser.open(path), { email: person.email, password: person.password });
  if (sent.location === null) throw new Error(`not logged in: ${sent.status} ${sent.text}`);
  return browser.open(`${sent.location.pathname}${sent.location.search}`);
}

/** Logs somebody in, and allows the application what it asks for. @returns the address that the browser is sent back to */
export async function allow(browser: PageBrowser, path: string, person: Person): Promise<URL> {
  const consent = await logInOnPage(browser, path, person);
  // whoever has consented before is not asked again
  if (consent.location !== null) return consent.location;
  const sent = await browser.submit(consent, { decision: 'approve' });
  if (sent.location === null) throw new Error(`not sent back: ${sent.status} ${sent.text}`);
  return sent.location;
}

/** A code for a client, with what it has to be redeemed with. */
export interface AskedCode {
  readonly code: string;
  readonly redemption: Record<string, string>;
}

/** Walks a new browser through the pages. */
export async function newCode(
  baseUrl: string,
  client: OAuthClientBody,
  person: Person,
  more: Record<string, string | undefined> = {},
): Promise<AskedCode> {
  const { verifier, challenge } = pkcePair();
  const asked = { code_challenge: challenge, code_challenge_method: 'S256', ...more };
  const back = await allow(new PageBrowser(baseUrl), authorizePath(client, asked), person);
  const code = back.searchParams.get('code') ?? '';
  return {
    code,
    redemption: {
      grant_type: 'authorization_code',
      code,
      redirect_uri: more.redirect_uri ?? REDIRECT_URI,
      code_verifier: verifier,
      ...credentialsOf(client),
    },
  };
}

/** Redeems a code for tokens. */
export function redeem(baseUrl: string, redemption: Record<string, string>): Promise<Answer<ClientTokenBody>> {
  return requestToken(baseUrl, redemption) as Promise<Answer<ClientTokenBody>>;
}

/** The tokens of a walk through the pages. */
export async function newTokens(
  baseUrl: string,
  client: OAuthClientBody,
  person: Person,
  more: Record<string, string | undefined> = {},
): Promise<ClientTokenBody> {
  const { redemption } = await newCode(baseUrl, client, person, more);
  return expectStatus(await redeem(baseUrl, redemption), 200).body;
}

/** Uses a refresh token. */
export function refresh(
  baseUrl: string,
  client: OAuthClientBody,
  refreshToken: string,
  more: Record<string, string> = {},
): Promise<Answer<ClientTokenBody>> {
  return redeem(baseUrl, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...credentialsOf(client),
    ...more,
  });
}

/** What a token is worth at the API: 200, or the code of its refusal. */
export async function worthOf(baseUrl: string, bearer: string): Promise<number | string> {
  const answer = await new Client(baseUrl).with({ bearer }).get('/api/auth/whoami');
  return answer.status === 200 ? 200 : answer.body.code;
}
