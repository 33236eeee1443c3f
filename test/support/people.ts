import { randomBytes } from 'node:crypto';
import { type Answer, Client } from './client.ts';
import { world } from './world.ts';

export const PASSWORD = 'correct horse battery staple';

/** Answer of register and login. */
export interface SessionBody {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly user: { readonly id: string; readonly email: string; readonly name: string; readonly created_at: string };
}

/** Answer of createApiKey. */
export interface MintedKey {
  readonly id: string;
  readonly key: string;
  readonly api_secret: string;
  readonly hint: string;
  readonly status: string;
  readonly permissions: readonly string[];
  readonly allowed_ips: readonly string[] | null;
  readonly ip_whitelist: readonly string[] | null;
  readonly denied_ips: readonly string[] | null;
  readonly expires_at: string | null;
  readonly minted_by: string | null;
}

/** A registered user with a session, and the client that is logged in as that user. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly session: SessionBody;
  readonly client: Client;
}

export function newEmail(): string {
  return `person-${randomBytes(8).toString('hex')}@example.com`;
}

/** Registers somebody new. */
export async function newPerson(baseUrl = world().servers[0]): Promise<Person> {
  const anonymous = new Client(baseUrl);
  const email = newEmail();
  const answer = await anonymous.post<SessionBody>('/api/auth/register', {
    email,
    password: PASSWORD,
    name: 'A Person',
  });
  const { body: session } = expectStatus(answer, 201);
  return {
    id: session.user.id,
    email,
    password: PASSWORD,
    session,
    client: anonymous.with({ bearer: session.access_token }),
  };
}

/** Mints a key for somebody. */
export async function newKey(client: Client, fields: Record<string, unknown> = {}): Promise<MintedKey> {
  return expectStatus(await client.post<MintedKey>('/api/keys', { name: 'A key', ...fields }), 201).body;
}

/** Fails with the whole answer if the status is another; for steps that are not what a test is about. */
export function expectStatus<Body>(answer: Answer<Body>, status: number): Answer<Body> {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer;
}
