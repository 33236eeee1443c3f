import type { TestServer } from './server.ts';

/** What the global set-up has started and the global teardown ends; both run in the same process. */
interface GlobalState {
  readonly directory: string;
  readonly postgres: { stop(): Promise<void> };
  readonly servers: readonly TestServer[];
}

const KEY = Symbol.for('kindly.test.global-state');

export function keepForTeardown(state: GlobalState): void {
  Object.assign(globalThis, { [KEY]: state });
}

export function keptState(): GlobalState | undefined {
  return (globalThis as { [KEY]?: GlobalState })[KEY];
}
