// Some registries do not serve every platform's binary of a package. npm then writes no lock entry for the missing
// ones, and `npm ci` calls the lock out of sync with package.json. This adds the missing optional entries (without an
// integrity hash, because there is nothing to hash). Run it after each `npm install` that changed a dependency.
import { readFileSync, writeFileSync } from 'node:fs';

interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
}

const LOCK_FILE = 'package-lock.json';
const SYSTEMS = 'android darwin linux win32 freebsd openbsd netbsd sunos aix openharmony'.split(' ');
const PROCESSORS = 'x64 arm64 arm ia32 ppc64 s390x riscv64 loong64 wasm32 mips64el'.split(' ');

const lock = JSON.parse(readFileSync(LOCK_FILE, 'utf8')) as { packages: Record<string, LockEntry> };
const isExactVersion = (range: string): boolean => /^\d/.test(range);
let added = 0;

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const isLocked = [`node_modules/${name}`, `${path}/node_modules/${name}`].some((key) => key in lock.packages);
    if (isLocked || !isExactVersion(version)) continue;
    const os = SYSTEMS.find((system) => name.includes(system));
    const cpu = PROCESSORS.find((processor) => name.includes(`-${processor}`) || name.includes(`/${processor}`));
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(entry.dev && { dev: true }),
      ...(cpu && { cpu: [cpu] }),
      optional: true,
      ...(os && { os: [os] }),
    };
    added++;
  }
}

const byName = ([a]: [string, LockEntry], [b]: [string, LockEntry]): number => (a < b ? -1 : 1);
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(byName));
writeFileSync(LOCK_FILE, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`lock entries added: ${added}\n`);
