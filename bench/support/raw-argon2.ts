// A loop of password verifications and nothing else, under the conditions of the server's hashing process: one thread,
// the same priority. Argument: how many. Prints the seconds that they took.
import { setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import argon2 from 'argon2';

const COST = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

setPriority(10);
const hash = await argon2.hash('correct horse battery staple', COST);
const count = Number(process.argv[2]);
const start = performance.now();
for (let done = 0; done < count; done += 1) {
  if (!(await argon2.verify(hash, 'correct horse battery staple'))) throw new Error('the password is right');
}
process.stdout.write(String((performance.now() - start) / 1000));
