import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, copyFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT } from '../embedded/support/installation.ts';
import { Sandbox } from '../embedded/support/sandbox.ts';
import type { Certificate } from './certificates.ts';
import { runSql } from './database.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** A PostgreSQL that takes connections over TCP with TLS alone. */
export interface TlsPostgres {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, with the roles and the empty database of an installation. */
export async function startTlsPostgres(
  certificate: Certificate,
  superuserUrl: (port: number) => string,
): Promise<TlsPostgres> {
  const sandbox = new Sandbox();
  const starter = sandbox.start();
  await starter.ready();
  await starter.stop('SIGTERM');
  const { uid, gid } = statSync(sandbox.directory);
  const own = (name: string, from: string): string => {
    const path = join(sandbox.directory, name);
    copyFileSync(from, path);
    chownSync(path, uid, gid);
    return path;
  };
  const [certificateFile, keyFile] = [own('tls.pem', certificate.certificate), own('tls.key', certificate.key)];
  writeFileSync(join(sandbox.directory, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n');
  const port = await freePort();
  const settings = ['ssl=on', `ssl_cert_file=${certificateFile}`, `ssl_key_file=${keyFile}`, 'fsync=off'];
  const child = spawn(
    join(BUILT.packageDirectory, 'native/bin/postgres'),
    [
      '-D',
      sandbox.directory,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-k',
      '',
      ...settings.flatMap((one) => ['-c', one]),
    ],
    { uid, gid, cwd: '/', stdio: 'ignore' },
  );
  const stop = async (): Promise<void> => {
    await end(child);
    await sandbox.dispose();
  };
  try {
    await prepare(superuserUrl(port));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

async function prepare(url: string): Promise<void> {
  await eventually(() => runSql(url, 'select 1').then(Boolean, () => false));
  await runSql(
    url,
    'create role kindly_owner login; create role kindly_app login; create role kindly_runtime nologin; ' +
      'grant kindly_runtime to kindly_app, kindly_owner',
  );
  await runSql(url, 'create database kindly owner kindly_owner');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  await once(child, 'close');
}
