import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadOrder, LoadResult } from './load.ts';

/** Drives servers from a process of its own. */
export class Generator {
  private readonly child: ChildProcess = fork(join(import.meta.dirname, 'load.ts'));

  /** @throws Error if a connection fails or an answer makes no sense */
  async run(order: LoadOrder): Promise<LoadResult> {
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    this.child.once('message', (message: { result?: LoadResult; error?: string }) => {
      if (message.result) resolve(message.result);
      else reject(new Error(message.error));
    });
    this.child.send(order);
    return promise;
  }

  stop(): void {
    this.child.kill();
  }
}
