import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SOURCE = join(import.meta.dirname, '../../src');

// as the application does when it loads its modules: names of errors, events and permissions are known to every unit
for (const file of globSync('**/*.{errors,events,permissions}.ts', { cwd: SOURCE })) {
  await import(pathToFileURL(join(SOURCE, file)).href);
}
