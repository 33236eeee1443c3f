// How long the one command takes until it serves, and what it rests at: a cold start (initdb, migrations) and five warm
// ones on the same data directory. Run: node_modules/.bin/node bench/startup.ts
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

const WARM_STARTS = 5;
const directory = mkdtempSync(join(tmpdir(), 'kindly-bench-startup-'));

interface Start {
  readonly seconds: number;
  readonly residentMebibytes: number;
}

/** Starts, asks readiness over HTTP, rests for two seconds, and stops. */
async function start(): Promise<Start> {
  const began = performance.now();
  const server = fork(join(import.meta.dirname, '../dist/main.js'), {
    env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', KINDLY_DATA_DIR: directory, LOG_LEVEL: 'warn' },
    execArgv: ['--max-semi-space-size=16', '--enable-source-maps'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ ready }] = (await once(server, 'message')) as [{ ready: string }];
  const response = await fetch(`${ready}/health/ready`);
  if (response.status !== 200) throw new Error(`not ready: ${response.status}`);
  const seconds = (performance.now() - began) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  server.kill('SIGTERM');
  await once(server, 'exit');
  return { seconds, residentMebibytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024 };
}

function line(name: string, values: readonly number[], unit: string): string {
  const sorted = values.toSorted((a, b) => a - b);
  const figures = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${name.padEnd(24)} ${figures.map((value) => value?.toFixed(2)).join(' – ')} ${unit} (min – median – max)`;
}

try {
  const cold = await start();
  const warm: Start[] = [];
  for (let round = 0; round < WARM_STARTS; round++) warm.push(await start());
  process.stdout.write(
    [
      `load average             ${loadavg()[0]?.toFixed(2)}`,
      line('cold start', [cold.seconds], 's'),
      line(
        'warm start',
        warm.map(({ seconds }) => seconds),
        's, limit 3',
      ),
      line(
        'idle memory',
        warm.map(({ residentMebibytes }) => residentMebibytes),
        'MiB, limit 200',
      ),
      '',
    ].join('\n'),
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
