import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type Certificate, newAuthority, newServerCertificate } from '../support/certificates.ts';
import { Client } from '../support/client.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startServer } from '../support/server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
let authority: Certificate;
let redis: TestRedis;
let database: TestDatabase;

beforeAll(async () => {
  authority = newAuthority(directory, 'authority');
  redis = await startRedis(newServerCertificate(directory, authority));
  database = await createDatabase();
});
afterAll(async () => {
  await redis.stop();
  await database.drop();
});

/** Lets a server that trusts an authority count one request. @returns what it has written, and the keys in Redis */
async function countOne(trusted: Certificate): Promise<{ output: string; keys: string[] }> {
  const server = await startServer({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    REDIS_URL: redis.url,
    NODE_EXTRA_CA_CERTS: trusted.certificate,
    RATE_LIMIT_ANONYMOUS: '1000',
  });
  await new Client(server.url).get('/api/nowhere', { isDocumented: false });
  await server.stop();
  const looker = new Redis(redis.url, { tls: { ca: readFileSync(authority.certificate) } });
  const keys = (await looker.keys('kindly:rate:*')).filter((key) => !key.endsWith(':start'));
  looker.disconnect();
  return { output: server.output(), keys };
}

describe('a Redis that speaks TLS', () => {
  it('of an authority that the server does not know learns nothing, and the log says so', async () => {
    const { output, keys } = await countOne(newAuthority(directory, 'stranger'));
    expect(output).toContain('Redis cannot be reached');
    expect(keys).toEqual([]);
  });

  it('of a known authority counts for the server', async () => {
    const { output, keys } = await countOne(authority);
    expect(output).not.toContain('Redis cannot be reached');
    expect(keys).not.toEqual([]);
  });
});
