// A warm key here beside the API-key plugin of better-auth, on the same PostgreSQL, a thousand keys each. Installs the
// peer into bench/peers/better-auth. The peer sits on bare node:http, without a router: that favours it.
// Run after a build: node bench/access-peer.ts [rounds] [requests a round]
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openBenchWorld } from './support/bench-world.ts';
import { Generator } from './support/generator.ts';
import { insertKeys, newBenchPerson, statusOf } from './support/people.ts';
import { requestText } from './support/request-text.ts';
import { bestCpu, type Contender, median, print, printFigures, runRounds } from './support/rounds.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const COUNT = Number(process.argv[3] ?? 10_000);
/** The peer's default mode takes forty times as long. */
const DEFAULT_COUNT = Math.floor(COUNT / 10);
const KEYS = 1_000;
const PEER = join(import.meta.dirname, 'peers/better-auth');

interface Peer {
  readonly port: number;
  readonly pid: number;
  readonly keys: readonly string[];
  stop(): Promise<void>;
}

execFileSync('npm', ['install', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'], {
  cwd: PEER,
  stdio: 'inherit',
});
const world = await openBenchWorld();
const generator = new Generator();
const database = await world.createDatabase('kindly');
const server = await database.startServer();
const peers: Peer[] = [];
try {
  const person = await newBenchPerson(server);
  const keys = await insertKeys(database, person.id, KEYS);
  for (const mode of ['default', 'best']) {
    await world.createDatabase(`peer_${mode}`);
    peers.push(await startPeer(mode));
  }
  await assertRefused();
  const requestsOf = (presented: readonly string[]) => {
    const texts = presented.map((key) => requestText('/health/live', { 'x-api-key': key }));
    return (): readonly string[] => texts;
  };
  const contenders: Contender[] = [
    { name: 'kindly', port: server.port, pid: server.pid, count: COUNT, requests: requestsOf(keys) },
    ...peers.map(({ port, pid, keys: ofPeer }, index) => ({
      name: `better-auth ${index === 0 ? 'default' : 'best'}`,
      port,
      pid,
      count: index === 0 ? DEFAULT_COUNT : COUNT,
      requests: requestsOf(ofPeer),
    })),
  ];
  const figures = await runRounds(generator, contenders, { rounds: ROUNDS, postgresPid: world.postgresPid });
  await assertRefused();
  printFigures(figures);
  for (const name of ['better-auth default', 'better-auth best']) {
    const perSecond = median(figures.get('kindly')?.perSecond ?? []) / median(figures.get(name)?.perSecond ?? []);
    const cpu = bestCpu(figures, name) / bestCpu(figures, 'kindly');
    print(`kindly ÷ ${name}: ${perSecond.toFixed(1)} times the requests/s, 1/${cpu.toFixed(1)} of the CPU time`);
  }
} finally {
  generator.stop();
  await Promise.all([server.stop(), ...peers.map((peer) => peer.stop())]);
  await world.close();
}

/** A wrong key is refused everywhere, before and after. */
async function assertRefused(): Promise<void> {
  const wrong = { 'x-api-key': 'kapi_prod_wrongwrongwrongwrongwrongwrong' };
  const guarded = [
    [server.port, '/api/auth/whoami'] as const,
    ...peers.map((peer) => [peer.port, '/health/live'] as const),
  ];
  for (const [port, path] of guarded) {
    const status = await statusOf({ url: `http://127.0.0.1:${port}` }, path, wrong);
    if (status !== 401) throw new Error(`a wrong key got ${status} on port ${port}`);
  }
}

async function startPeer(mode: string): Promise<Peer> {
  const child = fork(join(PEER, 'server.mjs'), {
    cwd: PEER,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      MODE: mode,
      KEYS: String(KEYS),
      DATABASE_URL: world.urlOf('kindly_owner', `peer_${mode}`),
    },
  });
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`the peer ended with ${String(code)} before it was ready`);
  });
  const [{ ready, keys }] = (await Promise.race([once(child, 'message'), ended])) as [
    { ready: string; keys: string[] },
  ];
  ended.catch(() => undefined);
  return {
    port: Number(new URL(ready).port),
    pid: child.pid ?? 0,
    keys,
    stop: async () => {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}
