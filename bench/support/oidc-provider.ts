import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PEER = join(import.meta.dirname, '../peers/oidc-provider');

/** Installs and starts oidc-provider, which keeps what it issues in memory. */
export async function startOidcProvider(): Promise<{ child: ChildProcess; port: number }> {
  execFileSync('npm', ['install', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: PEER,
    stdio: 'inherit',
  });
  const child = fork(join(PEER, 'server.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}
