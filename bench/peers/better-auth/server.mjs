// A server on bare node:http whose one route asks better-auth whether an API key is valid. `MODE`: `default` is the
// plugin as it comes, with a limit that the benchmark does not reach (a key may be used ten times a day by default);
// `best` keeps keys in a Map of the process, counts nothing and defers what it writes: the least it can do.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { Pool } from 'pg';

const isBest = process.env.MODE === 'best';
const memory = new Map();
const best = {
  secondaryStorage: {
    get: (name) => memory.get(name) ?? null,
    set: (name, value) => void memory.set(name, value),
    delete: (name) => void memory.delete(name),
  },
  advanced: { backgroundTasks: { handler: (task) => void Promise.resolve(task).catch(() => undefined) } },
  plugins: [apiKey({ storage: 'secondary-storage', rateLimit: { enabled: false }, deferUpdates: true })],
};
const options = {
  secret: randomBytes(32).toString('hex'),
  baseURL: 'http://localhost:3000',
  database: new Pool({ connectionString: process.env.DATABASE_URL, max: 10 }),
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [apiKey({ rateLimit: { enabled: true, timeWindow: 86_400_000, maxRequests: 1_000_000_000 } })],
  ...(isBest && best),
};

const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = betterAuth(options);
const { user } = await auth.api.signUpEmail({
  body: {
    email: `${randomBytes(6).toString('hex')}@example.com`,
    password: randomBytes(12).toString('hex'),
    name: 'B',
  },
});
const keys = [];
for (let index = 0; index < Number(process.env.KEYS); index += 1) {
  keys.push((await auth.api.createApiKey({ body: { userId: user.id } })).key);
}

const BODY = '{"status":"ok"}';

async function answer(request, response) {
  const { valid } = await auth.api.verifyApiKey({ body: { key: String(request.headers['x-api-key']) } });
  response.writeHead(valid ? 200 : 401, { 'content-type': 'application/json', 'content-length': BODY.length });
  response.end(BODY);
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', () => process.send?.({ ready: `http://127.0.0.1:${server.address().port}`, keys }));
// its pool and timers would keep it alive
process.on('SIGTERM', () => process.exit(0));
