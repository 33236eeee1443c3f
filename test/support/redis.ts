import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Certificate } from './certificates.ts';
import { freePort } from './free-port.ts';

/** A redis-server of its own on a free port of 127.0.0.1. */
export interface TestRedis {
  readonly url: string;
  /** Stops answering without closing a connection, as a machine does whose network is gone. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Starts a redis-server that keeps nothing; with a certificate it speaks TLS alone. */
export async function startRedis(certificate?: Certificate): Promise<TestRedis> {
  if (spawnSync('redis-server', ['--version']).error) {
    throw new Error('redis-server is not installed; on Debian: apt-get install -y redis-server');
  }
  const directory = mkdtempSync(join(tmpdir(), 'kindly-redis-'));
  const port = await freePort();
  const child = spawn(
    'redis-server',
    [...listenWords(port, certificate), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  try {
    await untilListening(port, child);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    // certificates are for the name
    url: certificate ? `rediss://localhost:${port}` : `redis://127.0.0.1:${port}`,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function listenWords(port: number, tls: Certificate | undefined): string[] {
  if (!tls) return ['--port', String(port)];
  const files = ['--tls-cert-file', tls.certificate, '--tls-key-file', tls.key, '--tls-auth-clients', 'no'];
  return ['--port', '0', '--tls-port', String(port), ...files];
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
    await wait(50);
  }
  throw new Error('redis-server did not start');
}
