import { type Answer, Client } from './client.ts';
import { expectStatus, type Person, type SessionBody } from './people.ts';

/** A cookie that an answer set. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Attributes in lower case; a flag is `true`. */
  readonly attributes: ReadonlyMap<string, string | true>;
}

/** The cookies that an answer sets. */
export function cookiesOf(answer: Answer): SetCookie[] {
  return answer.headers.getSetCookie().map((header) => {
    const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    return {
      name,
      value,
      attributes: new Map(
        attributes.map((text): [string, string | true] => {
          const [key = '', content] = text.split(/=(.*)/s);
          return [key.toLowerCase(), content ?? true];
        }),
      ),
    };
  });
}

/** The `Cookie` header of a browser that keeps these. */
export function cookieHeader(...cookies: readonly Pick<SetCookie, 'name' | 'value'>[]): string {
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}

/** A session that a browser carries in its cookie. */
export interface BrowserSession {
  readonly cookie: SetCookie;
  readonly tokens: SessionBody;
  /** A CSRF token of this session. */
  readonly csrfToken: string;
}

/** Logs somebody in as a page of the API's own origin would. */
export async function loginWithCookie(person: Person, baseUrl: string): Promise<BrowserSession> {
  const client = new Client(baseUrl);
  const { email, password } = person;
  const answer = await client.post<SessionBody>('/api/auth/login', { email, password, cookie: true });
  expectStatus(answer, 200);
  const cookie = cookiesOf(answer).find(({ name }) => name.endsWith('kindly_session'));
  if (!cookie) throw new Error('the login set no session cookie');
  const token = await client.get<{ csrf_token: string }>('/api/csrf-token', {
    headers: { cookie: cookieHeader(cookie) },
  });
  return { cookie, tokens: answer.body, csrfToken: expectStatus(token, 200).body.csrf_token };
}
