import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CodecBusyError, CodecError } from '../format/codec.errors.js';
import type { CompressJob } from './perform-job.js';
import type { CodecPoolLimits } from './codec-pool.policy.js';
import { CodecPool } from './codec-pool.js';
import { compressBuffer, decompressBuffer } from './shared-codec-pool.js';
import { trainDictionary } from '../training/train-dictionary.js';

// Workers run compiled code: `npm run build` comes before the specs.
const DIST = new URL('../../../../../dist/modules/compression/codec/', import.meta.url);
const WORKER = new URL('pool/codec.worker.js', DIST);

const LARGE = Buffer.concat([randomBytes(40_000), Buffer.alloc(60_000, 'so much to say and ever the same ')]);
const SLOW = Buffer.alloc(3 << 20, randomBytes(1 << 20));
const LIMIT = 16 << 20;

const pools: CodecPool[] = [];
function pool(limits: Partial<CodecPoolLimits> = {}, worker = WORKER): CodecPool {
  const created = new CodecPool({ workersMax: 1, ...limits }, worker);
  pools.push(created);
  return created;
}
afterEach(async () => {
  await Promise.all(pools.splice(0).map((each) => each.close()));
});

function gzipJob(input: Uint8Array = LARGE): CompressJob {
  return { operation: 'compress', input, options: { algorithm: 'gzip', level: 6 } };
}
const BROTLI_11: CompressJob = { operation: 'compress', input: SLOW, options: { algorithm: 'brotli', level: 11 } };

/** Runs a program against the compiled codec in a process of its own; what it prints. */
function program(code: string, env: Record<string, string> = {}): string {
  const script = `import * as codec from ${JSON.stringify(new URL('index.js', DIST).href)};\n${code}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...env },
    timeout: 20_000,
  });
  return stdout.toString() + stderr.toString();
}

describe('a job in a worker', () => {
  it('gives the bytes back, with a dictionary too, and leaves the input with its owner', async () => {
    const workers = pool();
    const input = Buffer.from(LARGE);
    for (const algorithm of ['zstd', 'deflate'] as const) {
      const options = { algorithm, dictionary: LARGE.subarray(100, 5000) };
      const compressed = await compressBuffer(input, { ...options, level: 3 }, 'a', workers);
      const output = await decompressBuffer(compressed, { ...options, outputLimitBytes: LIMIT }, 'a', workers);
      expect(output.equals(LARGE)).toBe(true);
    }
    expect(input.equals(LARGE)).toBe(true);
    expect(workers.workerCount).toBe(1);
  });

  it('takes the memory of an input that it may detach, but not of one that shares it', async () => {
    const workers = pool();
    const whole = new Uint8Array(50_000);
    const view = whole.slice().subarray(1);
    await workers.run('a', { ...gzipJob(whole), mayDetachInput: true });
    await workers.run('a', { ...gzipJob(view), mayDetachInput: true });
    expect(whole.length).toBe(0);
    expect(view.length).toBe(49_999);
  });

  it('that cannot be posted is rejected, and the worker is free for the next', async () => {
    const workers = pool();
    const detached = new Uint8Array(50_000);
    await workers.run('a', { ...gzipJob(detached), mayDetachInput: true });
    const again = workers.run('a', { ...BROTLI_11, input: detached, mayDetachInput: true });
    await expect(again).rejects.toThrow('Cannot transfer');
    expect((await workers.run('a', gzipJob())).length).toBeGreaterThan(0);
    expect(workers.workerCount).toBe(1);
  });

  it('fails as it would on this thread, and the worker lives on', async () => {
    const workers = pool();
    const options = { algorithm: 'gzip', outputLimitBytes: LIMIT } as const;
    const refused = decompressBuffer(LARGE, options, 'a', workers);
    await expect(refused).rejects.toBeInstanceOf(CodecError);
    await expect(refused).rejects.toMatchObject({ reason: 'corrupt', message: new CodecError('corrupt').message });
    await expect(compressBuffer(LARGE, { algorithm: 'gzip', level: 40 }, 'a', workers)).rejects.toBeInstanceOf(
      RangeError,
    );
    expect((await workers.run('a', gzipJob())).length).toBeGreaterThan(0);
    expect(workers.workerCount).toBe(1);
  });

  it('trains the dictionary that this thread would', async () => {
    const samples = Array.from({ length: 20 }, (_, number) =>
      Buffer.from(`{"number":${number},"text":"all alike but for this"}`),
    );
    const trained = await pool().run('a', { operation: 'train', samples, sizeBytesMax: 512 });
    expect(trained.equals(trainDictionary(samples, 512))).toBe(true);
  });

  it('is rejected when the worker dies, and the next one gets a new worker', async () => {
    // as a worker ends that runs out of memory: by itself, in the middle of a job
    const dying = pool({}, new URL('data:text/javascript,setTimeout(() => process.exit(3), 50)'));
    await expect(dying.run('a', gzipJob())).rejects.toThrow('stopped before its job was done');
    await expect(dying.run('a', gzipJob())).rejects.toThrow('stopped before its job was done');
    const missing = pool({}, new URL('no-such-file.js', DIST));
    await expect(missing.run('a', gzipJob())).rejects.toThrow('no-such-file.js');
  });
});

describe('a small job', () => {
  it('needs no worker, whether it succeeds or not', async () => {
    const workers = pool();
    const options = { algorithm: 'gzip', outputLimitBytes: LIMIT } as const;
    const compressed = await compressBuffer(Buffer.from('small'), { algorithm: 'gzip', level: 6 }, 'a', workers);
    expect((await decompressBuffer(compressed, options, 'a', workers)).toString()).toBe('small');
    await expect(decompressBuffer(Buffer.from('small'), options, 'a', workers)).rejects.toBeInstanceOf(CodecError);
    expect(workers.workerCount).toBe(0);
  });

  it('goes to a worker when much comes out of it, and obeys the limit there', async () => {
    const workers = pool();
    const bomb = await compressBuffer(Buffer.alloc(1 << 20), { algorithm: 'zstd', level: 3 }, 'a', workers);
    expect(bomb.length).toBeLessThan(4096);
    const open = (outputLimitBytes: number): Promise<Buffer> =>
      decompressBuffer(bomb, { algorithm: 'zstd', outputLimitBytes }, 'a', workers);
    expect((await open(1 << 20)).length).toBe(1 << 20);
    await expect(open((1 << 20) - 1)).rejects.toMatchObject({ reason: 'output_limit' });
    await expect(open(1000)).rejects.toMatchObject({ reason: 'output_limit' });
  });
});

describe('a job that nobody wants any more', () => {
  it('leaves the queue, and another may wait instead', async () => {
    const workers = pool({ queuedPerOwnerMax: 1 });
    const leaving = new AbortController();
    const running = workers.run('a', gzipJob());
    const waiting = workers.run('a', BROTLI_11, leaving.signal);
    await expect(workers.run('a', gzipJob())).rejects.toBeInstanceOf(CodecBusyError);
    leaving.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(await Promise.all([running, workers.run('a', gzipJob())])).toHaveLength(2);
  });

  it('ends with its worker, and the next job gets another', async () => {
    const workers = pool();
    const leaving = new AbortController();
    const running = workers.run('a', BROTLI_11, leaving.signal);
    const next = workers.run('a', gzipJob());
    leaving.abort(new Error('gone'));
    await expect(running).rejects.toThrow('gone');
    expect((await next).length).toBeGreaterThan(0);
    await expect(workers.run('a', gzipJob(), leaving.signal)).rejects.toThrow('gone');
  });
});

describe('owners', () => {
  it('are served in rotation: one job does not wait for the flood before it', async () => {
    const workers = pool({ overtimeMs: 60_000 });
    const order: string[] = [];
    const flood = Array.from({ length: 50 }, () => workers.run('a', gzipJob()).then(() => order.push('a')));
    const single = workers.run('b', gzipJob()).then(() => order.push('b'));
    await Promise.all([...flood, single]);
    expect(order.indexOf('b')).toBeLessThanOrEqual(2);
    expect(workers.workerCount).toBe(1);
  });

  it('are not held up by a job of another that takes long', async () => {
    const workers = pool({ overtimeMs: 20 });
    const order: string[] = [];
    const slow = Promise.allSettled([0, 1].map(() => workers.run('a', BROTLI_11).then(() => order.push('slow'))));
    for (let round = 0; round < 5; round += 1) {
      await workers.run('b', gzipJob());
      order.push('quick');
    }
    expect(order).toEqual(['quick', 'quick', 'quick', 'quick', 'quick']);
    expect(workers.workerCount).toBe(2);
    await workers.close();
    expect((await slow).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('hear that they are busy beyond their queue, while others are let in', async () => {
    const workers = pool({ queuedPerOwnerMax: 3 });
    const jobs = Array.from({ length: 4 }, () => workers.run('a', gzipJob()));
    await expect(workers.run('a', gzipJob())).rejects.toBeInstanceOf(CodecBusyError);
    jobs.push(workers.run('b', gzipJob()));
    expect(await Promise.all(jobs)).toHaveLength(5);
    expect((await workers.run('a', gzipJob())).length).toBeGreaterThan(0);
  });

  it('get as many streams as they may have open', () => {
    const workers = pool({ streamsPerOwnerMax: 1 });
    const release = workers.acquireStream('a', { algorithm: 'gzip', level: 6 });
    expect(() => workers.acquireStream('a')).toThrow(CodecBusyError);
    release();
    workers.acquireStream('a');
  });
});

describe('workers', () => {
  it('end when they have been idle, and come back', async () => {
    const workers = pool({ idleMs: 10 });
    await workers.run('a', gzipJob());
    while (workers.workerCount > 0) {
      await setTimeout(5);
    }
    expect((await workers.run('a', gzipJob())).length).toBeGreaterThan(0);
  });

  it('end with the pool, which rejects what waits, runs and comes later', async () => {
    const workers = pool();
    const [running, waiting] = [workers.run('a', BROTLI_11), workers.run('a', BROTLI_11)];
    const settled = Promise.allSettled([running, waiting]);
    await workers.close();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(workers.run('a', gzipJob())).rejects.toThrow('closed');
    expect(workers.workerCount).toBe(0);
  });

  it('keep a process alive for a job, and not for being there', () => {
    const printed = program(`
      const output = codec.compressBuffer(Buffer.alloc(1e6), { algorithm: 'gzip', level: 6 });
      output.then((bytes) => console.log('bytes', bytes.length > 0, codec.sharedCodecPool().workerCount));
    `);
    expect(printed).toBe('bytes true 1\n');
  });

  it('leave the libuv pool to password hashes: one is done before the compression that began earlier', () => {
    const printed = program(
      `
      import { scrypt } from 'node:crypto';
      const pool = new codec.CodecPool();
      const input = Buffer.alloc(4e6, (await import('node:crypto')).randomBytes(2e6));
      const job = { operation: 'compress', input, options: { algorithm: 'brotli', level: 11 } };
      const done = pool.run('a', job).then(() => console.log('compressed'), () => console.log('ended'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      scrypt('password', 'salt', 32, async () => { console.log('hashed'); await pool.close(); });
      await done;
    `,
      { UV_THREADPOOL_SIZE: '1' },
    );
    expect(printed).toBe('hashed\nended\n');
  });
});
