import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Certificate, newAuthority, newServerCertificate } from '../support/certificates.ts';
import { runSql } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { newKey, newPerson } from '../support/people.ts';
import { StartFailure, startServer, type TestServer } from '../support/server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTlsPostgres, type TlsPostgres } from '../support/tls-postgres.ts';

// each test starts processes, and the machine may be busy
jest.setTimeout(120_000);

const directory = temporaryDirectory();
let authority: Certificate;
let postgres: TlsPostgres;

beforeAll(async () => {
  authority = newAuthority(directory, 'authority');
  postgres = await startTlsPostgres(newServerCertificate(directory, authority), (port) =>
    urlOf('postgres', 'postgres', { port }),
  );
});
afterAll(() => postgres.stop());

interface Way {
  readonly port?: number;
  readonly host?: string;
  readonly trusted?: Certificate;
}

function urlOf(
  role: string,
  name: string,
  { port = postgres.port, host = 'localhost', trusted = authority }: Way = {},
): string {
  return `postgresql://${role}@${host}:${port}/${name}?sslmode=verify-full&sslrootcert=${encodeURIComponent(trusted.certificate)}`;
}

function start(way?: Way): Promise<TestServer> {
  return startServer({
    DATABASE_URL: urlOf('kindly_app', 'kindly', way),
    DATABASE_MIGRATION_URL: urlOf('kindly_owner', 'kindly', way),
  });
}

async function failureOf(way: Way): Promise<string> {
  const outcome = await start(way).catch((error: unknown) => error);
  if (outcome instanceof StartFailure) return outcome.output;
  throw new Error('it did start');
}

function tables(): Promise<unknown[]> {
  return runSql(urlOf('postgres', 'kindly'), "select from information_schema.tables where table_schema = 'public'");
}

describe('a PostgreSQL that speaks TLS', () => {
  it('of an authority that is not the given one gets nothing, and the start ends with one sentence', async () => {
    const output = await failureOf({ trusted: newAuthority(directory, 'stranger') });
    expect(output).toContain('sslrootcert');
    expect(output).not.toMatch(/\n\s+at /);
    expect(await tables()).toEqual([]);
  });

  it('whose certificate is for another name gets nothing either', async () => {
    // leads to 127.0.0.1 as well, but is a name
    const output = await failureOf({ host: '127.1' });
    expect(output).toContain('sslrootcert');
    expect(output).not.toMatch(/\n\s+at /);
    expect(await tables()).toEqual([]);
  });

  it('serves everything with sslmode=verify-full: migrations, requests, jobs and LISTEN, all of it encrypted', async () => {
    const server = await start();
    try {
      await newKey((await newPerson(server.url)).client);
      const connections = () =>
        runSql<{ application_name: string; ssl: boolean }>(
          urlOf('postgres', 'postgres'),
          "select application_name, ssl from pg_stat_ssl join pg_stat_activity using (pid) where datname = 'kindly'",
        );
      await eventually(async () =>
        (await connections()).some(({ application_name: name }) => name === 'kindly-listener'),
      );
      const found = await connections();
      expect(found.length).toBeGreaterThan(1);
      expect(found.filter(({ ssl }) => !ssl)).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});
