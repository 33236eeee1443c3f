import { Sandbox } from './sandbox.js';

/** A stopped cluster to copy from, because initdb costs seconds and few tests are about it. */
export async function createTemplate(sandbox: Sandbox): Promise<string> {
  const starter = sandbox.start();
  await starter.ready();
  await starter.stop('SIGTERM');
  return sandbox.directory;
}
