// What the shortcuts of our HTTP adapter are worth: the same answer through Nest's Express adapter and through ours, each a
// server process of its own, in turn. Run after a build: node bench/http-adapter.ts
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cpuOf } from './support/cpu.ts';
import { Generator } from './support/generator.ts';
import { requestText } from './support/request-text.ts';
import { print, printRatio, spread } from './support/rounds.ts';

const ROUNDS = 7;
const REQUESTS = 30_000;
const CONNECTIONS = 32;

interface Contender {
  readonly name: string;
  readonly process: ChildProcess;
  readonly port: number;
  readonly cpuUs: number[];
}

async function open(name: 'plain' | 'ours'): Promise<Contender> {
  const process = fork(join(import.meta.dirname, 'support/adapter-server.ts'), [name]);
  const [port] = (await once(process, 'message')) as [number];
  return { name, process, port, cpuUs: [] };
}

const generator = new Generator();
const contenders = [await open('plain'), await open('ours')] as const;
try {
  // the first round warms up
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { process, port, cpuUs } of contenders) {
      const before = cpuOf(process.pid ?? 0);
      const order = { port, connections: CONNECTIONS, count: REQUESTS, requests: [requestText('/', {})] };
      const { statuses } = await generator.run(order);
      if (statuses['200'] !== REQUESTS) throw new Error(JSON.stringify(statuses));
      if (round >= 0) cpuUs.push((cpuOf(process.pid ?? 0) - before) / REQUESTS);
    }
  }
  for (const { name, cpuUs } of contenders) print(`${name.padEnd(6)} CPU µs/request ${spread(cpuUs, 1)}`);
  const [plain, ours] = contenders.map(({ cpuUs }) => Math.min(...cpuUs)) as [number, number];
  printRatio('ours ÷ plain, CPU of the best round', ours / plain, '< 1');
} finally {
  generator.stop();
  for (const { process } of contenders) process.kill();
}
