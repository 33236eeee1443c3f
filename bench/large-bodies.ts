// What others feel while somebody's JSON body of 10 MiB is read: the longest wait of a request sent every 5 ms by another
// process, for the bodies that are dearest to read. Run: node bench/large-bodies.ts [rounds]
import { fork } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type BenchServer, openBenchWorld } from './support/bench-world.ts';
import { forgetPeak, memoryOf } from './support/memory.ts';
import { mintKey, newBenchPerson } from './support/people.ts';
import { print, spread } from './support/rounds.ts';

const ROUNDS = Number(process.argv[2] ?? 3);
const BODY_BYTES = 10 * 1024 * 1024;
const WAIT_MS_MAX = 50;
const TOGETHER = 20;

interface Signer {
  readonly key: string;
  readonly api_secret: string;
}

/** As many of the texts as fit into a body. */
function fill(textOf: (number: number) => string): string {
  const texts: string[] = [];
  for (let [number, size] = [0, 64]; ; number += 1) {
    const text = textOf(number);
    size += text.length + 1;
    if (size > BODY_BYTES) return texts.join(',');
    texts.push(text);
  }
}

const MEMBERS = `{${fill((number) => `"${number.toString(36).padStart(7, '0')}":1`)}}`;
const DEEP = `${'{"a":'.repeat(250)}1${'}'.repeat(250)}`;
const BODIES: readonly [string, string][] = [
  ['members of one object', `{"data":${MEMBERS}}`],
  ['members of the body itself', MEMBERS],
  ['elements of one list', `{"data":[${fill((number) => String(number).padStart(10, '1'))}]}`],
  ['numbers of one digit', `{"data":[${fill(() => '1')}]}`],
  ['objects of three members', `{"data":[${fill((number) => `{"id":${number},"ok":true,"n":null}`)}]}`],
  ['empty objects', `{"data":[${fill(() => '{}')}]}`],
  ['one string', `{"data":"${'x'.repeat(BODY_BYTES - 64)}"}`],
  ['one string of escapes', `{"data":"${String.raw`\u00e9`.repeat((BODY_BYTES - 64) / 6)}"}`],
  ['nested to the limit', `{"data":[${fill(() => DEEP)}]}`],
];

function signed(signer: Signer, target: string, text: string): Record<string, string> {
  const [timestamp, nonce] = [String(Math.floor(Date.now() / 1000)), randomBytes(16).toString('hex')];
  const mac = createHmac('sha256', signer.api_secret).update(`POST${target}${timestamp}${nonce}`).update(text);
  return { 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': mac.digest('hex') };
}

async function post(
  server: BenchServer,
  key: string,
  [target, body]: readonly [string, string],
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(`${server.url}${target}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, ...headers },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** The longest wait in milliseconds of anybody while `work` goes on. */
async function longestWait(server: BenchServer, work: () => Promise<unknown>): Promise<number> {
  const observer = fork(join(import.meta.dirname, 'support/observer.ts'), [server.url]);
  await once(observer, 'message');
  await work();
  await setTimeout(20);
  observer.send('end');
  const [wait] = (await once(observer, 'message')) as [number];
  return wait;
}

const world = await openBenchWorld();
try {
  const server = await (await world.createDatabase('bench_large_bodies')).startServer();
  const { token, key } = await newBenchPerson(server);
  const signer = await mintKey(server, token);
  const report = async (name: string, send: () => Promise<number>): Promise<void> => {
    const waits: number[] = [];
    let status = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      waits.push(
        await longestWait(server, async () => {
          status = await send();
        }),
      );
    }
    const isMet = Math.max(...waits) <= WAIT_MS_MAX;
    print(
      `${name}: ${status}, others waited at most ${spread(waits, 0)} ms (target ${WAIT_MS_MAX}: ${isMet ? 'met' : 'NOT MET'})`,
    );
  };
  await report('nothing', async () => {
    await setTimeout(1000);
    return 0;
  });
  for (const [name, body] of BODIES) {
    await report(name, () => post(server, key, ['/api/compression/compress', body]));
  }
  const canonical = `{"data": ${MEMBERS.replaceAll(':', ': ').replaceAll(',', ', ')}}`;
  await report('signed, members of one object', () => {
    const target = '/api/compression/compress';
    return post(server, signer.key, [target, `{"data":${MEMBERS}}`], signed(signer, target, canonical));
  });
  const samples = fill((number) => `"${String(number).padStart(1100, 'sample ')}"`).slice(0, -2);
  await report('samples of a dictionary', () =>
    post(server, key, ['/api/compression/dictionaries', `{"name":"d","samples":[${samples}"]}`]),
  );
  const idleMib = memoryOf(server.pid, 'VmRSS');
  forgetPeak(server.pid);
  const statuses = await Promise.all(
    Array.from({ length: TOGETHER }, () => post(server, key, ['/api/compression/compress', `{"data":${MEMBERS}}`])),
  );
  const growthMib = memoryOf(server.pid, 'VmHWM') - idleMib;
  const taken = statuses.filter((status) => status === 200).length;
  print(
    `${TOGETHER} at once: ${taken} taken, ${TOGETHER - taken} refused, RSS ${idleMib.toFixed(0)} MiB +${growthMib.toFixed(0)}`,
  );
  await server.stop();
} finally {
  await world.close();
}
