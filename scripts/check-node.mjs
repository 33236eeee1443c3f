// Runs after each install, on whatever Node there is, so it is plain JavaScript. npm leaves out an optional package
// that it could not fetch, or whose content differs from the lock, and reports success; this reports it instead.
import { existsSync, readFileSync } from 'node:fs';

/** Oldest Node whose module API serves Jest's ES modules and which runs TypeScript by itself. */
const OLDEST = { major: 24, minor: 9 };

const root = new URL('../', import.meta.url);
const { optionalDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const platform = `${process.platform}-${process.arch}`;
const bundled = [`node-${platform}`, `node-bin-${platform}`].find((name) => name in optionalDependencies);
const isOmitted = process.env.npm_config_omit?.includes('optional') ?? false;
const [major, minor] = process.versions.node.split('.').map(Number);

if (bundled && !isOmitted && !existsSync(new URL(`node_modules/${bundled}/package.json`, root))) {
  process.stderr.write(
    `${bundled} was not installed: it could not be fetched, or its content is not what package-lock.json names.\n`,
  );
  process.exitCode = 1;
} else if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
  process.stderr.write(
    `Node ${OLDEST.major}.${OLDEST.minor} or newer is needed, this is ${process.versions.node}. ` +
      `No Node comes along for ${platform}, or optional packages were left out: put a newer one on the PATH.\n`,
  );
  process.exitCode = 1;
}
