import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newAdministrator } from '../../support/administrators.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { openApiDocument } from '../../support/documented.ts';
import { newKey, type Person } from '../../support/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

// PostgreSQL holds neither in a text. Wherever a stranger may send one, what he gets is a refusal
const TEXTS = ['a\0b', 'a\ud800b'];

interface Schema {
  readonly $ref?: string;
  readonly properties?: Record<string, object>;
}

interface Input {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly mediaType?: string;
  readonly body?: string;
}

let database: TestDatabase;
let server: TestServer;
let administrator: Person;
let apiKey: string;

beforeAll(async () => {
  database = await createDatabase();
  server = await startServer({ DATABASE_URL: database.runtimeUrl, DATABASE_MIGRATION_URL: database.ownerUrl });
  administrator = await newAdministrator(database, server.url);
  ({ key: apiKey } = await newKey(administrator.client));
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** A text as a URL carries it; half of a surrogate pair as the bytes that stand for it where they are let through. */
function encoded(text: string): string {
  return text.replaceAll('\0', '%00').replaceAll('\ud800', '%ED%A0%80');
}

function bodyOf(mediaType: string, names: readonly string[], text: string): string {
  const entries = [...names, text].map((name): [string, string] => [name, text]);
  if (mediaType === 'application/json') return JSON.stringify(Object.fromEntries(entries));
  return entries.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
}

/** Every place of an operation in which a text can be sent, with that text. */
function* requestsOf(method: string, template: string, input: Input, schemas: Record<string, Schema>): Iterable<Sent> {
  for (const text of TEXTS) {
    const path = template.replaceAll(/\{\w+\}/g, encoded(text));
    const names = (input.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    for (const name of [...names, encoded(text)]) yield { method, path: `${path}?${name}=${encoded(text)}` };
    for (const [mediaType, { schema }] of Object.entries(input.requestBody?.content ?? {})) {
      const named = schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? schema;
      yield { method, path, mediaType, body: bodyOf(mediaType, Object.keys(named.properties ?? {}), text) };
    }
  }
}

async function statusOf({ method, path, mediaType, body }: Sent, credential: Record<string, string>): Promise<number> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...credential, ...(mediaType !== undefined && { 'content-type': mediaType }) },
    ...(mediaType !== undefined && { body: body ?? '' }),
  });
  await response.arrayBuffer();
  return response.status;
}

it('is a fault of the server nowhere, whoever sends it to whichever operation', async () => {
  const document = await openApiDocument(server.url);
  const credentials: readonly Record<string, string>[] = [
    {},
    { authorization: `Bearer ${administrator.session.access_token}` },
    { 'x-api-key': apiKey },
    { authorization: `Basic ${Buffer.from('%00:a\0b').toString('base64')}` },
  ];
  const faults: string[] = [];
  let sent = 0;
  for (const [template, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const schemas = document.components.schemas as Record<string, Schema>;
      const requests = [...requestsOf(method.toUpperCase(), template, operation as Input, schemas)];
      for (const credential of credentials) {
        const statuses = await Promise.all(requests.map((request) => statusOf(request, credential)));
        sent += statuses.length;
        for (const [position, status] of statuses.entries()) {
          if (status >= 500) faults.push(`${status} ${JSON.stringify(requests[position])}`);
        }
      }
    }
  }
  expect(faults).toEqual([]);
  expect(sent).toBeGreaterThan(1_000);
});
