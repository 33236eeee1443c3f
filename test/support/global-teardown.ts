import { rmSync } from 'node:fs';
import { keptState } from './global-state.ts';

/** Ends what the global set-up has started. */
export default async function globalTeardown(): Promise<void> {
  const state = keptState();
  if (!state) return;
  await Promise.all(state.servers.map((server) => server.stop()));
  await state.postgres.stop();
  rmSync(state.directory, { recursive: true, force: true });
}
