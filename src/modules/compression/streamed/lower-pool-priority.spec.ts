import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

// Priorities of threads are looked at in a process of its own, which runs compiled code: `npm run build` comes first.
const MODULE = new URL('../../../../dist/modules/compression/streamed/lower-pool-priority.js', import.meta.url).href;

const PROGRAM = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { getPriority } from 'node:os';
  import { lowerPoolPriority } from ${JSON.stringify(MODULE)};
  await lowerPoolPriority();
  for (const thread of readdirSync('/proc/self/task')) {
    const name = readFileSync('/proc/self/task/' + thread + '/comm', 'utf8').trim();
    console.log(name.startsWith('libuv') ? 'pool' : 'other', getPriority(Number(thread)));
  }
`;

(process.platform === 'linux' ? describe : describe.skip)('lowerPoolPriority', () => {
  it('gives up priority of all four pool threads, and of no other', () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM]);
    const lines = stdout.toString().trim().split('\n');
    const own = lines.find((line) => line.startsWith('other'));
    const [pool, others] = ['pool', 'other'].map((kind) => lines.filter((line) => line.startsWith(kind)));
    expect(pool).toEqual(Array(4).fill('pool 10'));
    expect(new Set(others)).toEqual(new Set([own]));
    expect(own).not.toBe('other 10');
  });
});
