// What somebody writes with a client that was generated from the OpenAPI document: no header, path or shape by hand.
// Argument: where the server is. Prints what it was answered.
import { createClient } from './sdk/client/index.js';
import { compress, createApiKey, listApiKeys, register, revokeApiKey, whoami } from './sdk/sdk.gen.js';

const [, , baseUrl = ''] = process.argv;
const throwOnError = true;

const registered = await register({
  client: createClient({ baseUrl }),
  body: { email: `generated-${Date.now()}@example.com`, name: 'Generated', password: crypto.randomUUID() },
  throwOnError,
});
const person = createClient({
  baseUrl,
  auth: ({ type }) => (type === 'http' ? registered.data.access_token : undefined),
});
const { data: minted } = await createApiKey({
  client: person,
  body: { name: 'generated', permissions: ['write:compression'] },
  throwOnError,
});
const robot = createClient({ baseUrl, auth: ({ name }) => (name === 'X-API-Key' ? minted.key : undefined) });
const text = 'row, row, row your boat, '.repeat(20);
const { data: packed } = await compress({ client: robot, body: { data: text, algorithm: 'gzip' }, throwOnError });
const { data: page } = await listApiKeys({ client: person, query: { limit: 10 }, throwOnError });
const { error: forbidden } = await listApiKeys({ client: robot });
await revokeApiKey({ client: person, path: { id: minted.id }, throwOnError });
const { error: revoked } = await whoami({ client: robot });

process.stdout.write(
  JSON.stringify({
    ratio: packed.ratio,
    names: page.data.map(({ name }) => name),
    forbidden: forbidden?.code,
    revoked: revoked?.code,
  }),
);
