import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from './support/postmaster.js';
import { commandLinesNaming } from './support/processes.js';
import { query } from './support/query.js';
import { Sandbox } from './support/sandbox.js';

const TIMEOUT_MS = 60_000;

describe('the first start on an empty directory', () => {
  let sandbox: Sandbox;
  let stranger: Server | undefined;

  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(async () => {
    stranger?.close();
    await sandbox.dispose();
  }, TIMEOUT_MS);

  it(
    'makes a UTF-8 cluster with the built-in locale when LANG is unset',
    async () => {
      const server = await sandbox.start({ env: { LANG: undefined, LC_ALL: undefined } }).ready();
      const [row] = await query(
        server,
        `SELECT pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider, datlocale AS locale
         FROM pg_database WHERE datname = 'template1'`,
      );
      expect(row).toEqual({ encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' });
      expect(server).toMatchObject({ owned: true, user: 'postgres', dataDirectory: sandbox.directory });
    },
    TIMEOUT_MS,
  );

  it(
    'opens a private socket and no TCP port, whoever listens on 5432 and whatever the settings ask',
    async () => {
      stranger = createServer().on('error', () => undefined); // the port is taken already: as good
      stranger.listen(5432, '127.0.0.1');
      const settings = ['listen_addresses=*', 'unix_socket_permissions=0777', 'work_mem=5MB'];
      const server = await sandbox.start({ settings }).ready();
      const [row] = await query(
        server,
        `SELECT current_setting('listen_addresses') AS addresses, current_setting('work_mem') AS work_mem,
                (SELECT array_agg(DISTINCT auth_method) FROM pg_hba_file_rules WHERE type <> 'local') AS tcp`,
      );
      expect(row).toEqual({ addresses: '', work_mem: '5MB', tcp: ['reject'] });
      expect(statSync(server.host).mode & 0o777).toBe(0o700);
      expect(statSync(join(server.host, '.s.PGSQL.5432')).mode & 0o777).toBe(0o700);
      expect(statSync(sandbox.directory).mode & 0o777).toBe(0o700);
    },
    TIMEOUT_MS,
  );

  it(
    'gives two starts at once one server, which one of them owns',
    async () => {
      const starters = [sandbox.start(), sandbox.start()];
      const servers = await Promise.all(starters.map(async (starter) => starter.ready()));
      const postmasters = await Promise.all(
        servers.map(async (server) => query(server, 'SELECT pg_postmaster_start_time()')),
      );
      expect(servers.filter(({ owned }) => owned)).toHaveLength(1);
      expect(postmasters[0]).toEqual(postmasters[1]);
    },
    TIMEOUT_MS,
  );

  it(
    'recovers from a kill during initdb and leaves nothing of it',
    async () => {
      const killed = sandbox.start();
      const unfinished = (): string[] => readdirSync(sandbox.root).filter((name) => name.includes('.init-'));
      await until(() => unfinished().length > 0, 'start of initdb');
      const [left = ''] = unfinished();
      await until(() => readdirSync(join(sandbox.root, left)).length > 0, 'files of initdb');
      await killed.kill();
      expect(readdirSync(sandbox.root)).not.toContain('postgres');
      await until(() => commandLinesNaming(sandbox.root).length === 0, 'end of initdb');
      mkdirSync(join(sandbox.root, left, 'base'), { recursive: true }); // as if initdb had been killed too

      const server = await sandbox.start().ready();
      expect(server.owned).toBe(true);
      expect(unfinished()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'says in a sentence that the directory cannot be created',
    async () => {
      const file = join(sandbox.root, 'file');
      writeFileSync(file, 'mine');
      const directory = join(file, 'data', 'postgres');
      const failure = sandbox.start({ directory }).ready();
      await expect(failure).rejects.toThrow(`EmbeddedPostgresError: ${directory} cannot hold the embedded PostgreSQL`);
      expect(readFileSync(file, 'utf8')).toBe('mine');
    },
    TIMEOUT_MS,
  );

  it(
    'refuses a directory with files of somebody else and leaves them alone',
    async () => {
      mkdirSync(sandbox.directory);
      writeFileSync(join(sandbox.directory, 'thesis.txt'), 'mine');
      await expect(sandbox.start().ready()).rejects.toThrow('holds files but no PostgreSQL cluster');
      expect(readdirSync(sandbox.directory)).toEqual(['thesis.txt']);
    },
    TIMEOUT_MS,
  );

  it(
    'refuses the data of another major version',
    async () => {
      mkdirSync(sandbox.directory, { mode: 0o700 });
      writeFileSync(join(sandbox.directory, 'PG_VERSION'), '9.6\n');
      await expect(sandbox.start().ready()).rejects.toThrow(/holds data of PostgreSQL 9\.6.*is PostgreSQL \d+\./);
      expect(readdirSync(sandbox.directory)).toEqual(['PG_VERSION']);
    },
    TIMEOUT_MS,
  );
});
