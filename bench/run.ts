// Runs benchmarks with the project's own Node: all of them in turn, or the one that is named, with its arguments.
// Run: npm run bench, or npm run bench -- access 7
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [named, ...rest] = process.argv.slice(2);
const all = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .map((name) => name.slice(0, -3));

if (named !== undefined && !existsSync(join(import.meta.dirname, `${named}.ts`))) {
  process.stderr.write(`There is no benchmark ${named}; there are: ${all.join(', ')}\n`);
  // as shells have it for a command that was called wrongly
  process.exit(2);
}
for (const name of named === undefined ? all : [named]) {
  process.stdout.write(`\n=== ${name}\n`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...rest], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
