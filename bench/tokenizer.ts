// How fast a signed JSON body is tokenised (value and canonical text), beside JSON.parse on the same bytes.
// Run after a build: node bench/tokenizer.ts
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';

type TokenizeJson = typeof import('../src/kernel/signing/tokenize-json.js').tokenizeJson;

const compiled = new URL('../dist/kernel/signing/tokenize-json.js', import.meta.url);
const { tokenizeJson }: { readonly tokenizeJson: TokenizeJson } = await import(compiled.href);

const SIZE_BYTES = 1_000_000;
const ROUNDS = 15;

function repeat(record: (index: number) => unknown): Buffer {
  const records: unknown[] = [];
  for (let size = 0; size < SIZE_BYTES;) {
    const next = record(records.length);
    records.push(next);
    size += JSON.stringify(next).length + 1;
  }
  return Buffer.from(JSON.stringify(records));
}

const bodies: Readonly<Record<string, Buffer>> = {
  mixed: repeat((index) => ({
    id: index,
    name: `User number ${index}`,
    email: `user.${index}@example.com`,
    active: index % 2 === 0,
    balance: index * 1.37,
    address: { street: '12 Long Road', city: 'Zürich', zip: null, geo: [47.3769, 8.5417] },
    tags: ['alpha', 'beta', 'a "quoted" one'],
    note: 'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.\nIncididunt ut labore.',
  })),
  'names in order': repeat((index) => ({ a: index, b: `User number ${index}`, c: true, d: { e: 1, f: 'x' } })),
  numbers: repeat((index) => [index, index / 7, -index, index * 1e17]),
  'long ASCII text': repeat((index) => `${index} The quick brown fox jumps over the lazy dog. `.repeat(20)),
  'long Chinese text': repeat((index) => `${index} 敏捷的棕色狐狸跳过了懒狗`.repeat(20)),
  escapes: repeat((index) => `${index}\t"\\"\n`.repeat(20)),
};

/** Megabytes a second of the best round. */
function rate(bytes: Buffer, run: (bytes: Buffer) => unknown): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    run(bytes);
    best = Math.min(best, performance.now() - start);
  }
  return bytes.length / 1000 / best;
}

for (const [name, bytes] of Object.entries(bodies)) {
  const own = rate(bytes, tokenizeJson);
  const native = rate(bytes, (body) => JSON.parse(body.toString('utf8')) as unknown);
  const columns = [
    `${own.toFixed(0)} MB/s`,
    `JSON.parse ${native.toFixed(0)} MB/s`,
    `ratio ${(own / native).toFixed(2)}`,
  ];
  process.stdout.write(`${name.padEnd(18)} ${columns.map((column) => column.padEnd(20)).join(' ')}\n`);
}
